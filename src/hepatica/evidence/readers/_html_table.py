"""Rows of an HTML table as cells of text, spans spread out so that each row reads on its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import html

from hepatica.errors import UnsafeSourceError

_SPAN = 50


def is_layout(table: html.HtmlElement) -> bool:
    """Whether the table arranges a page and holds no data: nested, single-column or so declared."""
    if table.get("role") in ("presentation", "none"):
        return True
    if (
        next(table.iterdescendants("table", "h1", "h2", "h3", "h4", "form", "section"), None)
        is not None
    ):
        return True
    return max((len(_cells(row)) for row in table.iter("tr")), default=0) < 2


def rows(
    table: html.HtmlElement, cell_text: Callable[[html.HtmlElement], str]
) -> Iterator[list[str]]:
    """The caption as a row of one cell, then each row.

    A cell over several rows is repeated in each; over several columns, it is followed by empty
    cells. Raises UnsafeSourceError when spans blow the table up.
    """
    caption = table.find("caption")
    if caption is not None:
        yield [cell_text(caption)]
    budget = 1_000 + 20 * sum(1 for _ in table.iter("td", "th"))
    carried: dict[int, tuple[str, int]] = {}
    for row in table.iter("tr"):
        line: list[str] = []
        for cell in [*_cells(row), None]:
            while len(line) in carried:
                text, left = carried.pop(len(line))
                if left > 1:
                    carried[len(line)] = (text, left - 1)
                line.append(text)
            if cell is None:
                break
            text, down = cell_text(cell), _span(cell, "rowspan")
            for across in range(_span(cell, "colspan")):
                part = "" if across else text
                if down > 1:
                    carried[len(line)] = (part, down - 1)
                line.append(part)
        budget -= len(line)
        if budget < 0:
            raise UnsafeSourceError(
                "the spans of a table multiply its cells; expected a plain table"
            )
        yield line


def _cells(row: html.HtmlElement) -> list[html.HtmlElement]:
    return [cell for cell in row if cell.tag in ("td", "th")]


def _span(cell: html.HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return min(max(int(value), 1), _SPAN) if value.isdecimal() and len(value) < 6 else 1
