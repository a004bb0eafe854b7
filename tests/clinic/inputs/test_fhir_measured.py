"""FHIR: which measurement an Observation is, and numbers that nothing measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import read as table
from tests.clinic.inputs.fhir import LOINC, PATIENT, bundle, load, observation

from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.mapping import UserMap

SERUM = observation("2160-0", 1, "mg/dL", effectiveDateTime="2026-03-01T08:00:00+01:00")
PERITONEAL = {"system": LOINC, "code": "12191-3"}


@pytest.mark.parametrize(
    "code",
    [{"coding": [PERITONEAL | {"display": "Creatinine"}]},
     {"coding": [PERITONEAL], "text": "Creatinine"},
     {"coding": [{"system": "urn:lab", "code": "ASC-CREA"}], "text": "creatinine"}],
)  # fmt: skip
def test_a_coded_measurement_is_what_its_code_says_and_not_its_text(
    code: dict[str, Any], tmp_path: Path
) -> None:
    """LOINC 12191-3 is creatinine in peritoneal fluid."""
    ascites = observation("", 9, "mg/dL") | {"code": code}
    found = load(tmp_path, bundle(PATIENT, SERUM, ascites))
    assert [row.value for row in found.rows if row.concept == "creatinine"] == [1]
    assert [one.code for one in found.report.unmapped] == [code["coding"][0]["code"]]
    cohort(tmp_path / "b.json", tmp_path / "out.parquet", concepts=["creatinine", "kdigo_aki"])
    (row,) = table(tmp_path / "out.parquet")
    assert row["creatinine (umol/L)"] == pytest.approx(88.4)
    assert row["kdigo_aki_max_stage"] is None


def test_without_a_code_its_text_names_a_measurement(tmp_path: Path) -> None:
    for code in ({"text": "Creatinine"}, {"coding": [{"display": "Creatinine"}]}):
        found = load(tmp_path, bundle(observation("", 9, "mg/dL") | {"code": code}))
        assert [row.concept for row in found.rows] == ["creatinine"]


def test_a_users_word_names_a_coded_measurement_too(tmp_path: Path) -> None:
    code = {"coding": [{"system": "urn:lab", "code": "1"}], "text": "Creatinine, serum"}
    user = UserMap(words={"creatinine, serum": "creatinine"})
    found = load(tmp_path, bundle(observation("", 9, "mg/dL") | {"code": code}), user=user)
    assert [row.concept for row in found.rows] == ["creatinine"]


@pytest.mark.parametrize("number", ["1e2000000", "1e-2000000", "-1e999999"])
def test_a_number_of_a_million_digits_is_refused_as_it_was_written(
    number: str, tmp_path: Path
) -> None:
    data = bundle(PATIENT, SERUM, observation("2160-0", 12345, "mg/dL"))
    found = load(tmp_path, data.replace(b"12345", number.encode()))
    assert [row.value for row in found.rows if row.concept == "creatinine"] == [1]
    (refused,) = found.report.refused
    assert "is not a number" in refused.reason
    assert len(refused.reason) < 50
    report = cohort(tmp_path / "b.json", tmp_path / "out.parquet", concepts=["creatinine"]).report
    assert [len(row.value or "") < 20 for row in report.refused] == [True]
