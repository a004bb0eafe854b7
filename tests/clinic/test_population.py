"""Scores of other patients: not given, and why, by `score`, by an assessment and by a cohort."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from assess.generated import observed
from tests.clinic.cohort.registry import read, write

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.definition import definitions
from hepatica.clinic.observations import Observations
from hepatica.clinic.score import score

MEASURED = {
    "creatinine": "2.4 mg/dL", "bilirubin": "8 mg/dL", "inr": "1.9", "albumin": "27 g/L",
    "sodium": "131 mmol/L", "wbc": "14 10*9/L", "lactate": "3 mmol/L", "map": "72 mm[Hg]",
    "hepatic_encephalopathy_grade": "2 {grade}", "spo2": "96 %", "fio2": "0.21",
    "temperature": "38.9 Cel", "heart_rate": "118 /min", "respiratory_rate": "26 /min",
    "sbp": "95 mm[Hg]", "gcs": "14 {score}", "platelets": "90 10*9/L", "pao2": "80 mm[Hg]",
    "urine_output_24h": "900 mL", "paco2": "30 mm[Hg]", "bands": "2 %", "ascites_grade": "none",
}  # fmt: skip
CIRRHOSIS = ("aarc", "aclf_grade", "child_pugh", "clif_c_aclf", "clif_c_of", "meld_xi")
ADULTS = ("aclf_grade", "clif_c_aclf", "clif_c_of", "qsofa", "sirs", "sofa", "ukeld")


def patient(*, age: int, cirrhosis: str | None) -> Observations:
    """A patient in whom every one of these scores can be computed."""
    when = "2026-05-01T08:00"
    rows = [{"at": when, **MEASURED}]
    flags = {"cirrhosis": cirrhosis, "acute_decompensation": "present",
             "respiratory_support": "absent"}  # fmt: skip
    body = {
        "id": "p", "demographics": {"age_y": age}, "drug_list_complete": True, "procedures": [],
        "observations": rows,
        "conditions": [{"name": k, "status": v} for k, v in flags.items() if v is not None],
    }  # fmt: skip
    return observed(body)


def assessed(found: Observations) -> dict[str, tuple[object, str | None]]:
    return {one.id: (one.value, one.not_applicable) for one in assess(found).scores}


def registered(found: Observations, names: tuple[str, ...], folder: Path) -> dict[str, object]:
    """Every column of these scores that a cohort holds of the patient."""
    out = folder / "out.parquet"
    cohort(write(found.rows, folder / "long.csv"), out, concepts=names)
    (row,) = read(out)
    return {key: value for key, value in row.items() if key.startswith(names)}


@pytest.mark.parametrize(
    ("age", "cirrhosis", "names", "reason"),
    [(56, "absent", CIRRHOSIS, "cirrhosis"), (9, "present", ADULTS, "adults")],
)
def test_no_score_of_other_patients(
    age: int, cirrhosis: str, names: tuple[str, ...], reason: str, tmp_path: Path
) -> None:
    given = patient(age=age, cirrhosis=cirrhosis)
    found = assessed(given)
    for name in names:
        value, why = found[name]
        assert value is None, name
        assert reason in (why or ""), name
    columns = registered(given, names, tmp_path)
    assert len(columns) > len(names)
    assert set(columns.values()) == {None}


def test_they_are_given_to_their_own_patients(tmp_path: Path) -> None:
    names = tuple(sorted({*CIRRHOSIS, *ADULTS}))
    given = patient(age=56, cirrhosis="present")
    found = assessed(given)
    assert [name for name in names if found[name][0] is None] == []
    assert None not in registered(given, names, tmp_path).values()


def test_what_is_not_known_of_the_patient_is_said_with_the_score() -> None:
    found = assess(patient(age=56, cirrhosis=None))
    (one,) = (line for line in found.scores if line.id == "child_pugh")
    assert one.value is not None
    assert "not checked: the score is for cirrhosis" in one.shown


def test_a_reason_tells_whom_a_score_is_for_and_nothing_of_the_patient() -> None:
    """It is said of a patient who is not so and of one of whom it is not known."""
    for item in definitions():
        for one in item.applies:
            assert "record" not in one.reason, item.id
            assert " absent" not in one.reason, item.id
            assert not re.search(r"\b(?:is|are) (?:below|above|under|over)\b", one.reason), item.id


def test_what_is_not_known_is_not_said_to_be_absent() -> None:
    found = assess(patient(age=56, cirrhosis=None))
    aarc = next(line for line in found.scores if line.id == "aarc")
    assert "not checked: ACLF by APASL is of chronic liver disease" in aarc.shown
    assert "absent" not in aarc.shown


def test_a_score_that_is_asked_for_says_whom_it_is_for() -> None:
    given = {"creatinine": "2 mg/dL", "bilirubin": "4 mg/dL"}
    assert score("meld_xi", **given, cirrhosis=False).not_applicable is not None
    asked = score("meld_xi", **given)
    assert asked.value is not None
    assert "needs cirrhosis" in asked.cautions[0]
