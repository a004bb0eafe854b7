"""One patient in SQLite and a registry in DuckDB: the same definitions, the same tables."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from math import isclose
from random import Random
from sqlite3 import OperationalError
from typing import Any

import pytest
from tests.clinic.cohort.registry import by_queries

from hepatica.clinic.accept import accept
from hepatica.clinic.bedside import Bedside, truths
from hepatica.clinic.bulk import insert
from hepatica.clinic.concepts import Concept, concept, concepts
from hepatica.clinic.observations import Observation, Raw
from hepatica.clinic.records import names
from hepatica.clinic.registry import Registry
from hepatica.clinic.scores import scores
from hepatica.clinic.tables import base

TABLES = (*base(), *names("criteria"))
START = datetime(2026, 3, 1, 8)
OFTEN = (
    "creatinine", "urine_output", "weight", "albumin_infusion", "terlipressin", "norepinephrine",
    "cirrhosis", "ascites", "admission", "discharge", "map", "spo2", "fio2", "pao2", "egfr",
    "birth", "shock", "drug_list_complete", "liver_transplant", "urine_protein_24h", "urine_rbc",
    "renal_ultrasound", "ascites_grade",
)  # fmt: skip


def patient(name: str, chance: Random) -> list[Raw]:
    """A course of anything at all; on a coarse clock, so that rows often share a moment."""
    step, count = chance.choice([1, 6, 12, 24]), chance.choice([3, 10, 30, 80])
    rows = []
    for _ in range(count):
        item = concept(chance.choice(OFTEN if chance.random() < 0.75 else list(concepts())))
        time = START + timedelta(
            hours=step * chance.randrange(24), seconds=chance.choice([0, 0, 0, 1, -1])
        )
        rows.append(row(name, item, time, chance))
    return rows


def row(name: str, item: Concept, time: datetime, chance: Random) -> Raw:
    value, text, start, end = None, None, None, time.isoformat()
    if item.kind == "quantity":
        assert item.range is not None
        low, high = float(item.range.low), float(item.range.high)
        number = chance.uniform(low, low + (high - low) * chance.choice([0.02, 0.1, 1]))
        value = str(round(number) if item.whole else round(number, 2))
        if item.id == "urine_output":
            start = time - timedelta(hours=chance.choice([1, 6, 12]))
    elif item.kind == "code":
        text = chance.choice(list(item.values))
    elif item.kind == "flag":
        text = chance.choice(["present", "absent"])
        start = time - timedelta(hours=48) if chance.random() < 0.3 else None
    elif item.kind in ("drug", "procedure"):
        value = str(chance.choice([0.5, 1, 10, 50, 100])) if item.unit else None
        start = time - timedelta(hours=chance.choice([1, 12, 24, 72]))
        end = None if chance.random() < 0.2 else end
    unit = item.range.unit if item.kind == "quantity" and item.range else item.unit
    return Raw(
        patient=name,
        concept=item.id,
        value=value,
        unit=unit if value else None,
        time=None if chance.random() < 0.05 else end,
        start=start.isoformat() if start else None,
        text=text,
    )


def filled(rows: list[Observation], asked: list[tuple[str, Any]], unread: Any) -> Registry:
    found = Registry()
    found.tables()
    insert(
        found.connection,
        "observations",
        [
            (number, r.patient, r.concept, None if r.value is None else float(r.value), r.unit,
             r.micro, r.time, r.start, r.text)
            for number, r in enumerate(rows)
        ],
    )  # fmt: skip
    insert(found.connection, "asked", [(patient, at, None) for patient, at in asked])
    insert(found.connection, "unread", [(u.patient, u.concept, u.time) for u in unread])
    return found


@pytest.mark.parametrize("parameters", [{}, {"volume_window_hours": 48}])
def test_sqlite_gives_what_duckdb_gives(parameters: dict[str, Any]) -> None:
    """Base tables and criteria, every column, with its type: True is no 1."""
    chance = Random(len(parameters))
    given = accept([raw for n in range(150) for raw in patient(f"p{n}", chance)])
    courses, unread = defaultdict(list), defaultdict(list)
    for one in given.rows:
        courses[one.patient].append(one)
    for left in given.unread:
        unread[left.patient].append(left)
    at = {
        p: START + timedelta(hours=chance.randrange(700)) for p in courses if chance.random() < 0.5
    }
    many = filled(
        [one for course in courses.values() for one in course],
        [(patient, at.get(patient)) for patient in courses],
        [left for patient in courses for left in unread[patient]],
    )
    many.prepare(parameters)
    many.compute(*names("criteria"))
    in_all = by_queries(many)
    engine, found, before = Bedside(), defaultdict(list), 0
    for name, course in courses.items():
        engine.load(course, at=at.get(name), parameters=parameters, unread=unread[name])
        engine.compute(*names("criteria"))
        for table in TABLES:
            found[table] += [plain(one, before) for one in all_of(engine, table)]
        before += len(course)
        for score, result in scores(engine)[name].items():
            for output, value in result.outputs.items():
                assert alike(value, in_all[name][score][output]), (name, score, output)
    known = 0
    for table in TABLES:
        assert sorted(found[table]) == sorted(plain(one, 0) for one in all_of(many, table)), table
        known += sum("True" in one for one in found[table])
    assert known > 500


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
    registry = filled([], [], [])
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
