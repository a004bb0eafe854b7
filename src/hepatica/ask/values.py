"""Concepts that a measured value in a question means: "creatinine 6" is a high creatinine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hepatica.ask.lexicon import Lexicon, Mention, Token

_NEAR = 4
_BELOW = frozenset({"below", "under", "less", "lower", "than"})


def implied(tokens: Sequence[Token], mentions: Iterable[Mention], lexicon: Lexicon) -> list[str]:
    """The concepts whose range holds a value that stands right after its test.

    A value is the first number within a few words after the test, with no other concept between;
    "below 5" is no value. The range tells the unit: creatinine is 6 in mg/dL and 500 in micromol/L.
    """
    named = {mention.first: mention for mention in mentions}
    found: list[str] = []
    for mention in named.values():
        value = _value(tokens, mention, named)
        if value is None:
            continue
        found += [
            concept
            for concept, bound in lexicon.bounds(mention.concept)
            if bound.low <= value <= bound.high
        ]
    return list(dict.fromkeys(found))


def _value(tokens: Sequence[Token], mention: Mention, named: dict[int, Mention]) -> float | None:
    for at in range(mention.last, min(mention.last + _NEAR, len(tokens))):
        word = tokens[at].surface
        if word[0].isdigit():
            return _number(word)
        if at in named or word.lower() in _BELOW:
            return None
    return None


def _number(word: str) -> float | None:
    try:
        return float(word.replace(",", "."))
    except ValueError:
        return None
