"""The contract of the unit table: every code is UCUM, is used and has a printed form."""

from __future__ import annotations

import re

import pytest

from hepatica.evidence.knowledge import Knowledge, shipped_units

# Atoms of UCUM that the knowledge uses, with the prefixes that occur here.
ATOM = (
    r"(?:a|mo|wk|d|h|min|%|\[nmi_i\]|\[HPF\]|mm\[Hg\]|kPa|(?:m|u|n|k)?g|m?L|d?L|mm3?|[mun]?mol|meq)"
)
NOTE = r"\{[!-z|~]+\}"
TERM = rf"(?:{ATOM}(?:{NOTE})?|{NOTE}|\(\d+\.{ATOM}\))"
UCUM = re.compile(rf"/?{TERM}(?:/{TERM})*")


def test_every_code_is_ucum(knowledge: Knowledge) -> None:
    assert [code for code in knowledge.units if not UCUM.fullmatch(code)] == []


@pytest.mark.parametrize("code", ["mcg", "mmHg", "mg/day", "points", "{two words}", "mg every 6 h"])
def test_the_pattern_refuses_what_is_not_ucum(code: str) -> None:
    assert not UCUM.fullmatch(code)


def test_every_unit_is_used(knowledge: Knowledge) -> None:
    used = {
        code
        for claim in knowledge.claims.values()
        for figure in claim.figures
        for code in (figure.unit, figure.every.unit if figure.every else None)
        if code
    }
    assert used == set(knowledge.units)


def test_a_unit_is_printed_without_digits_and_annotations(knowledge: Knowledge) -> None:
    for code, unit in knowledge.units.items():
        assert unit.text, code
        assert unit.name, code
        assert not set("{}[]") & set(unit.text + unit.name + (unit.one or "")), code


def test_units_print_alike_with_and_without_the_rest(knowledge: Knowledge) -> None:
    assert shipped_units() == knowledge.units
