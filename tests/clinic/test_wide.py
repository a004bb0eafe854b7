"""One definition at any scale: the query over a registry gives what the bedside gives."""

from __future__ import annotations

import math
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tests.clinic.cohort.registry import write

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs import long
from hepatica.clinic.inputs.person import read
from hepatica.clinic.observations import Observation
from hepatica.clinic.records import names
from hepatica.clinic.registry import Registry
from hepatica.clinic.scores import scores
from hepatica.clinic.wide import criteria_of, doses, order, statement, wide

FOLDER = Path(os.environ.get("HEPATICA_DATA", Path(__file__).parents[2].parent / "shared"))
FILES = sorted((FOLDER / "data" / "vignettes").glob("*.yaml"))
pytestmark = pytest.mark.skipif(not FILES, reason="no vignettes: set HEPATICA_DATA")


@pytest.fixture(scope="module")
def rows() -> list[Observation]:
    return [row for path in FILES for row in read(path).rows]


@pytest.fixture
def many(rows: list[Observation], tmp_path: Path) -> Registry:
    """The same rows in DuckDB."""
    found = Registry()
    long.load(found, write(rows, tmp_path / "rows.csv"))
    found.prepare()
    return found


def registry(engine: Registry) -> dict[str, dict[str, dict[str, Any]]]:
    """Every score of every patient by the queries for many."""
    run = engine.connection.execute
    chosen = order(names("scores"))
    engine.compute(*criteria_of(chosen))
    run(f"CREATE OR REPLACE TEMP TABLE wide AS {wide()}")
    run(f"CREATE OR REPLACE TEMP TABLE dose AS {doses()}")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in chosen:
        run(f'CREATE OR REPLACE TEMP TABLE "score_{name}" AS {statement(name)}')
        cursor = run(f'SELECT * FROM "score_{name}"')
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            found.setdefault(row[0], {})[name] = dict(zip(columns[1:], row[1:], strict=True))
    return found


def test_registry_and_bedside_agree(rows: list[Observation], many: Registry) -> None:
    engine = Bedside()
    engine.load(rows)
    one, other = scores(engine), registry(many)
    compared = 0
    for patient, results in one.items():
        for name, result in results.items():
            for key, value in result.outputs.items():
                found = other[patient][name][key]
                compared += value is not None
                assert value == found or (
                    isinstance(value, float) and math.isclose(value, found, rel_tol=1e-12)
                ), (patient, name, key)
    assert compared > 1000


def test_units_of_creatinine_do_not_change_a_criterion(rows: list[Observation]) -> None:
    """Every mg/dL written as the same amount in umol/L, and every verdict stays."""
    other = [
        replace(row, value=row.value * Decimal("88.4"), unit="umol/L")
        if row.concept == "creatinine" and row.unit == "mg/dL" and row.value is not None
        else row
        for row in rows
    ]
    assert other != rows
    mine, theirs = Bedside(), Bedside()
    mine.load(rows)
    theirs.load(other)
    for name in names("criteria"):
        one, two = (
            [{k: v for k, v in row.items() if k != "unit"} for row in engine.rows(name)]
            for engine in (mine, theirs)
        )
        assert one == two, name
