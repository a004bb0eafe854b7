"""How hard a text is to read."""

from __future__ import annotations

import re

_WORD = re.compile(r"[A-Za-z][A-Za-z'’]*")
_VOWELS = re.compile(r"[aeiouy]+")


def syllables(word: str) -> int:
    """Syllables of an English word by its vowel groups: silent final e and -ed do not count.

    >>> [syllables(word) for word in ("liver", "kidney", "treated", "passed", "albumin")]
    [2, 2, 2, 1, 3]
    """
    word = word.lower().strip("'’")
    groups = len(_VOWELS.findall(word))
    if word.endswith("e") and not word.endswith(("le", "ee")) and groups > 1:
        groups -= 1
    if word.endswith("ed") and not word.endswith(("ted", "ded")) and groups > 1:
        groups -= 1
    if word.endswith("es") and not word.endswith(("ses", "zes", "ches", "shes", "xes", "ces")):
        groups -= 1 if groups > 1 else 0
    return max(groups, 1)


def grade(sentences: list[str]) -> float:
    """The Flesch-Kincaid grade level of `sentences`: 8 reads like school year 8.

    0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid et al. 1975).
    """
    words = [word for sentence in sentences for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    per_sentence = len(words) / max(len(sentences), 1)
    per_word = sum(map(syllables, words)) / len(words)
    return 0.39 * per_sentence + 11.8 * per_word - 15.59
