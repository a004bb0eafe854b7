"""Keeps a patient's answer at a reading grade that most adults manage."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.ask.answer import Statement
from hepatica.ask.readability import grade
from hepatica.evidence.sentences import split

HARDEST = 8.0


def reading_grade(statements: Sequence[Statement]) -> float:
    """The Flesch-Kincaid grade of all sentences of `statements`, to one decimal."""
    sentences = [
        statement.text[start:end]
        for statement in statements
        for start, end in split(statement.text)
    ]
    return round(grade(sentences), 1)


def readable(lines: Sequence[Statement], body: Sequence[Statement]) -> list[Statement]:
    """`body` without the hardest statements that lift the whole answer above grade 8.

    The bottom line stays as it is; so does one statement when there is no bottom line.
    """
    kept = list(body)
    while len(kept) > (0 if lines else 1) and reading_grade([*lines, *kept]) > HARDEST:
        kept.remove(max(kept, key=lambda statement: reading_grade([statement])))
    return kept
