"""One patient in SQLite and a registry in DuckDB: the same definitions, the same tables."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from math import isclose
from random import Random
from sqlite3 import OperationalError
from typing import Any

import pytest
from tests.clinic.cohort.registry import by_queries, filled
from tests.clinic.made_up import START, patient

from hepatica.clinic.accept import accept
from hepatica.clinic.bedside import Bedside, truths
from hepatica.clinic.criterion import criteria, criterion
from hepatica.clinic.definition import definitions
from hepatica.clinic.observations import Raw
from hepatica.clinic.records import names
from hepatica.clinic.registry import Registry
from hepatica.clinic.scores import scores
from hepatica.clinic.tables import base
from hepatica.clinic.times import moment
from hepatica.errors import HepaticaError, InputError

TABLES = (*base(), *names("criteria"))


def chosen(chance: Random) -> dict[str, Any]:
    """A choice of every disputed rule; one for all definitions that have a rule of this name."""
    rules = {
        name: parameter.choices
        for item in (*criteria(), *definitions())
        for name, parameter in item.parameters.items()
    }
    return {name: chance.choice(choices) for name, choices in rules.items()}


def test_sqlite_gives_what_duckdb_gives() -> None:
    """Base tables, criteria and scores, every column, with its type: True is no 1."""
    known: Counter[tuple[str, str]] = Counter()
    for seed in range(4):
        chance = Random(seed)
        compared(chance, chosen(chance) if seed else {}, known)
    never = [
        (table, column)
        for table in names("criteria")
        for column in criterion(table).columns
        if not known[table, column]
    ]
    assert not never


def compared(chance: Random, parameters: dict[str, Any], known: Counter[tuple[str, str]]) -> None:
    """Holds one set of courses against each other, and counts what is known of each column."""
    given = accept([raw for n in range(60) for raw in patient(f"p{n}", chance)])
    courses, unread = defaultdict(list), defaultdict(list)
    for one in given.rows:
        courses[one.patient].append(one)
    for left in given.unread:
        unread[left.patient].append(left)
    at, endpoint = (
        {name: START + timedelta(hours=chance.randrange(500)) for name in courses
         if chance.random() < 0.4} for _ in range(2)
    )  # fmt: skip
    many = filled(
        [one for course in courses.values() for one in course],
        [(name, at.get(name), endpoint.get(name)) for name in courses],
        [left for name in courses for left in unread[name]],
    )
    many.prepare(parameters)
    many.compute(*names("criteria"))
    in_all = by_queries(many, parameters)
    engine, found, before = Bedside(), defaultdict(list), 0
    for name, course in courses.items():
        engine.load(course, at=at.get(name), endpoint=endpoint.get(name), parameters=parameters,
                    unread=unread[name])  # fmt: skip
        engine.compute(*names("criteria"))
        for table in TABLES:
            for one in all_of(engine, table):
                found[table].append(plain(one, before))
                known.update((table, key) for key, value in one.items() if value is not None)
        before += len(course)
        for score, result in scores(engine)[name].items():
            for output, value in result.outputs.items():
                assert alike(value, in_all[name][score][output]), (name, score, output)
    for table in TABLES:
        assert sorted(found[table]) == sorted(plain(one, 0) for one in all_of(many, table)), table


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-12)
    return bool(one == other)


def all_of(engine: Bedside | Registry, table: str) -> list[dict[str, Any]]:
    return engine.select(f'SELECT * FROM "{table}"')


def plain(found: dict[str, Any], before: int) -> str:
    """A row that compares; observations are numbered on from those of the patients before."""
    shown = {}
    for key, value in found.items():
        if (key == "row" or key.endswith("_row")) and value is not None:
            value += before
        shown[key] = float(f"{value:.12g}") if isinstance(value, float) else value
    return repr(shown)


def test_truths_are_declared() -> None:
    """SQLite has no type for them: what is true or false is told by the criteria's columns."""
    registry = filled([])
    registry.prepare()
    registry.compute(*names("criteria"))
    found = Counter[tuple[str, bool]]()
    for table in TABLES:
        for column, kind, *_ in registry.connection.execute(f'DESCRIBE "{table}"').fetchall():
            found[column, kind == "BOOLEAN"] += 1
    assert {column for column, truth in found if truth} == set(truths())
    assert not truths() & {column for column, truth in found if not truth}


def test_doses_of_one_moment_are_of_one_course() -> None:
    """Two entries of the same infusion, in any order, and one that runs on."""
    rows = [
        Raw(patient="p", concept="terlipressin", value=value, unit="mg", start=start, time=end)
        for value, start, end in (
            ("1", "2026-03-01T08:00", "2026-03-03T08:00"),
            ("2", "2026-03-01T08:00", "2026-03-03T08:00"),
            ("1", "2026-03-03T07:00", None),
        )
    ]
    engine = Bedside()
    for order in (rows, rows[::-1], [rows[1], rows[2], rows[0]]):
        engine.load(accept(order).rows)
        (course,) = engine.rows("terlipressin_course")
        assert (
            course["first_dose_t"]
            == (datetime(2026, 3, 1, 8) - datetime(1970, 1, 1)).total_seconds()
        )
        assert course["earlier_t"] is None


def test_a_long_series_on_a_fine_clock() -> None:
    """700 creatinines, a quarter of an hour apart; SQLite's own sliding minimum fails from 400."""
    chance = Random(3)
    rows = accept(
        Raw(patient="p", concept="creatinine", value=str(chance.randrange(50, 500) / 100),
            unit="mg/dL", time=(START + timedelta(minutes=15 * each)).isoformat())
        for each in range(700)
    ).rows  # fmt: skip
    engine, many = Bedside(), filled(rows)
    engine.load(rows)
    many.prepare()
    for name in ("kdigo_creatinine", "ica_path"):
        assert engine.rows(name) == many.rows(name)
    times = {row.time: row.micro for row in rows if row.time is not None}
    for row in engine.rows("kdigo_creatinine"):
        now = moment(row["t"])
        assert now is not None
        before = [m for t, m in times.items() if now - timedelta(hours=48) <= t < now]
        assert row["low_48h"] == min(before, default=None)


def test_a_sliding_window_of_another_form_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="a window over a span of another form"):
        Bedside().select(
            "SELECT max(t) OVER (ORDER BY t RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING) FROM obs"
        )


def test_an_age_before_birth_is_unknown() -> None:
    engine = Bedside()
    engine.load(accept([Raw(patient="p", concept="birth", time="2030-01-01T00:00")]).rows, at=START)
    assert engine.select("SELECT age FROM subject") == [{"age": None}]


def test_a_failed_statement_leaves_the_tables_as_they_were() -> None:
    engine = Bedside()
    engine.load(accept(patient("p", Random(5))).rows)
    before = all_of(engine, "flags")
    with pytest.raises(OperationalError, match="no such table: nowhere"):
        two(engine)
    assert all_of(engine, "flags") == before


def two(engine: Bedside) -> None:
    with engine.at_once():
        engine.fill("flags", "SELECT patient, concept, TRUE AS present FROM obs")
        engine.fill("subject", "SELECT x FROM nowhere")


def test_a_refused_load_leaves_the_patient_before() -> None:
    engine = Bedside()
    engine.load(accept(patient("p", Random(5))).rows)
    before = all_of(engine, "obs")
    with pytest.raises(InputError, match="no definition has a parameter 'window'"):
        engine.load(accept(patient("q", Random(6))).rows, parameters={"window": 24})
    assert all_of(engine, "obs") == before
    assert {row["patient"] for row in before} == {"p"}
    assert engine.observation(0) is not None
    assert engine.parameters == {}


@pytest.mark.parametrize("kind", [Bedside, Registry])
def test_criteria_of_the_patient_before_are_gone(kind: type[Bedside | Registry]) -> None:
    """What is not computed yet has no row, and never one of somebody else."""
    engine = kind() if kind is Bedside else filled(accept(patient("p", Random(5))).rows)
    if isinstance(engine, Bedside):
        engine.load(accept(patient("p", Random(5))).rows)
    else:
        engine.prepare()
    engine.compute("kdigo_aki")
    assert all_of(engine, "kdigo_aki")
    if isinstance(engine, Bedside):
        engine.load(accept(patient("q", Random(6))).rows)
    else:
        engine.prepare()
    assert not all_of(engine, "kdigo_aki")


def test_an_old_sqlite_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sqlite3.sqlite_version_info", (3, 7, 0))
    with pytest.raises(HepaticaError, match=r"3\.30 or newer is needed"):
        Bedside()


def test_an_engine_may_be_dropped_in_another_thread() -> None:
    engines = [Bedside()]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(engines.clear).result()
        pool.submit(gc.collect).result()
