"""The reading order of a page: columns of running text, one after the other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from statistics import median

from hepatica.evidence.readers._pdf_lines import Line, Run, lines

# A gutter lies in this middle part of the text's width.
_MIDDLE = (0.2, 0.8)
# The lines of running text are at least so many characters; most cells of a table are not.
_PROSE = 18
_FULL = 0.85
_FEWEST_LINES = 3
_COLUMNS_DEEP = 2


def reading_order(found: Sequence[Run], *, depth: int = _COLUMNS_DEEP) -> list[list[Line]]:
    """The lines of a page in groups, each one column between full-width lines."""
    gutter = _gutter(found) if depth else None
    if gutter is None:
        return [lines(found)] if found else []
    groups: list[list[Line]] = []
    for crosses, band in groupby(_bands(found, gutter), key=lambda row: row[0]):
        part = [run for _, row in band for run in row]
        if crosses:
            groups.append(lines(part))
        else:
            left = [run for run in part if run.right <= gutter]
            right = [run for run in part if run.right > gutter]
            groups += reading_order(left, depth=depth - 1) + reading_order(right, depth=depth - 1)
    return [group for group in groups if group]


def _gutter(found: Sequence[Run]) -> float | None:
    """The middle of the white stripe between two columns of running text, if there are any."""
    if len(found) < 2 * _FEWEST_LINES:
        return None
    left, right = min(run.left for run in found), max(run.right for run in found)
    width = right - left
    low, high = left + _MIDDLE[0] * width, left + _MIDDLE[1] * width
    edges = sorted({math.ceil(run.right) for run in found if low <= run.right <= high})
    best: tuple[float, float] | None = None
    for edge in edges:
        place = float(edge)
        score = _as_columns(found, place)
        if score is not None and (best is None or score < best[0]):
            best = (score, place)
    return best[1] if best else None


def _as_columns(found: Sequence[Run], place: float) -> float | None:
    """The share of characters in runs across `place`, or None where no columns meet there."""
    sides = (
        [run for run in found if run.right <= place],
        [run for run in found if run.left >= place],
    )
    total = sum(len(run.chars) for run in found)
    inside = [sum(len(run.chars) for run in side) for side in sides]
    if min(inside) < 0.1 * total or sum(inside) < 0.5 * total:
        return None
    for side, characters in zip(sides, inside, strict=True):
        prose = [len(run.chars) for run in side if len(run.chars) >= _PROSE]
        if len(prose) < _FEWEST_LINES or sum(prose) < 0.7 * characters:
            return None
    gap = min(run.left for run in sides[1]) - max(run.right for run in sides[0])
    if gap < 0.5 * median(run.height for run in found):
        return None
    return 1 - sum(inside) / total


def _bands(found: Sequence[Run], gutter: float) -> list[tuple[bool, list[Run]]]:
    """The rows of runs from top to bottom, each with whether it reads across the gutter."""
    rows: list[list[Run]] = []
    for run in sorted(found, key=lambda run: -run.base):
        if rows and rows[-1][0].base - run.base < 0.5 * max(run.height, rows[-1][0].height):
            rows[-1].append(run)
        else:
            rows.append([run])
    left, right = min(run.left for run in found), max(run.right for run in found)
    widths = (gutter - left, right - gutter)
    crossing = [any(run.left < gutter < run.right for run in row) for row in rows]
    tabular = [_is_tabular(row, gutter, widths) for row in rows]
    for place, row in enumerate(rows):
        neighbour = any(tabular[near] for near in (place - 1, place + 1) if 0 <= near < len(rows))
        if tabular[place] and neighbour and len(row) >= 3:
            crossing[place] = True
    return list(zip(crossing, rows, strict=True))


def _is_tabular(row: Sequence[Run], gutter: float, widths: tuple[float, float]) -> bool:
    """Whether the row has cells on both sides and no run that fills a column."""
    on_the_left = [run for run in row if run.right <= gutter]
    on_the_right = [run for run in row if run.left >= gutter]
    if not on_the_left or not on_the_right or len(row) < 3:
        return False
    return not any(
        run.right - run.left >= _FULL * width
        for side, width in ((on_the_left, widths[0]), (on_the_right, widths[1]))
        for run in side
    )
