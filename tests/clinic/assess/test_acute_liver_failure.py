"""Acute liver failure: what is said of it, and what is not said of a liver that was ill before."""

from __future__ import annotations

from typing import Any

import pytest
from assess.generated import hours, observed
from assess.test_assess import look, textbook

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.render.assessment_text import render


def failing(cirrhosis: str | None, **measured: Any) -> Assessment:
    rows = [
        {"at": hours(1), "creatinine": "0.9 mg/dL"},
        {"at": hours(25), "creatinine": "320 umol/L", "inr": 7.1, **measured},
    ]
    conditions = [
        *([{"name": "cirrhosis", "status": cirrhosis}] if cirrhosis else []),
        {"name": "paracetamol_overdose", "status": "present"},
    ]
    body = {"id": "p", "demographics": {"age_y": 34}, "observations": rows}
    return assess(observed(body | {"conditions": conditions}))


def said(found: Assessment) -> set[str]:
    return {one.id for one in found.plan if one.standing is Standing.APPLIES}


def test_paracetamol_prognosis_and_clotting_are_spoken_of() -> None:
    found = failing("absent", hepatic_encephalopathy_grade="3 {grade}")
    assert {"alf-paracetamol", "alf-prognosis", "alf-clotting"} <= said(found)
    assert "no-vasoconstrictor-without-hrs" not in said(found)
    (king,) = (score for score in found.scores if score.id == "kings_college_paracetamol")
    assert king.value is not None


def test_without_encephalopathy_it_is_not_called_acute_liver_failure() -> None:
    found = said(failing("absent", hepatic_encephalopathy_grade="0 {grade}"))
    assert "alf-paracetamol" in found
    assert not {"alf-prognosis", "alf-clotting"} & found


def test_in_cirrhosis_it_is_not_called_acute_liver_failure() -> None:
    found = said(failing("present", hepatic_encephalopathy_grade="3 {grade}"))
    assert not {"alf-prognosis", "alf-clotting"} & found


@pytest.mark.parametrize("cirrhosis", ["present", "absent", None])
def test_acetylcysteine_after_paracetamol_whatever_the_liver_was_before(
    cirrhosis: str | None,
) -> None:
    found = failing(cirrhosis)
    assert "alf-paracetamol" in said(found)
    text = " ".join(render(found).split())
    assert "ACG 2023: N-acetylcysteine early" in text[: text.index("Plan: Not decided")]


def test_paracetamol_is_not_asked_for_in_cirrhosis() -> None:
    (one,) = (r for r in look(textbook()).plan if r.id == "alf-paracetamol")
    assert one.standing is Standing.NOT_NOW
