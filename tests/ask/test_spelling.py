"""Misspelt words: read by sound and letters, and never turned from one subject into another."""

from __future__ import annotations

import pytest

from hepatica.ask.engine import Engine


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cirhosis", "cirrhosis"),
        ("sirrosis", "cirrhosis"),
        ("norepinefrine", "norepinephrine"),
        ("terlipresin", "terlipressin"),
        ("hepatorenall", "hepatorenal"),
        ("asites", "ascites"),
        ("wich", "which"),
        ("agianst", "against"),
        ("resulst", "results"),
    ],
)
def test_read_as_what_was_meant(engine: Engine, written: str, meant: str) -> None:
    assert engine.prepared.lexicon.nearest(written) == meant


@pytest.mark.parametrize(
    "word",
    ["renoterlin", "selepressin", "penicillamine", "hepatopulmonary", "epoetin", "prostate",
     "lawyer", "herpes", "neonatal", "spine"],
)  # fmt: skip
def test_left_as_it_is(engine: Engine, word: str) -> None:
    assert engine.prepared.lexicon.nearest(word) is None


def test_a_word_of_the_field_that_was_respelled_is_named(engine: Engine) -> None:
    assert engine.ask("terlipresin dose").read_as == "terlipresin read as terlipressin"
