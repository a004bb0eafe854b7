"""One definition at any scale: the query over a registry gives what the bedside gives."""

from __future__ import annotations

import math
import os
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from msgspec.structs import replace
from tests.clinic.cohort.registry import by_queries, write

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs import long
from hepatica.clinic.inputs.person import read, read_text
from hepatica.clinic.observations import Observation
from hepatica.clinic.records import names
from hepatica.clinic.registry import Registry
from hepatica.clinic.scores import scores

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


def test_registry_and_bedside_agree(rows: list[Observation], many: Registry) -> None:
    engine = Bedside()
    engine.load(rows)
    one, other = scores(engine), by_queries(many)
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


@pytest.mark.parametrize(("hours", "known"), [(168, False), (0, True)])
def test_an_organ_value_of_last_week_does_not_tell_today(
    hours: int, known: bool, tmp_path: Path
) -> None:
    """Bilirubin and SpO2 of 169 h before: out by default, alone and in a registry."""
    body = {
        "conditions": [
            {"name": name, "status": "present"} for name in ("cirrhosis", "acute_decompensation")
        ],
        "demographics": {"age_y": 55},
        "observations": [
            {"at": "2026-03-01T07:00", "bilirubin": "13 mg/dL", "spo2": "85 %", "fio2": 0.5},
            {"at": "2026-03-01T09:00", "inr": 2.6},
            {"at": "2026-03-08T08:00", "creatinine": "2.5 mg/dL"},
        ],
    }
    given = read_text(yaml.safe_dump(body), name="p", patient="p").rows
    chosen = {f"{name}.max_age_hours": hours for name in ("clif_c_of", "aclf_grade")}
    engine, many = Bedside(), Registry()
    engine.load(given, parameters=chosen)
    one = scores(engine)["p"]
    long.load(many, write(given, tmp_path / "rows.csv"))
    many.prepare()
    other = by_queries(many, chosen)["p"]
    for found in (one["clif_c_of"].outputs, other["clif_c_of"]):
        assert (found["liver_failure"], found["respiration_failure"]) == (known or None,) * 2
        assert found["coagulation_failure"] is True  # of 167 h before
    assert one["aclf_grade"].outputs["failures"] == other["aclf_grade"]["failures"]
    assert set(one["clif_c_of"].left_out) == (set() if known else {"bilirubin", "spo2", "fio2"})


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
