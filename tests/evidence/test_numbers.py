"""What counts as a number, and when a text supports it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hepatica.evidence.numbers import numbers, unsupported


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SCr ≥2.25 mg/dL", {"2.25"}),
        ("29.1% against 15.8%", {"29.1", "15.8"}),
        ("20-40 g/day, 20–40 g", {"20", "40"}),
        ("1,236 patients in 15 RCTs", {"1236", "15"}),
        ("V1a and SpO2 and RFHE3001", set()),
        ("MELD 3.0", {"3"}),
        ("a fall of −0.15 (p=0.012)", {"0.15", "0.012"}),
        ("0.85mg every 6h", {"0.85", "6"}),
        ("2.0 is 2", {"2"}),
    ],
)
def test_numbers(text: str, found: set[str]) -> None:
    assert numbers(text) == {Decimal(value).normalize() for value in found}


def test_a_number_needs_to_stand_in_one_of_the_supports() -> None:
    assert unsupported("0.85 mg every 6 h", ["give 0.85 mg", "every 6 hours"]) == frozenset()
    assert unsupported("0.85 mg every 4 h", ["give 0.85 mg every 6 hours"]) == {Decimal(4)}
    assert unsupported("8.5 mg", ["0.85 mg", "85 mg"]) == {Decimal("8.5")}
