"""An assessment as one self-contained HTML page: every mark opens to the quotes behind it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape

from hepatica.clinic.assess.model import Assessment
from hepatica.render.assessment import page
from hepatica.render.assessment_page import Grid, Line, Page, Reference

_MARK = re.compile(r"\[(\d+)\]")
_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; }
body { font: 1.02rem/1.5 system-ui, sans-serif; max-width: 58rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.12rem; margin: 1.8rem 0 .4rem; }
.lead { border-left: .3rem solid #2563eb; padding: .2rem 1rem; background: var(--soft); }
p { margin: .25rem 0; } .d1 { margin-left: 1.4rem; } .d2 { margin-left: 2.8rem; }
.first { color: #b91c1c; font-weight: 600; } .missing { color: #b45309; }
.missing::before { content: "? "; } .first::before { content: "! "; }
.note { color: #777; font-size: .9rem; } .strong { font-weight: 600; }
.item::before { content: "\\2022  "; }
table { border-collapse: collapse; font-size: .93rem; width: 100%; margin: .4rem 0; }
th, td { border: 1px solid var(--line); padding: .3rem .5rem; text-align: left;
  vertical-align: top; }
blockquote { margin: .3rem 0 .3rem 1rem; padding-left: .8rem;
  border-left: .15rem solid var(--line); font-size: .93rem; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); font-size: .9rem; color: #777; }
a { color: inherit; } svg { max-width: 100%; height: auto; }
"""


def render(found: Assessment, *, plot: str | None = None) -> str:
    """The page; no script, no request to anywhere. `plot` is an SVG of the creatinine course."""
    return "\n".join(_page(page(found), plot)) + "\n"


def _page(drawn: Page, plot: str | None) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(drawn.title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(drawn.title)}</h1>"
    yield '<section class="lead">'
    yield from map(_line, drawn.lead)
    yield "</section>"
    if plot is not None:
        yield f"<figure>{plot[plot.index('<svg') :]}</figure>"
    for section in drawn.sections:
        yield f"<section><h2>{escape(section.title)}</h2>"
        for block in section.blocks:
            yield _line(block) if isinstance(block, Line) else "".join(_grid(block))
        yield "</section>"
    if drawn.references:
        yield "<section><h2>References</h2>"
        for reference in drawn.references:
            yield from _reference(reference)
        yield "</section>"
    yield "<footer>"
    yield from (f"<p>{escape(text)}</p>" for text in drawn.footer)
    yield "</footer></body></html>"


def _line(line: Line) -> str:
    marks = "".join(f'<a href="#ref-{n}">[{n}]</a>' for n in line.refs)
    depth = f" d{line.depth}" if line.depth else ""
    return f'<p class="{line.kind}{depth}">{escape(line.text)} {marks}</p>'


def _grid(grid: Grid) -> Iterator[str]:
    yield "<table><tr>" + "".join(f"<th>{escape(h)}" for h in grid.headers) + "</tr>"
    for row in grid.rows:
        cells = (_MARK.sub(r'<a href="#ref-\1">[\1]</a>', escape(cell)) for cell in row)
        yield "<tr>" + "".join(f"<td>{cell}" for cell in cells) + "</tr>"
    yield "</table>"


def _reference(reference: Reference) -> Iterator[str]:
    linked = [
        f'<a href="{escape(link)}">{escape(label)}</a>' if link else escape(label)
        for label, link in reference.links
    ]
    yield f'<details id="ref-{reference.number}"><summary>[{reference.number}] '
    yield f"{escape(reference.work)} {' · '.join(linked)}</summary>"
    for quote in reference.quotes:
        notes = [note for note in (quote.strength, quote.caveat) if note]
        tail = f'<br><span class="note">{escape("; ".join(notes))}</span>' if notes else ""
        figures = "".join(f"<li>{escape(figure)}</li>" for figure in quote.figures)
        listed = f"<ul>{figures}</ul>" if figures else ""
        yield f"<blockquote>{escape(quote.text)}{tail}{listed}</blockquote>"
    yield "</details>"
