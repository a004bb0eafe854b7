"""Several rows at one moment: what counts does not rest on the order in which they came."""

from __future__ import annotations

import random
import re
from datetime import datetime
from decimal import Decimal
from sqlite3 import OperationalError
from typing import Any

import duckdb
import pytest

from hepatica.clinic import engine as engines
from hepatica.clinic.accept import accept
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.criterion import criteria
from hepatica.clinic.observations import Observation, Raw
from hepatica.clinic.records import names
from hepatica.clinic.sqlite import connect, translated
from hepatica.clinic.ties import CALL, NUMBERS, WORDS, settled

AT = "2026-03-01T08:00"
ROWS = [(1, 5, "a"), (2, 5, "b"), (9, 4, "z"), (None, 7, None), (7, None, "y"), (4, 3, "c"),
        (6, 3, "c")]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("max_by(micro, t)", 2),
        ("arg_min(micro, t)", 6),
        ("max_by(text, t)", None),  # "a" and "b" contradict each other
        ("max_by(text, t) FILTER (WHERE micro = 1 OR (micro = 9))", "a"),
        ("max_by(text, t) FILTER (WHERE t = 3)", "c"),
        ("max_by(micro, coalesce(t, 0)) FILTER (WHERE micro > 6)", 9),
    ],
)
@pytest.mark.parametrize("seed", range(3))
def test_the_rule(call: str, expected: Any, seed: int) -> None:
    """In DuckDB, where it is written out, and in SQLite, which is taught it."""
    rows = random.Random(seed).sample(ROWS, len(ROWS))
    values = ", ".join(
        f"({m or 'NULL'}, {t or 'NULL'}, {repr(x) if x else 'NULL'})" for m, t, x in rows
    )
    query = f"WITH v(micro, t, text) AS (VALUES {values}) SELECT {call} FROM v"
    assert duckdb.connect().execute(settled(query)).fetchall() == [(expected,)]
    assert connect().execute(translated(query)).fetchall() == [(expected,)]


def test_the_first_of_words_is_refused() -> None:
    query = "SELECT arg_min(text, t) FROM (SELECT 'a' AS text, 1 AS t)"
    with pytest.raises(NotImplementedError, match="say max_by"):
        settled(query)
    with pytest.raises(OperationalError):
        connect().execute(translated(query)).fetchall()


def test_every_definition_is_covered() -> None:
    for item in criteria():
        called = re.findall(r"\b(?:max_by|arg_max|min_by|arg_min)\((?:\w+\.)?(\w+),", item.sql)
        assert set(called) <= {*NUMBERS, *WORDS}, item.id
        every = re.findall(r"\b(?:max_by|arg_max|min_by|arg_min)\(", item.sql)
        assert len(every) == len(called) == len(CALL.findall(item.sql)), item.id
        query = engines.sql(item)
        assert not re.search(r"\b(arg_max|arg_min)\(", query), item.id
        assert not re.search(r"\b(max_by|min_by)\([\w.]+, [^{]", query), item.id


def test_rows_of_one_moment_in_any_order() -> None:
    """The whole of what is found for a patient full of ties, from files in different orders."""
    raws = [
        Raw(patient="p", concept=concept, value=value, unit=unit, time=time)
        for time in (AT, "2026-03-02T08:00", "2026-03-05T08:00")
        for concept, unit, values in (
            ("creatinine", "mg/dL", ("1.0", "2.4", "3.1")),
            ("weight", "kg", ("70", "71")),
            ("urine_protein_24h", "mg/d", ("400", "600")),
            ("urine_rbc", "/[HPF]", ("40", "60")),
            ("egfr", "mL/min/{1.73_m2}", ("50", "65")),
        )
        for value in values
    ]
    raws += [
        Raw(patient="p", concept=concept, text=text, time=AT)
        for concept, texts in (
            ("renal_ultrasound", ("normal", "abnormal")),
            ("ascites_grade", ("2", "3")),
        )
        for text in texts
    ]
    found = []
    for seed in range(3):
        given = accept(random.Random(seed).sample(raws, len(raws)))
        assert len(given.rows) > 20, given.report
        engine = Bedside()
        engine.load(given.rows)
        found.append({name: engine.rows(name) for name in names("criteria")})
    assert found[0] == found[1] == found[2]


def test_rows_of_one_moment_stand_by_value() -> None:
    values = ("2.0", "1.0", "3.0")
    given = accept(
        [Raw(patient="p", concept="creatinine", value=v, unit="mg/dL", time=AT) for v in values]
    )
    assert [row.value for row in given.rows] == [Decimal(1), Decimal(2), Decimal(3)]
    assert given.rows[0] == Observation(
        patient="p",
        concept="creatinine",
        value=Decimal("1.0"),
        unit="mg/dL",
        micro=88_400_000,
        time=datetime.fromisoformat(AT),
    )
