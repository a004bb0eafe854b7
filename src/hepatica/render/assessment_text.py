"""An assessment as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from hepatica.clinic.assess.model import Assessment
from hepatica.render.assessment import page
from hepatica.render.assessment_page import Grid, Line, Page, Reference, marks

Style = Callable[[str], str]
SIGNS = {
    "plain": "", "item": "• ", "first": "! ", "note": "", "missing": "? ", "strong": "",
}  # fmt: skip


def _plain(text: str) -> str:
    return text


def render(found: Assessment, *, width: int = 88, heading: Style = _plain) -> str:
    """The whole assessment, wrapped to `width` columns; `heading` styles the titles."""
    return "\n".join(_page(page(found), width, heading)) + "\n"


def _page(drawn: Page, width: int, heading: Style) -> Iterator[str]:
    yield heading(drawn.title)
    for line in drawn.lead:
        yield from _line(line, width)
    for section in drawn.sections:
        yield ""
        yield heading(section.title)
        for block in section.blocks:
            yield from _line(block, width) if isinstance(block, Line) else _grid(block, width)
    if drawn.references:
        yield ""
        yield heading("References")
        for reference in drawn.references:
            yield from _reference(reference, width)
    yield ""
    for text in drawn.footer:
        yield from textwrap.wrap(text, width)


def _line(line: Line, width: int) -> Iterator[str]:
    indent = "  " * (line.depth + 1) + SIGNS[line.kind]
    hang = " " * len(indent)
    text = f"{line.text} {marks(line.refs)}".rstrip()
    yield from _wrap(text, width, indent, hang)


def _grid(grid: Grid, width: int) -> Iterator[str]:
    """Each row as a line and its cells below: a terminal is too narrow for columns of sentences."""
    short = all(len(cell) <= 24 for row in grid.rows for cell in row)
    if short:
        spans = [max(map(len, column)) for column in zip(grid.headers, *grid.rows, strict=True)]
        for row in (grid.headers, *grid.rows):
            cells = (cell.ljust(span) for cell, span in zip(row, spans, strict=True))
            yield ("  " + "  ".join(cells)).rstrip()
        return
    for row in grid.rows:
        head, state, *rest = row
        yield from _wrap(f"{head}: {state}", width, "  • ", "    ")
        yield from _wrap(" · ".join(filter(None, rest)), width, "      ", "      ")


def _reference(reference: Reference, width: int) -> Iterator[str]:
    head = f"  [{reference.number}] "
    hang = " " * len(head)
    yield from _wrap(reference.work, width, head, hang)
    for label, link in reference.links:
        yield hang + (link or label)
    for quote in reference.quotes:
        yield from _wrap(f"“{quote.text}”", width, hang, hang + "  ")
        for note in filter(None, (quote.strength and f"strength: {quote.strength}", quote.caveat)):
            yield from _wrap(note, width, hang + "  ", hang + "    ")


def _wrap(text: str, width: int, indent: str, hang: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=hang,
        break_long_words=False,
        break_on_hyphens=False,
    )
