"""Tables as rows of cells, with spans filled in so that each row can be read alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from lxml import etree

from hepatica.evidence.readers._xml import local_name

MAX_COLUMNS = 200
_LONGEST_REPEATED = 200
_VALUE = re.compile(r"[\d↑↓≥≤<>±+−-]")
_FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
_SUBLABEL = re.compile(r"^[-–•·]\s*")


class Budget:
    """How much text spans may still repeat, so that a small file cannot become a huge text."""

    def __init__(self, characters: int = 300_000) -> None:
        self._left = characters

    def repeat(self, text: str) -> str:
        """`text` while the budget lasts, else an empty cell."""
        if len(text) > _LONGEST_REPEATED or self._left < len(text):
            return ""
        self._left -= len(text)
        return text


def one_line(lines: Sequence[str]) -> str:
    """The lines of a cell as one; values that stood below each other stay apart."""
    text = ""
    for line in lines:
        apart = (_VALUE.match(line) and _FIGURES.search(text)) or (
            text.endswith(")") and line[:1].isupper()
        )
        text = f"{text}{'; ' if apart else ' '}{line}" if text else line
    return " ".join(text.split())


def grid(
    table: etree._Element, cell_lines: Callable[[etree._Element], Sequence[str]], budget: Budget
) -> tuple[tuple[str, ...], ...]:
    """The table's rows, head first and foot last; no empty rows, no empty columns.

    A cell that spans rows or columns is repeated in each of them, so that a figure keeps its
    label; one that spans the whole table is a row of one cell. A row whose label and values stand
    on as many lines each is as many rows.
    """
    sized = [
        (row, [(cell, *_spans(cell)) for cell in row if local_name(cell) in ("td", "th", "entry")])
        for row in _rows(table)
    ]
    width = max((sum(cols for _, _, cols in cells) for _, cells in sized), default=0)
    rows: list[tuple[str, ...]] = []
    below: dict[int, tuple[int, str]] = {}
    for _, cells in sized:
        filled: dict[int, Sequence[str]] = {}
        for column, (more, text) in list(below.items()):
            filled[column] = (budget.repeat(text),)
            below.pop(column)
            if more > 1:
                below[column] = (more - 1, text)
        column = 0
        for cell, down, across in cells:
            while column in filled:
                column += 1
            lines = cell_lines(cell)
            # Cells are as many as there are; what spans add ends at a width that no table has.
            across = min(across, max(1, MAX_COLUMNS - column))
            whole = across >= width > 1
            for offset in range(1 if whole else across):
                filled[column + offset] = (budget.repeat(one_line(lines)),) if offset else lines
                if down > 1:
                    below[column + offset] = (down - 1, one_line(lines))
            column += across
        row = [filled.get(index, ()) for index in range(max(filled, default=-1) + 1)]
        rows.extend(tuple(map(one_line, part)) for part in _subrows(row))
    return _without_empty(rows)


def _subrows(row: list[Sequence[str]]) -> list[list[Sequence[str]]]:
    """A row of cells with several lines each as rows of their own, where lines match for sure."""
    values = {index for index, lines in enumerate(row) if _are_values(lines)}
    counts = {len(row[index]) for index in values}
    labels = [index for index, lines in enumerate(row) if len(lines) > 1 and index not in values]
    if len(counts) != 1 or len(labels) != 1 or labels[0] > min(values):
        return [row]
    count, label = counts.pop(), labels[0]
    lines = [_SUBLABEL.sub("", line) for line in row[label]]
    if len(lines) == count + 1:
        lines = [f"{lines[0].rstrip(':')}: {line}" for line in lines[1:]]
    if len(lines) != count or any(line.startswith("(") for line in lines):
        return [row]
    return [
        [
            (lines[part],) if index == label else (cell[part],) if index in values else cell
            for index, cell in enumerate(row)
        ]
        for part in range(count)
    ]


def _are_values(lines: Sequence[str]) -> bool:
    """Whether a cell holds several figures of one form, "14%" above "15%", a line each."""
    shapes = {_FIGURES.sub("#", line) for line in lines}
    return len(lines) > 1 and len(shapes) == 1 and all(map(_VALUE.match, lines))


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    parts: dict[str, list[etree._Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        name = local_name(child)
        if name in ("tr", "row"):
            parts["tbody"].append(child)
        elif name in parts:
            parts[name].extend(row for row in child if local_name(row) in ("tr", "row"))
        elif name == "tgroup":
            for group in child:
                parts.get(local_name(group), []).extend(r for r in group if local_name(r) == "row")
    for part in parts.values():
        yield from part


def _spans(cell: etree._Element) -> tuple[int, int]:
    return _number(cell.get("rowspan")), _number(cell.get("colspan"))


def _number(value: str | None) -> int:
    digits = (value or "").strip()
    return max(1, min(int(digits), MAX_COLUMNS)) if digits.isdecimal() and len(digits) < 9 else 1


def _without_empty(rows: list[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    used = {index for row in rows for index, text in enumerate(row) if text}
    kept = (tuple(text for index, text in enumerate(row) if index in used) for row in rows)
    return tuple(_trimmed(row) for row in kept if any(row))


def _trimmed(row: tuple[str, ...]) -> tuple[str, ...]:
    """The row up to its last filled cell."""
    return row[: max(index for index, text in enumerate(row, start=1) if text)]
