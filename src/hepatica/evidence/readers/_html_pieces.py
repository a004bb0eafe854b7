"""The content of an HTML element as a flat run of pieces, without what is no main text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from lxml import html

from hepatica.evidence.readers import _html_table
from hepatica.evidence.readers._inline import InlineText

HEADINGS = {f"h{level}": level for level in range(1, 7)}

_DROPPED = frozenset(
    "script style noscript template nav footer aside button select option input textarea label "
    "legend iframe object embed svg canvas audio video map dialog annotation annotation-xml "
    "head".split()
)
_DROPPED_ROLES = frozenset(
    "navigation banner contentinfo search complementary dialog alert doc-bibliography "
    "doc-endnotes".split()
)
_DROPPED_CLASSES = frozenset(
    "breadcrumb breadcrumbs skip-link sr-only visually-hidden screen-reader-text cookie-banner "
    "cookie-consent references ref-list reflist reference-list".split()
)
_INVISIBLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SHIFT = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article blockquote body caption center dd details div dl dt fieldset figcaption "
    "figure form header hgroup hr html li main menu ol p section summary table tbody td tfoot th "
    "thead tr ul".split()
)
# Elements that change the look of a part of a word; all others may stand apart on the screen.
_LOOK = frozenset("b big em font i mark s small strong u wbr".split())
# A form with this much prose in it wraps the page, as some servers do.
_WRAPPING_FORM = 1_500
_WHITE_SPACE = re.compile(r"\s+")
_LINE = re.compile(r"[ \t]*\n[ \t]*")


class Piece(NamedTuple):
    """Text on the line, raised or lowered; a border between blocks; or an element as a whole.

    Whole elements ("element") are headings, data tables, lists and preformatted text.
    """

    kind: Literal["text", "raised", "lowered", "apart", "break", "border", "element"]
    text: str = ""
    element: html.HtmlElement | None = None


_APART = Piece("apart")
_BORDER = Piece("border")


def pieces(element: html.HtmlElement) -> Iterator[Piece]:
    """What stands in `element`, in order."""
    if element.text:
        yield Piece("text", _WHITE_SPACE.sub(" ", element.text))
    for child in element:
        if isinstance(child.tag, str) and not _is_dropped(child):
            yield from _child(child)
        if child.tail:
            yield Piece("text", _WHITE_SPACE.sub(" ", child.tail))


def inline_text(element: html.HtmlElement) -> str:
    """The text of `element` with its blocks as lines."""
    line = InlineText()
    for piece in pieces(element):
        if piece.element is not None:
            line.text(f"\n{inline_text(piece.element)}\n")
        else:
            put(piece, line)
    return tidy(line.value)


def put(piece: Piece, line: InlineText) -> None:
    """Append an inline piece to `line`; a break or border becomes a newline."""
    match piece.kind:
        case "raised":
            line.raised(piece.text)
        case "lowered":
            line.lowered(piece.text)
        case "apart":
            line.keep_apart()
        case "break" | "border":
            line.text("\n")
        case _:
            line.text(piece.text)


def tidy(text: str) -> str:
    """The text without spaces at line ends or in a row."""
    return _LINE.sub("\n", re.sub(r"  +", " ", text)).strip()


def holds_blocks(element: html.HtmlElement) -> bool:
    """Whether a list is a frame for tables or headings, which need to stand by themselves."""
    return next(element.iterdescendants("table", *HEADINGS), None) is not None


def _child(child: html.HtmlElement) -> Iterator[Piece]:
    tag = child.tag
    shift = _SHIFT.search(child.get("style") or "")
    if tag == "br":
        yield Piece("break")
    elif tag in ("sup", "sub"):
        yield Piece("raised" if tag == "sup" else "lowered", inline_text(child))
    elif shift and (tag == "span" or tag in _LOOK):
        yield Piece("raised" if shift[1].lower() == "super" else "lowered", inline_text(child))
    elif tag in ("msup", "msub", "msubsup", "mfrac"):
        yield from _formula(child)
    elif _stands_whole(child):
        yield Piece("element", element=child)
    elif tag in _BLOCKS:
        yield _BORDER
        yield from pieces(child)
        yield _BORDER
    elif tag in _LOOK:
        yield from pieces(child)
    else:
        yield _APART
        yield from pieces(child)
        yield _APART


def _stands_whole(child: html.HtmlElement) -> bool:
    tag = child.tag
    if tag == "table":
        return not _html_table.is_layout(child)
    if tag in ("ul", "ol", "dl"):
        return not holds_blocks(child)
    return tag in HEADINGS or tag == "pre"


def _formula(child: html.HtmlElement) -> Iterator[Piece]:
    base, *others = [inline_text(part) for part in child] or [""]
    yield Piece("text", base)
    for number, part in enumerate(others):
        if child.tag == "mfrac":
            yield Piece("text", f"/{part}")
        elif child.tag == "msup" or number == 1:
            yield Piece("raised", part)
        else:
            yield Piece("lowered", part)


def _is_dropped(child: html.HtmlElement) -> bool:
    tag = child.tag
    if tag in _DROPPED or child.get("role") in _DROPPED_ROLES:
        return True
    if "hidden" in child.attrib or child.get("aria-hidden") == "true":
        return True
    if _INVISIBLE.search(child.get("style") or ""):
        return True
    if not _DROPPED_CLASSES.isdisjoint((child.get("class") or "").lower().split()):
        return True
    if tag == "header":
        inside = next(child.iterancestors("article", "main"), None)
        return inside is None and next(child.iter("h1"), None) is None
    if tag == "form":
        prose = sum(len(part.text_content()) for part in child.iter("p", "td", "li"))
        return prose < _WRAPPING_FORM
    return False
