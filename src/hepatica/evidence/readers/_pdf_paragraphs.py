"""Lines in reading order cut into paragraphs and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from hepatica.evidence.readers._pdf_lines import Cell, Line

_FEWEST_STEPS = 5
_MARKER = re.compile(r"(?:[•▪●○‣⁃–—*-]|\(?(?:\d{1,3}|[a-zA-Z]|[ivxIVX]{1,5})[.)])")
_ENDS_SENTENCE = re.compile(r"[.!?:;][\"'”’)\]]*[⁰¹²³⁴-⁹,–\-]*$")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines that read on, or the lines of a table, and the page on which they start."""

    lines: tuple[Line, ...]
    page: int
    is_table: bool = False

    @property
    def height(self) -> float:
        """The height of its characters in points."""
        return median(line.height for line in self.lines)


def paragraphs(groups: Sequence[list[Line]], *, page: int) -> list[Paragraph]:
    """The groups of lines of a page cut where a paragraph or table begins."""
    found: list[Paragraph] = []
    leading = _leading(groups)
    for group in groups:
        tabular = _tabular(group)
        left, right = min(line.left for line in group), max(line.right for line in group)
        current: list[Line] = []
        for place, line in enumerate(group):
            if current and (
                tabular[place] != tabular[place - 1]
                or (
                    not tabular[place]
                    and _starts(current, line, leading=leading, left=left, right=right)
                )
            ):
                found.append(Paragraph(tuple(current), page, tabular[place - 1]))
                current = []
            current.append(line)
        found.append(Paragraph(tuple(current), page, tabular[-1]))
    return found


def join_over_breaks(found: Sequence[Paragraph]) -> list[Paragraph]:
    """Paragraphs that stop in mid-sentence at a column or page end joined with their rest."""
    joined: list[Paragraph] = []
    for paragraph in found:
        if joined and _reads_on(joined[-1], paragraph):
            last = joined[-1]
            joined[-1] = Paragraph(last.lines + paragraph.lines, last.page)
        else:
            joined.append(paragraph)
    return joined


def _tabular(group: Sequence[Line]) -> list[bool]:
    """Which lines belong to a table: two or more in a row with cells side by side."""
    several = [len(_without_marker(line.cells)) > 1 for line in group]
    for place in range(1, len(group) - 1):
        # A cell that wraps leaves a line with one cell between two rows.
        if several[place - 1] and several[place + 1]:
            several[place] = True
    return [
        here and (several[place - 1 : place] == [True] or several[place + 1 : place + 2] == [True])
        for place, here in enumerate(several)
    ]


def _without_marker(cells: Sequence[Cell]) -> Sequence[Cell]:
    return cells[1:] if _MARKER.fullmatch(cells[0].text) else cells


def _leading(groups: Iterable[list[Line]]) -> float:
    """The usual distance of base lines on a page; 0 where too few lines tell."""
    steps = [
        above.base - below.base
        for group in groups
        for above, below in pairwise(group)
        if above.base > below.base
    ]
    return median(steps) if len(steps) >= _FEWEST_STEPS else 0.0


def _starts(
    current: Sequence[Line], line: Line, *, leading: float, left: float, right: float
) -> bool:
    last = current[-1]
    if abs(line.height - last.height) > 0.12 * last.height:
        return True
    if last.base - line.base > 1.35 * max(leading, 1.1 * line.height):
        return True
    if _MARKER.match(line.text) and _MARKER.fullmatch(line.text.split(" ", 1)[0]):
        return _MARKER.fullmatch(current[0].text.split(" ", 1)[0]) is not None or _ends(last, right)
    indented = line.left - left > 0.6 * line.height
    if indented and last.left - left < 0.3 * line.height and _ENDS_SENTENCE.search(last.text):
        return True
    return _ends(last, right) and bool(_ENDS_SENTENCE.search(last.text))


def _ends(last: Line, right: float) -> bool:
    return right - last.right > 4 * last.height


def _reads_on(last: Paragraph, paragraph: Paragraph) -> bool:
    if last.is_table or paragraph.is_table:
        return False
    end, start = last.lines[-1], paragraph.lines[0]
    moved = paragraph.page != last.page or start.base > end.base
    same_size = abs(paragraph.height - last.height) <= 0.06 * last.height
    return (
        moved
        and same_size
        and start.text[:1].islower()
        and not _ENDS_SENTENCE.search(end.text)
        and len(end.text) > 20
    )
