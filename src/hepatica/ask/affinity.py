"""Keeps an answer on the drug, the condition and the trial that were asked about."""

from __future__ import annotations

from collections.abc import Iterable

from hepatica.ask.lexicon import Lexicon

# A dose of another drug is the worst thing to answer with, another trial the least.
_FOREIGN = {"drug": 0.35, "condition": 0.6, "procedure": 0.6, "molecule": 0.6, "trial": 0.7}

# Conditions in which all others of this field happen: naming one tells nothing.
_BACKGROUND = frozenset({"cirrhosis", "liver-failure", "liver-disease"})


def affinity(asked: Iterable[str], record: Iterable[str], lexicon: Lexicon) -> float:
    """1.0, less for each kind of concept in which a record speaks of others than were asked about.

    Only kinds that both name count: a record that names no drug is not foreign to any.
    """
    factor = 1.0
    about = list(record)
    for kind, penalty in _FOREIGN.items():
        mine = _of_kind(asked, kind, lexicon)
        theirs = _of_kind(about, kind, lexicon)
        if mine and theirs and not any(lexicon.kin(a, b) for a in mine for b in theirs):
            factor *= penalty
    return factor


def names_all(asked: Iterable[str], record: Iterable[str], kind: str, lexicon: Lexicon) -> bool:
    """Whether a record that names concepts of `kind` names all those asked about."""
    theirs = _of_kind(record, kind, lexicon)
    mine = _of_kind(asked, kind, lexicon)
    return not theirs or all(any(lexicon.kin(a, b) for b in theirs) for a in mine)


def _of_kind(concepts: Iterable[str], kind: str, lexicon: Lexicon) -> list[str]:
    return [
        concept
        for concept in concepts
        if concept not in _BACKGROUND and lexicon.concepts[concept].kind == kind
    ]
