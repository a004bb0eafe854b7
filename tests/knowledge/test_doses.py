"""Every dose of the evidence stands in its claim with the same mass, rate and interval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from hepatica.evidence.curated import Figure
from hepatica.evidence.knowledge import Knowledge

Dose = tuple[float, float, str, float | None, float | None]
"""Least and most amount, UCUM unit, least and most hours between doses."""

UNIT = re.compile(
    r"(?P<mass>mcg|mg|g)(?P<kg>/kg)?(?P<per>/day|/24 h|/h|/min| per L removed)?"
    r"(?: every (?P<low>\d+)(?:-(?P<high>\d+))? h| (?P<times>two|three|four) times daily)?"
)
PER = {"/day": "/d", "/24 h": "/d", " per L removed": "/L{ascites}"}
WORDS = {"two": 12.0, "three": 8.0, "four": 6.0}
# Doses that the evidence has as text, or with the interval as a figure of its own.
WORDED: dict[str, list[Dose]] = {
    "label-dose-days-1-3": [(0.85, 0.85, "mg", 6, None)],
    "he-rifaximin-label-indication": [(550, 550, "mg", 12, None)],
    "he-golexanolone-phase2": [(d, d, "mg", 12, None) for d in (10, 40, 80)],
    "he-ve303-phase2": [(125, 125, "mg", 6, None)],
    "mash-resmetirom-dose": [(d, d, "mg/d", None, None) for d in (80, 100, 60, 80)],
    "mash-resmetirom-cirrhosis-trial": [(80, 80, "mg/d", None, None)],
    "mash-lanifibranor-nativ3": [(d, d, "mg/d", None, None) for d in (800, 1200)],
    "albumin-preciosa": [(1.5, 1.5, "g/kg", 240, None)],
    "sbp-aseptic-design": [(960, 960, "mg/d", None, None)],
    "ah-stopah-dosing": [(40, 40, "mg/d", None, None), (400, 400, "mg", 8, None)],
    "hdv-bulevirtide-fda2026": [(8.5, 8.5, "mg/d", None, None)],
    "masld-nomenclature": [(140, 350, "g/wk", None, None), (210, 420, "g/wk", None, None)],
}
HOURS = {"h": 1.0, "d": 24.0, "wk": 168.0}


def _given(figure: dict[str, Any]) -> Dose | None:
    """The dose of a figure of the evidence; None when it is none."""
    match = UNIT.match(figure.get("unit") or "")
    value = str(figure.get("value"))
    amount = re.fullmatch(r"[<>=]*(\d[\d.]*)(?:-(\d[\d.]*))?", value)
    if match is None or amount is None or match.end() < len(figure["unit"].split(",")[0]):
        return None
    unit = match["mass"].replace("mcg", "ug") + (match["kg"] or "")
    unit += PER.get(match["per"] or "", match["per"] or "")
    low = float(match["low"]) if match["low"] else WORDS.get(match["times"] or "")
    high = float(match["high"]) if match["high"] else None
    return float(amount[1]), float(amount[2] or amount[1]), unit, low, high


def _held(figures: tuple[Figure, ...]) -> Iterator[Dose]:
    for f in figures:
        low, high = (f.value, f.value) if f.value is not None else (f.low, f.high)
        if low is None or high is None or f.unit is None:
            continue
        hours = HOURS[f.every.unit] if f.every else 0.0
        least = f.every.low * hours if f.every else None
        most = f.every.high * hours if f.every and f.every.high else None
        yield low, high, f.unit, least, most


def test_doses_with_a_unit_are_the_same(
    knowledge: Knowledge, facts: dict[str, dict[str, Any]]
) -> None:
    seen = 0
    for fact in facts.values():
        if not fact["verified"]:
            continue
        held = list(_held(knowledge.claims[fact["id"]].figures))
        for figure in fact["figures"]:
            dose = _given(figure)
            if dose is not None:
                seen += 1
                worded = [d for d in WORDED.get(fact["id"], []) if d[:3] == dose[:3]]
                assert (worded[0] if worded else dose) in held, (fact["id"], dose, held)
    assert seen > 80


@pytest.mark.parametrize("claim", WORDED)
def test_doses_in_words_are_the_same(claim: str, knowledge: Knowledge) -> None:
    held = list(_held(knowledge.claims[claim].figures))
    assert [dose for dose in held if dose in WORDED[claim]] == WORDED[claim]


def test_every_interval_comes_from_the_evidence(
    knowledge: Knowledge, facts: dict[str, dict[str, Any]]
) -> None:
    """No claim has an interval that neither a unit nor a dose in words gives."""
    for claim in knowledge.claims.values():
        given = [_given(figure) for figure in facts[claim.id]["figures"]]
        for dose in _held(claim.figures):
            if dose[3] is not None and claim.id != "albumin-answer":
                assert dose in given or dose in WORDED.get(claim.id, []), (claim.id, dose)


def test_long_term_albumin_is_twice_weekly_then_weekly(knowledge: Knowledge) -> None:
    first, later = knowledge.claims["albumin-answer"].figures[3:]
    assert (first.value, first.unit, first.every, first.note) == (40, "g", None, "twice weekly")
    assert list(_held((later,))) == [(40, 40, "g", 168, None)]
