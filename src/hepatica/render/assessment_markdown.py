"""An assessment as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hepatica.clinic.assess.model import Assessment
from hepatica.render.assessment import page
from hepatica.render.assessment_page import Grid, Line, Page, Reference, marks

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#])")
_HEADS = {"first": "**! {}**", "missing": "? {}", "note": "*{}*", "strong": "**{}**"}


def render(found: Assessment) -> str:
    """The whole assessment; tables for criteria, quotes under each reference."""
    return "\n".join(_page(page(found))) + "\n"


def escape(text: str) -> str:
    """Text in which no character is Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _page(drawn: Page) -> Iterator[str]:
    yield f"# {escape(drawn.title)}"
    yield ""
    for line in drawn.lead:
        yield _line(line)
    for section in drawn.sections:
        yield ""
        yield f"## {escape(section.title)}"
        yield ""
        table = False
        for block in section.blocks:
            if isinstance(block, Line):
                yield from [""] if table else []
                yield _line(block)
            else:
                yield ""
                yield from _grid(block)
            table = isinstance(block, Grid)
    if drawn.references:
        yield ""
        yield "## References"
        yield ""
        for reference in drawn.references:
            yield from _reference(reference)
    for text in drawn.footer:
        yield ""
        yield escape(text)


def _line(line: Line) -> str:
    text = _HEADS.get(line.kind, "{}").format(escape(line.text))
    return "  " * line.depth + f"- {text} {escape(marks(line.refs))}".rstrip()


def _grid(grid: Grid) -> Iterator[str]:
    yield _row(grid.headers)
    yield _row(("---",) * len(grid.headers))
    for row in grid.rows:
        yield _row(tuple(escape(cell) for cell in row))


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _reference(reference: Reference) -> Iterator[str]:
    linked = (f"[{escape(label)}]({link})" if link else escape(label)
              for label, link in reference.links)  # fmt: skip
    yield f"{reference.number}. {escape(reference.work)} {' · '.join(linked)}".rstrip()
    for quote in reference.quotes:
        yield f"   > {escape(quote.text)}"
        if quote.caveat:
            yield f"   > *{escape(quote.caveat)}*"
        yield ""
