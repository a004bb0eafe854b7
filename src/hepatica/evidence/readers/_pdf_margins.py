"""Running heads, feet and page numbers: lines that stand at the edge of most pages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from hepatica.evidence.readers._pdf_lines import Line

# How many lines at the top and at the bottom of a page may be a running head or foot.
_EDGE = 3
_FEWEST_PAGES = 3
_MOST = 0.6
_NEAR = 4.0
_NUMBER = re.compile(r"\d{1,5}")
_CONTENTS = re.compile(r"(?:\. ?){8}")

_Key = tuple[str, int, int | None]


def without_margins(pages: Sequence[list[list[Line]]]) -> list[list[list[Line]]]:
    """The pages' groups of lines without running heads and feet, page numbers and contents lines.

    A head or foot repeats at the same height on most pages, or on most odd or even ones. A line
    with a number repeats only when the number grows with the page, so that figures of a table never
    go.
    """
    edges = [_edge_lines(groups) for groups in pages]
    repeated = _repeated(edges)
    offset = _page_number_offset(edges)
    dropped = {
        id(line)
        for number, lines in enumerate(edges)
        for line in lines
        if not repeated.isdisjoint(_keys(line, number))
        or (offset is not None and line.text == str(number + offset))
    }
    return [
        [
            kept
            for group in groups
            if (
                kept := [
                    ln for ln in group if id(ln) not in dropped and not _CONTENTS.search(ln.text)
                ]
            )
        ]
        for groups in pages
    ]


def _edge_lines(groups: list[list[Line]]) -> list[Line]:
    by_height = sorted((line for group in groups for line in group), key=lambda line: -line.base)
    return by_height if len(by_height) <= 2 * _EDGE else by_height[:_EDGE] + by_height[-_EDGE:]


def _repeated(edges: Sequence[Sequence[Line]]) -> set[_Key]:
    found: set[_Key] = set()
    for every, start in ((1, 0), (2, 0), (2, 1)):
        numbers = range(start, len(edges), every)
        seen = Counter(key for n in numbers for key in {k for ln in edges[n] for k in _keys(ln, n)})
        found |= {
            key
            for key, count in seen.items()
            if count >= _FEWEST_PAGES and count > _MOST * len(numbers)
        }
    return found


def _keys(line: Line, page: int) -> list[_Key]:
    height = round(line.base / _NEAR)
    numbers = _NUMBER.findall(line.text)
    if not numbers:
        return [(line.text, height, None)]
    shape = _NUMBER.sub("#", line.text)
    steps = [(f"{shape}@{n}", height, int(number) - page) for n, number in enumerate(numbers)]
    return [(line.text, height, None), *steps]


def _page_number_offset(edges: Sequence[Sequence[Line]]) -> int | None:
    """Printed page number less the count of pages before, where most pages agree on it."""
    offsets = Counter(
        offset
        for page, lines in enumerate(edges)
        for offset in {int(n) - page for line in lines for n in _NUMBER.findall(line.text)}
    )
    offset, count = offsets.most_common(1)[0] if offsets else (0, 0)
    return offset if count >= _FEWEST_PAGES and count > _MOST * len(edges) else None
