"""Pairs of a key and a value as they are typed."""

from __future__ import annotations

import pytest

from hepatica.cli.settings import pairs, setting
from hepatica.errors import InputError


def test_pairs_keep_their_order_and_lose_blanks_around_them() -> None:
    assert pairs(("inr=1.8", " bilirubin = 4.2 mg/dL ")) == [
        ("inr", "1.8"),
        ("bilirubin", "4.2 mg/dL"),
    ]
    assert pairs(("note=a=b",)) == [("note", "a=b")]


@pytest.mark.parametrize("text", ["inr", "=1.8", "inr=", "inr= ", ""])
def test_what_is_no_pair_is_told(text: str) -> None:
    with pytest.raises(InputError, match="expected key=value, such as creatinine=185umol/L"):
        pairs((text,))


def test_a_key_stands_once() -> None:
    with pytest.raises(InputError, match="'inr' is given twice"):
        pairs(("inr=1.8", "inr =1.9"))


@pytest.mark.parametrize(
    ("text", "value"),
    [("yes", True), ("False", False), ("24", 24), ("0.5", 0.5), ("known", "known")],
)
def test_a_setting_is_what_it_looks_like(text: str, value: object) -> None:
    found = setting(text)
    assert (found, type(found)) == (value, type(value))
