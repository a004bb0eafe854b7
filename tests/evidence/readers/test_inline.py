"""Superscripts and subscripts: two numbers never become one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.evidence.readers._inline import InlineText


def compose(*pieces: tuple[str, str]) -> str:
    line = InlineText()
    for kind, text in pieces:
        {"": line.text, "sup": line.raised, "sub": line.lowered}[kind](text)
    return line.value


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([("", "10"), ("sup", "9"), ("", "/L")], "10⁹/L"),
        ([("", "mL/min/1.73 m"), ("sup", "2")], "mL/min/1.73 m²"),
        ([("", "cm"), ("sup", "-1")], "cm⁻¹"),
        ([("", "Ca"), ("sup", "2+")], "Ca²⁺"),
        ([("", "36%"), ("sup", "12,13"), ("", ". Next")], "36%¹²,¹³. Next"),
        ([("", "noted."), ("sup", "1–3"), ("", " Follow-up")], "noted.¹–³ Follow-up"),
        ([("", "2.25 mg"), ("sup", "a")], "2.25 mg^a"),
        ([("", "e"), ("sup", "n+1")], "e^(n+1)"),
        ([("", "1"), ("sup", "st"), ("", " dose")], "1st dose"),
        ([("", "Terlivaz"), ("sup", "®")], "Terlivaz®"),
        ([("", "AVPR1A"), ("sup", "-/-")], "AVPR1A-/-"),
        ([("", "1"), ("sup", "1"), ("", "/"), ("sub", "2"), ("", " tablets")], "1 1/2 tablets"),
        ([("", "or "), ("sup", "1"), ("", "⁄"), ("sub", "4"), ("", "5")], "or 1⁄4 5"),
        ([("", "37 "), ("sup", "o"), ("", "C")], "37 °C"),
        ([("", "10"), ("sup", "9"), ("", "/L and CO"), ("sub", "2")], "10⁹/L and CO2"),
        ([("", "SpO"), ("sub", "2"), ("", " <90%")], "SpO2 <90%"),
        ([("", "V"), ("sub", "1a"), ("", " receptor")], "V1a receptor"),
        ([("", "CO"), ("sub", "2"), ("", "5 mmHg")], "CO2 5 mmHg"),
        ([("", "CO"), ("sub", "2"), ("", ".5")], "CO2 .5"),
        ([("", "CO"), ("sub", "2"), ("", ". 5 patients")], "CO2. 5 patients"),
        ([("", "5"), ("sub", "2")], "5_2"),
        ([("", "5."), ("sub", "2")], "5._2"),
        ([("", "CO"), ("sub", "2 "), ("", "uptake")], "CO2 uptake"),
        ([("", "HCO"), ("sub", "3"), ("sup", "−")], "HCO3⁻"),
        ([("", "a"), ("sup", " "), ("", "b")], "a b"),
        ([("", "a"), ("sub", ""), ("", "b")], "ab"),
    ],
)
def test_forms(pieces: list[tuple[str, str]], expected: str) -> None:
    assert compose(*pieces) == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "sup", "sub"]), st.text(alphabet="0123456789", min_size=1)),
        min_size=1,
    )
)
def test_neighbouring_numbers_stay_apart(pieces: list[tuple[str, str]]) -> None:
    merged: list[str] = []
    last = "sub"
    for kind, text in pieces:
        if kind == "" and last == "":
            merged[-1] += text
        elif kind != "sup":
            merged.append(text)
        last = kind
    on_the_line = re.sub("[⁰¹²³⁴⁵⁶⁷⁸⁹]+", " ", compose(*pieces))
    assert re.findall("[0-9]+", on_the_line) == merged
