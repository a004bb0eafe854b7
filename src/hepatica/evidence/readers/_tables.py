"""Tables as rows of cells, with spans filled in so that each row can be read alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

MAX_COLUMNS = 200
_LONGEST_REPEATED = 200


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


def grid(
    table: etree._Element, cell_text: Callable[[etree._Element], str], budget: Budget
) -> tuple[tuple[str, ...], ...]:
    """The table's rows, head first and foot last; no empty rows, no empty columns.

    A cell that spans rows or columns is repeated in each of them, so that a figure keeps its
    label; one that spans the whole table is a row of one cell.
    """
    sized = [
        (row, [(cell, *_spans(cell)) for cell in row if _local(cell) in ("td", "th", "entry")])
        for row in _rows(table)
    ]
    width = max((sum(cols for _, _, cols in cells) for _, cells in sized), default=0)
    rows: list[tuple[str, ...]] = []
    below: dict[int, tuple[int, str]] = {}
    for _, cells in sized:
        filled: dict[int, str] = {}
        for column, (more, text) in list(below.items()):
            filled[column] = budget.repeat(text)
            below.pop(column)
            if more > 1:
                below[column] = (more - 1, text)
        column = 0
        for cell, down, across in cells:
            while column in filled:
                column += 1
            text = cell_text(cell)
            # Cells are as many as there are; what spans add ends at a width that no table has.
            across = min(across, max(1, MAX_COLUMNS - column))
            whole = across >= width > 1
            for offset in range(1 if whole else across):
                filled[column + offset] = budget.repeat(text) if offset else text
                if down > 1:
                    below[column + offset] = (down - 1, text)
            column += across
        rows.append(tuple(filled.get(index, "") for index in range(max(filled, default=-1) + 1)))
    return _without_empty(rows)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    parts: dict[str, list[etree._Element]] = {"thead": [], "tbody": [], "tfoot": []}
    for child in table:
        name = _local(child)
        if name in ("tr", "row"):
            parts["tbody"].append(child)
        elif name in parts:
            parts[name].extend(row for row in child if _local(row) in ("tr", "row"))
        elif name == "tgroup":
            for group in child:
                parts.get(_local(group), []).extend(r for r in group if _local(r) == "row")
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


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""
