"""Misspelt words read as the words they sound like."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_SHORTEST = 4

# Spellings that sound alike, in the order in which they are levelled.
_LEVEL = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("ph", "f"), ("[ck]h(?=r)", "k"), ("sch", "sk"), ("th", "t"), ("rh", "r"), ("wh", "w"),
        ("[ao]e", "e"), ("c(?=[eiy])", "s"), ("[ckq]", "k"), ("x", "ks"), ("z", "s"), ("y", "i"),
        ("(?<=[^aeiou])e$", ""), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


def sound(word: str) -> str:
    """`word` with spellings that sound alike made one.

    >>> sound("sirrosis") == sound("cirrhosis"), sound("norepinefrine") == sound("norepinephrine")
    (True, True)
    """
    word = word.lower()
    for pattern, level in _LEVEL:
        word = pattern.sub(level, word)
    return word


class Speller:
    """Finds the known word that an unknown one was meant to be."""

    def __init__(self, words: Iterable[str], *, close: float) -> None:
        """`close` is the similarity, 0 to 1, from which a word may be meant."""
        self._close = close
        self._by_letters: dict[tuple[str, ...], str] = {}
        self._by_start: dict[str, list[str]] = {}
        self._by_sound: dict[str, str] = {}
        for word in sorted(words):
            self._by_start.setdefault(word[0], []).append(word)
            if len(word) >= _SHORTEST:
                self._by_sound.setdefault(sound(word), word)
                self._by_letters.setdefault(_letters(word), word)

    def nearest(self, word: str) -> str | None:
        """The word that sounds like `word`, has its letters in another order, or else differs from
        it by a letter or two; or None."""
        if len(word) < _SHORTEST:
            return None
        alike = self._by_sound.get(sound(word)) or self._by_letters.get(_letters(word))
        if alike is not None or len(word) <= _SHORTEST:
            return alike
        near = [w for w in self._by_start.get(word[0], ()) if abs(len(w) - len(word)) <= 2]
        close = get_close_matches(word, near, n=1, cutoff=self._close)
        return close[0] if close else None


def _letters(word: str) -> tuple[str, ...]:
    return (word[0], *sorted(word[1:]))
