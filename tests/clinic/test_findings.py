"""Findings: each unknown names what would settle it, each decision its observation."""

from __future__ import annotations

import pytest
import yaml

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.criterion import Criterion, criteria, criterion
from hepatica.clinic.findings import Finding, findings
from hepatica.clinic.inputs.person import read_text


def first(item: Criterion, index: int = 0) -> list[Finding]:
    text = yaml.safe_dump(dict(item.examples[index].patient))
    engine = Bedside()
    engine.load(read_text(text, name="x", patient="p").rows)
    return findings(engine, item.id)


def test_a_met_criterion_shows_what_decided_it() -> None:
    (found,) = first(criterion("hrs_aki_2015"))
    assert (found.state, found.missing) == ("met", None)
    protein = next(i for i in found.items if i.name == "proteinuria_le_500_mg_day")
    assert str(protein.because) == "urine protein in 24 h 500 mg/d at 2026-03-03 08:00"


def test_an_unknown_one_says_what_is_missing() -> None:
    (found,) = first(criterion("hrs_aki_2015"), 1)
    assert found.state == "unknown"
    assert found.missing is not None
    wanted = ("albumin doses on 2 consecutive days", "urine protein in 24 h", "renal ultrasound")
    for text in wanted:
        assert text in found.missing
    assert {i.state for i in found.items} == {"met", "unknown"}


def test_parameters_are_said() -> None:
    (found,) = first(criterion("volume_response"))
    assert found.parameters["volume_window_hours"] == 24


@pytest.mark.parametrize("name", [item.id for item in criteria()])
def test_nothing_is_unknown_without_saying_what_would_settle_it(name: str) -> None:
    """Of a patient of whom nothing but one sodium is known, almost everything is unknown."""
    engine = Bedside()
    text = "observations: [{at: 2026-03-01, sodium: 130 mmol/L}]"
    engine.load(read_text(text, name="x", patient="p").rows)
    for found in findings(engine, name):
        if found.state == "unknown":
            assert found.missing
        if criterion(name).columns.get("met"):
            for item in found.items:
                assert item.state == "unknown", item
                assert item.missing
