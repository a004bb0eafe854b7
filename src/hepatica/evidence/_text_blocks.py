"""Text to running text, list items and table rows: what no sentence reaches across."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LINE = re.compile(r"[^\n]*+(?:\n|\Z)")
_BULLET = re.compile(r"\s*+(?:[•▪●○◦‣⁃·]|[-–—*](?=\s+[^\W\d]))\s*+")
_ITEM_NUMBER = re.compile(r"\s*+\(?(\d{1,3})[.)]\s")
_ITEM_OTHER = re.compile(r"\s*+(?:[-–—*]\s+\S|\(?(?:[A-Za-z]|[ivxIVX]{1,4})[.)]\s)")
# A line that ends so goes on with the number that opens the next one.
_WRAPS = re.compile(
    r"(?:\b(?:a|about|an|and|at|by|class|day|figure|from|grade|in|is|least|median|of|or|phase|score|"
    r"stage|table|than|the|to|type|was|week|were|with)|[,(≥≤<>=±~≈+/–-])$",
    re.IGNORECASE,
)
_LINE_CLOSED = re.compile(r"[.:;!?…][\"'”’»)\]]*\s*$")


def blocks(text: str) -> Iterator[tuple[int, int, bool]]:
    """Running text, list items and table rows, without the white space around them."""
    start = last = -1
    number = 0
    for line in _LINE.finditer(text):
        content = line[0]
        stripped = content.strip()
        if not stripped:
            if start >= 0:
                yield start, last, False
                start = -1
            continue
        first = line.start() + content.index(stripped)
        end = first + len(stripped)
        is_row = " | " in content or stripped.startswith("| ") or stripped.endswith(" |")
        if start >= 0 and (
            is_row or _is_item(stripped, text[max(start, last - 40) : last], number)
        ):
            yield start, last, False
            start = -1
        if found := _ITEM_NUMBER.match(stripped):
            number = int(found[1])
        if is_row:
            yield first, end, True
        else:
            start, last = (first if start < 0 else start), end
    if start >= 0:
        yield start, last, False


def _is_item(line: str, before: str, number: int) -> bool:
    """Whether a line that follows on `before` opens a list item; `number` is of the last item."""
    if _BULLET.match(line):
        return True
    closed = bool(_LINE_CLOSED.search(before))
    if found := _ITEM_NUMBER.match(line):
        return closed or (int(found[1]) == number + 1 and not _WRAPS.search(before))
    return closed and bool(_ITEM_OTHER.match(line))
