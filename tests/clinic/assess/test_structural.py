"""Structural kidney injury: on record, or by signs in urine and ultrasound of this AKI."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook
from assess.test_episode import chronic, criteria, item

from hepatica.clinic.assess.model import Assessment, Standing

SIGNS = ("urine_protein_24h", "urine_rbc", "renal_ultrasound")
ITEMS = ("proteinuria_le_500_mg_day", "rbc_le_50_per_hpf", "normal_renal_ultrasound")
DAY = 24


def state(found: Assessment, name: str) -> str:
    return criteria(found, name).state


def signs(body: dict[str, Any], at: float, *names: str) -> dict[str, Any]:
    """The same patient, with these signs looked for at another time."""
    for row in body["observations"]:
        if row["concept"] in (names or SIGNS):
            row["time"] = hours(at)
    return body


def caution(found: Assessment) -> str:
    first = rule(found, "norepinephrine").first
    return next((one.state for one in first if one.id == "structural_injury"), "not_met")


def test_structural_injury_on_record_rules_hrs_out_by_ica_2015_and_confirm() -> None:
    found = look(textbook(structural_kidney_injury="present"))
    assert state(found, "hrs_aki_2015") == "not_met"
    one = item(found, "hrs_aki_2015.no_structural_injury")
    assert one.decided_by == "structural kidney injury: recorded as present"
    assert item(found, "confirm_eligibility.hrs_1").state == "not_met"
    assert item(found, "hrs_naki.no_structural_cause").state == "not_met"


def test_structural_injury_beside_hrs_by_adqi_ica_2024_is_weighed_first() -> None:
    found = look(textbook(structural_kidney_injury="present"))
    assert state(found, "hrs_aki_2024") == "met"  # another primary cause was ruled out
    assert caution(found) == "met"
    assert rule(found, "norepinephrine").standing is Standing.WEIGH
    assert caution(look(textbook())) == "not_met"
    unasked = look(textbook(structural_kidney_injury="present", alternative_aki_cause=None))
    assert state(unasked, "hrs_aki_2024") == "unknown"


def test_without_a_record_the_signs_decide() -> None:
    found = look(textbook(structural_kidney_injury=None))
    one = item(found, "hrs_aki_2015.no_structural_injury")
    assert one.state == "met"
    assert "renal ultrasound normal" in (one.decided_by or "")
    open_ = look(textbook(structural_kidney_injury=None, urine_rbc=None))
    assert item(open_, "hrs_aki_2015.no_structural_injury").state == "unknown"
    assert criteria(open_, "hrs_aki_2015").state == "unknown"
    assert caution(open_) == "unknown"


def test_a_record_that_contradicts_itself_is_unknown() -> None:
    body = textbook(structural_kidney_injury="present")
    body["conditions"].append({"name": "structural_kidney_injury", "status": "absent"})
    found = look(body)
    assert item(found, "hrs_aki_2015.no_structural_injury").missing == (
        "whether there is structural kidney injury",
    )
    assert item(found, "hrs_naki.no_structural_cause").state == "unknown"


@pytest.mark.parametrize("name", SIGNS)
def test_what_was_looked_for_years_ago_says_nothing_of_this_aki(name: str) -> None:
    found = look(signs(textbook(), -1100 * DAY, name))
    one = item(found, f"hrs_aki_2015.{dict(zip(SIGNS, ITEMS, strict=True))[name]}")
    assert one.state == "unknown"
    assert "1102 days old" in one.missing[0]
    assert state(found, "hrs_aki_2015") == "unknown"
    (obstruction,) = (cause for cause in found.differential if cause.id == "obstruction")
    assert obstruction.state == ("unknown" if name == "renal_ultrasound" else "not_met")


def test_obstruction_is_not_said_to_stand_beside_hrs() -> None:
    """ADQI-ICA 2024 names tubular injury, proteinuria and chronic kidney disease, no ultrasound."""
    body = textbook()
    for row in body["observations"]:
        if row["concept"] == "renal_ultrasound":
            row["value"] = "hydronephrosis"
    first = {one.id: one for one in rule(look(body), "norepinephrine").first}
    assert "structural_injury" not in first
    assert first["abnormal_ultrasound"].state == "met"
    assert "lets" not in first["abnormal_ultrasound"].why
    causes = {cause.id: cause.state for cause in look(body).differential}
    assert (causes["structural"], causes["obstruction"]) == ("not_met", "met")


@pytest.mark.parametrize(("days", "expected"), [(7, "met"), (8, "unknown")])
def test_a_week_before_the_onset_counts(days: int, expected: str) -> None:
    assert state(look(signs(textbook(), -days * DAY)), "hrs_aki_2015") == expected


def test_an_ultrasound_of_half_a_year_ago_says_nothing_of_chronic_kidney_disease() -> None:
    one = criteria(chronic("- {at: 2026-04-19T08:00, creatinine: 1.9 mg/dL}"), "hrs_naki")
    assert one.state == "met"
    late = criteria(chronic("- {at: 2026-07-20T08:00, creatinine: 1.9 mg/dL}"), "hrs_naki")
    assert late.state == "unknown"
    (cause,) = (line for line in late.items if line.id == "hrs_naki.no_structural_cause")
    assert cause.missing == (
        "urine protein, urine red cells and renal ultrasound of the last 90 days",
    )
