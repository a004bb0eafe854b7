"""Checklists: each unknown criterion names what would settle it, each decided one its value."""

from __future__ import annotations

from functools import cache

import pytest
import yaml
from assess.test_episode import criteria as checklist_of
from assess.test_episode import item, of

from hepatica.clinic.assess.asof import moment_of
from hepatica.clinic.assess.checklists import checklist
from hepatica.clinic.assess.gather import Gathered, gather
from hepatica.clinic.assess.model import Assessment
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.criterion import criteria, criterion
from hepatica.clinic.inputs.person import read_text

SETS = [one.id for one in criteria() if {"met", "class"} & set(one.columns)]
DECIDED = ("terlipressin_course.overdue",)  # where no course is known, none is overdue
BENEATH = [
    f"{one.id}.{key}"
    for one in criteria()
    if one.id not in SETS and one.per == "patient"
    for key, column in one.columns.items()
    if column.kind in ("item", "result") and f"{one.id}.{key}" not in DECIDED
]


def example(name: str, index: int) -> Assessment:
    return of(yaml.safe_dump(dict(criterion(name).examples[index].patient)))


@cache
def nearly_nothing() -> Gathered:
    """A patient of whom one sodium is known."""
    text = "observations: [{at: 2026-03-01, sodium: 130 mmol/L}]"
    rows = read_text(text, name="x", patient="p").rows
    at = moment_of(rows)
    assert at is not None
    return gather(Bedside(), rows, at=at)


def test_a_met_criterion_shows_what_decided_it() -> None:
    found = example("hrs_aki_2015", 0)
    assert checklist_of(found, "hrs_aki_2015").state == "met"
    protein = item(found, "hrs_aki_2015.proteinuria_le_500_mg_day")
    assert protein.decided_by == "urine protein in 24 h 500 mg/d at 2026-03-03 08:00"
    assert protein.missing == ()


def test_an_unknown_set_has_met_criteria_beside_those_that_say_what_is_missing() -> None:
    found = checklist_of(example("hrs_aki_2015", 1), "hrs_aki_2015")
    assert found.state == "unknown"
    assert {one.state for one in found.items} == {"met", "unknown"}
    missing = {text for one in found.items for text in one.missing}
    assert missing >= {
        "albumin doses on 2 consecutive days with diuretics stopped",
        "urine protein in 24 h",
        "renal ultrasound",
    }


def test_the_rules_of_what_a_set_uses_are_named() -> None:
    found = checklist_of(example("hrs_aki_2015", 0), "hrs_aki_2024")
    assert "volume_window_hours" not in criterion("hrs_aki_2024").parameters
    assert {one.name: one.value for one in found.rules}["volume_window_hours"] == "24"


@pytest.mark.parametrize("name", SETS)
def test_each_criterion_of_a_set_says_what_would_settle_it(name: str) -> None:
    gathered = nearly_nothing()
    (row,) = gathered.engine.rows(name)
    found = checklist(gathered, name, row, {})
    assert (found.state, bool(found.items)) == ("unknown", True)
    assert {one.id: one.state for one in found.items if one.state != "unknown"} == {}
    assert [one.id for one in found.items if not one.missing or one.decided_by] == []


@pytest.mark.parametrize("place", BENEATH)
def test_each_criterion_beneath_the_sets_says_it_too(place: str) -> None:
    name, _, key = place.partition(".")
    (row,) = nearly_nothing().engine.rows(name)
    assert row[key] is None
    assert row.get(f"{key}_missing") or criterion(name).columns[key].settle
