"""Keeps an answer on the drug, the condition and the trial that were asked about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hepatica.ask.lexicon import Lexicon

# A dose of another drug is the worst thing to answer with, another trial the least.
_FOREIGN = {"drug": 0.35, "condition": 0.6, "procedure": 0.6, "molecule": 0.6, "trial": 0.7}

# Conditions in which all others of this field happen: naming one tells nothing.
_BACKGROUND = frozenset(
    {"cirrhosis", "compensated-cirrhosis", "decompensated-cirrhosis", "liver-failure",
     "liver-disease"}
)  # fmt: skip
_NARROWER = 0.75

# What is asked of a disease and not of its treatment.
_OF_THE_DISEASE = frozenset({"mechanism", "definition", "prognosis", "diagnosis"})
_OF_A_DRUG = 0.7

ByKind = Mapping[str, tuple[str, ...]]


def by_kind(concepts: Iterable[str], lexicon: Lexicon) -> ByKind:
    """The concepts that can be foreign to a question, by their kind."""
    found: dict[str, tuple[str, ...]] = {}
    for concept in concepts:
        kind = lexicon.concepts[concept].kind
        if kind in _FOREIGN and concept not in _BACKGROUND:
            found[kind] = (*found.get(kind, ()), concept)
    return found


def affinity(asked: ByKind, record: ByKind, lexicon: Lexicon) -> float:
    """1.0, less for each kind of concept in which a record speaks of others than were asked about.

    Only kinds that both name count: a record that names no drug is not foreign to any.
    """
    factor = 1.0
    for kind, mine in asked.items():
        theirs = record.get(kind)
        if theirs and not any(lexicon.kin(a, b) for a in mine for b in theirs):
            factor *= _FOREIGN[kind]
    return factor


def names_all(asked: ByKind, record: ByKind, kind: str, lexicon: Lexicon) -> bool:
    """Whether a record that names concepts of `kind` names all those asked about."""
    theirs = record.get(kind)
    return not theirs or all(
        any(lexicon.kin(mine, other) for other in theirs) for mine in asked.get(kind, ())
    )


def asks_of_the_disease(asked: Iterable[str], lexicon: Lexicon) -> bool:
    """Whether a disease was asked about: its mechanism, definition, outlook or diagnosis, and no
    drug."""
    kinds: dict[str, set[str]] = {}
    for concept in asked:
        kinds.setdefault(lexicon.concepts[concept].kind, set()).add(concept)
    intents = kinds.get("intent", set())
    treated = kinds.keys() & {"drug", "procedure", "molecule", "trial"}
    return bool(not treated and "condition" in kinds and intents and intents <= _OF_THE_DISEASE)


def of_a_drug(record: ByKind) -> float:
    """1.0, less for a record on a drug or a receptor."""
    return _OF_A_DRUG if record.get("drug") or record.get("molecule") else 1.0


def named_share(asked: ByKind, record: ByKind, kind: str, lexicon: Lexicon) -> float:
    """The share of the concepts of `kind` asked about that a record names; 1.0 when none was."""
    mine = asked.get(kind, ())
    theirs = record.get(kind, ())
    held = sum(any(lexicon.kin(one, other) for other in theirs) for one in mine)
    return held / len(mine) if mine else 1.0


def breadth(asked: Iterable[str], record: ByKind, lexicon: Lexicon) -> float:
    """1.0, less for a record about one condition when another was asked about, or all of them and
    no drug.

    The outlook of hepatorenal syndrome is no answer on the outlook of cirrhosis.
    """
    asked = tuple(asked)
    conditions = [c for c in asked if lexicon.concepts[c].kind == "condition"]
    specific = [condition for condition in conditions if condition not in _BACKGROUND]
    if not conditions:
        return 1.0
    narrower = any(
        not any(lexicon.kin(condition, mine) for mine in specific)
        for condition in record.get("condition", ())
    )
    return _NARROWER if narrower else 1.0
