"""Respiratory failure and ventilation: weighed before terlipressin, and said first of all."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.render.assessment_patient import patient_page
from hepatica.render.assessment_text import render

SEVERE = {"spo2": "93", "fio2": "0.6"}  # SpO2/FiO2 of 155: not hypoxia by saturation
STARTS = ("terlipressin-us", "terlipressin-europe-bolus", "terlipressin-europe-infusion",
          "terlipressin-china")  # fmt: skip


def warned(found: Assessment, name: str) -> dict[str, str]:
    return {item.id: item.state for item in rule(found, name).first}


def plain(found: Assessment) -> str:
    sections = patient_page(found).sections
    return " ".join(line.text for one in sections for line in one.blocks)  # type: ignore[union-attr]


@pytest.mark.parametrize("ill", [SEVERE, {"respiratory_support": "present"}])
def test_breathing_is_treated_before_terlipressin_is_started(ill: dict[str, Any]) -> None:
    found = look(textbook(**ill))
    for name in STARTS:
        assert rule(found, name).standing is Standing.WEIGH
        assert warned(found, name) == {"breathing_problem": "met"}
    one = rule(found, "breathing")
    assert (one.section, one.standing) == ("now", Standing.APPLIES)
    text = " ".join(render(found).split())
    assert "Caution with Terlipressin: respiratory failure or ventilation" in text
    assert text.index("Plan: Act on first") < text.index("before a first dose of terlipressin")
    assert "Your team treats your breathing first." in plain(found)
    assert rule(found, "breathing-on-terlipressin").standing is Standing.NOT_NOW


@pytest.mark.parametrize("missing", ["fio2", "respiratory_support"])
def test_what_is_not_known_of_breathing_is_checked_first(missing: str) -> None:
    found = look(textbook(**{missing: None}))
    one = rule(found, "terlipressin-us")
    assert one.standing is Standing.CHECK_FIRST
    assert warned(found, "terlipressin-us")["breathing_problem"] == "unknown"
    assert one.missing


def test_sound_lungs_are_no_caution() -> None:
    found = look(textbook())
    assert rule(found, "terlipressin-us").standing is Standing.APPLIES
    assert rule(found, "breathing").standing is Standing.NOT_NOW


def running(**changes: Any) -> Assessment:
    """On terlipressin, on the second day, with a peritonitis."""
    body = treated((76, 2.4), ascitic_neutrophils="900", **changes)
    return look(body, 77)


@pytest.mark.parametrize("ill", [SEVERE, {"respiratory_support": "present"}])
def test_a_course_that_runs_is_reviewed(ill: dict[str, Any]) -> None:
    found = running(**ill)
    one = rule(found, "breathing-on-terlipressin")
    assert (one.section, one.standing) == ("now", Standing.APPLIES)
    assert "stop it when respiratory symptoms are severe or persist" in one.text
    assert warned(found, "end-philippines")["breathing_problem"] == "met"
    assert warned(found, "sbp-albumin-easl")["breathing_problem"] == "met"
    assert found.treatment is not None
    due = [s for day in found.treatment.days for s in day.steps if s.gives and s.state == "due"]
    assert due
    assert all("respiratory failure or ventilation" in step.text for step in due)
    assert "Your team treats your breathing first and looks again at your medicines" in plain(found)
    assert rule(found, "breathing").standing is Standing.NOT_NOW
    well = running()
    assert rule(well, "breathing-on-terlipressin").standing is Standing.NOT_NOW
    assert "breathing_problem" not in warned(well, "sbp-albumin-easl")


def test_too_little_oxygen_on_terlipressin_is_told_to_the_patient() -> None:
    body = treated()
    body["observations"].append({"concept": "spo2", "value": 84, "unit": "%", "time": hours(76)})
    assert "Your blood has too little oxygen." in plain(look(body, 77))
