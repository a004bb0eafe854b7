"""FHIR: whether a condition is there, whether a drug or procedure runs, and at what dose."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.inputs.fhir import (
    DIALYSIS,
    GIVEN,
    OBSERVED,
    ORDER,
    PATIENT,
    SHOCK,
    TAKEN,
    bundle,
    load,
    verified,
)

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.observations import Observation, Observations

BEGAN, OVER = "2026-03-01T08:00:00+01:00", "2026-03-20T08:00:00+01:00"
BETWEEN, AFTER = datetime(2026, 3, 5, 8), datetime(2026, 3, 25, 8)
ONSET = {k: v for k, v in SHOCK.items() if k != "onsetDateTime"} | {"onsetDateTime": BEGAN}
OPEN = {key: value for key, value in ONSET.items() if key != "onsetDateTime"}


def clinical(**said: Any) -> dict[str, Any]:
    return {"clinicalStatus": said}


def state(found: Observations, at: datetime) -> bool | None:
    engine = Bedside()
    engine.load(found.rows, at=at, unread=found.unread)
    query = "SELECT present FROM flags WHERE concept = 'shock'"
    return next((value for row in engine.select(query) for value in row.values()), None)


RESOLVED = clinical(coding=[{"code": "resolved"}])
CONDITIONS: dict[str, tuple[dict[str, Any], bool | None, bool | None]] = {
    "refuted is absent, whatever its end": (
        ONSET | verified("refuted") | {"abatementDateTime": OVER}, False, False),
    "begun, with an end": (ONSET | {"abatementDateTime": OVER}, True, False),
    "begun, with a period in which it ended": (
        ONSET | {"abatementPeriod": {"start": BEGAN, "end": OVER}}, True, False),
    "over by an age": (ONSET | {"abatementAge": {"value": 61, "unit": "a"}}, None, None),
    "over in words": (ONSET | {"abatementString": "last year"}, None, None),
    "over within a range": (ONSET | {"abatementRange": {"low": {"value": 60}}}, None, None),
    "over since nobody says when": (ONSET | RESOLVED, None, None),
    "over, and never dated": (OPEN | RESOLVED, False, False),
    "a status that is known in one of its codes": (
        ONSET | clinical(coding=[{"code": "1"}, {"code": "active"}]), True, True),
}  # fmt: skip


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_there_when_it_says_so(name: str, tmp_path: Path) -> None:
    item, between, after = CONDITIONS[name]
    found = load(tmp_path, bundle(PATIENT, OBSERVED, item))
    assert (state(found, BETWEEN), state(found, AFTER)) == (between, after)


def test_one_that_is_over_leaves_open_what_was_absent_before(tmp_path: Path) -> None:
    before = OPEN | verified("refuted") | {"recordedDate": "2026-02-01T08:00:00+01:00"}
    found = load(tmp_path, bundle(PATIENT, before, ONSET | RESOLVED))
    assert state(found, datetime(2026, 2, 2)) is False
    assert state(found, AFTER) is None
    (refused,) = found.report.refused
    assert (refused.value, refused.reason) == ("Shock", "it is over, and since when is not said")


@pytest.mark.parametrize(
    ("said", "status"),
    [({"text": "Resolved"}, "Resolved"), ({"coding": [{"code": "Resolved"}]}, "Resolved"),
     ({"coding": [{"code": "ruled-out"}]}, "ruled-out"),
     ({"coding": [{"display": "Inactive"}]}, "Inactive")],
)  # fmt: skip
def test_a_clinical_status_that_r4_does_not_know_is_refused(
    said: dict[str, Any], status: str, tmp_path: Path
) -> None:
    found = load(tmp_path, bundle(PATIENT, ONSET | clinical(**said)))
    assert [row.reason for row in found.report.refused] == [f"its clinical status is {status}"]
    assert state(found, BETWEEN) is None


def course(found: Observations) -> Observation:
    (row,) = (row for row in found.rows if row.concept not in ("sex", "birth", "creatinine"))
    return row


PERIOD = {"effectiveDateTime": None, "effectivePeriod": {"start": BEGAN}}
RUNS = [
    (GIVEN | PERIOD, "in-progress", True), (GIVEN | PERIOD, "completed", False),
    (GIVEN | PERIOD, "stopped", False), (TAKEN | PERIOD, "active", True),
    (TAKEN | PERIOD, "completed", False), (ORDER, "active", True), (ORDER, "stopped", False),
    (DIALYSIS | {"performedDateTime": None, "performedPeriod": {"start": BEGAN}}, "in-progress",
     True),
    (DIALYSIS | {"performedDateTime": None, "performedPeriod": {"start": BEGAN}}, "completed",
     False),
    (DIALYSIS | {"performedDateTime": None, "performedPeriod": {"start": BEGAN}}, "stopped", False),
]  # fmt: skip


@pytest.mark.parametrize(("item", "status", "runs"), RUNS)
def test_what_is_completed_or_stopped_does_not_run(
    item: dict[str, Any], status: str, runs: bool, tmp_path: Path
) -> None:
    row = course(load(tmp_path, bundle(PATIENT, item | {"status": status})))
    assert (row.time is None) is runs
    if not runs:
        assert row.time == row.start


def quantity(value: float, unit: str) -> dict[str, Any]:
    return {"value": value, "code": unit}


RATES = [
    (quantity(10, "mg"), quantity(20, "h"), "0.5", "mg/h"),
    (quantity(1, "mg"), quantity(1, "h"), "1", "mg/h"),
]


@pytest.mark.parametrize(("top", "bottom", "value", "unit"), RATES)
@pytest.mark.parametrize("inner", [True, False])
def test_a_rate_as_a_ratio(
    top: dict[str, Any], bottom: dict[str, Any], value: str, unit: str, inner: bool, tmp_path: Path
) -> None:
    rate = {"rateRatio": {"numerator": top, "denominator": bottom}}
    dosage = {"dosage": {"doseAndRate": [rate]} if inner else rate}
    drug = {"medicationCodeableConcept": {"text": "norepinephrine"}, "status": "completed"}
    row = course(load(tmp_path, bundle(PATIENT, GIVEN | drug | dosage)))
    assert (f"{row.value}", row.unit) == (value, unit)


def test_terlipressin_over_24_hours_is_a_rate_a_day(tmp_path: Path) -> None:
    ratio = {"numerator": quantity(4, "mg"), "denominator": quantity(24, "h")}
    item = GIVEN | {"medicationCodeableConcept": {"text": "terlipressin"},
                    "dosage": {"rateRatio": ratio}}  # fmt: skip
    row = course(load(tmp_path, bundle(PATIENT, item)))
    assert (f"{row.value}", row.unit) == ("4", "mg/d")


@pytest.mark.parametrize(
    "ratio",
    [{"numerator": quantity(1, "mg"), "denominator": quantity(3, "h")},
     {"numerator": quantity(1, "mg"), "denominator": quantity(0, "h")},
     {"numerator": quantity(1, "mg")}, {"denominator": quantity(1, "h")}],
)  # fmt: skip
def test_a_ratio_that_is_no_exact_rate_is_said_not_to_be_used(
    ratio: dict[str, Any], tmp_path: Path
) -> None:
    drug = {"medicationCodeableConcept": {"text": "norepinephrine"}}
    item = GIVEN | drug | {"dosage": {"rateRatio": ratio}}
    found = load(tmp_path, bundle(PATIENT, item))
    assert course(found).value is None
    assert "the dose is not used" in " ".join(found.report.notes)
