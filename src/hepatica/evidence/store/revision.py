"""Which of two versions of a source is newer, where the source says so itself."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d{1,9}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def compare_revisions(mine: str | None, other: str | None) -> int | None:
    """-1, 0 or 1 as `mine` is older, the same or newer; None where that cannot be told.

    Compares whole numbers with each other and ISO dates of the same precision with each other.
    """
    if mine is None or other is None:
        return None
    if mine == other:
        return 0
    if _NUMBER.fullmatch(mine) and _NUMBER.fullmatch(other):
        return -1 if int(mine) < int(other) else 1
    if _DATE.fullmatch(mine) and _DATE.fullmatch(other) and len(mine) == len(other):
        return -1 if mine < other else 1
    return None
