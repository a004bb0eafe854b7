"""The blocks of an HTML element, in reading order, into a TextBuilder."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html

from hepatica.evidence.readers import _html_table
from hepatica.evidence.readers._html_pieces import HEADINGS, inline_text, pieces, put, tidy
from hepatica.evidence.readers._inline import InlineText
from hepatica.evidence.readers._sections import Sections
from hepatica.evidence.readers._text import TextBuilder, one_line

_BLANK_LINE = re.compile(r"\n\s*\n")


def write_blocks(element: html.HtmlElement, builder: TextBuilder, sections: Sections) -> None:
    """Append the main text of `element`: paragraphs, lists and tables under their headings."""
    line = InlineText()
    for piece in pieces(element):
        if piece.element is None and piece.kind != "border":
            put(piece, line)
            continue
        _add_text(line.value, builder, sections)
        line = InlineText()
        if piece.element is not None:
            _add_element(piece.element, builder, sections)
    _add_text(line.value, builder, sections)


def _add_text(text: str, builder: TextBuilder, sections: Sections) -> None:
    if sections.left_out:
        return
    for paragraph in _BLANK_LINE.split(tidy(text)):
        builder.add(paragraph, section=sections.path)


def _add_element(element: html.HtmlElement, builder: TextBuilder, sections: Sections) -> None:
    if element.tag in HEADINGS:
        sections.enter(HEADINGS[element.tag], one_line(inline_text(element)), builder)
    elif sections.left_out:
        return
    elif element.tag == "table":
        builder.add_table(_html_table.rows(element, inline_text), section=sections.path)
    elif element.tag == "pre":
        builder.add(element.text_content(), section=sections.path)
    elif element.tag == "dl":
        builder.add("\n".join(_definitions(element)), section=sections.path)
    else:
        builder.add("\n".join(_items(element, "")), section=sections.path)


def _items(element: html.HtmlElement, indent: str) -> Iterator[str]:
    number = _start(element)
    for item in element.iterchildren("li"):
        line = InlineText()
        inner: list[str] = []
        for piece in pieces(item):
            if piece.element is None:
                put(piece, line)
            elif piece.element.tag in ("ul", "ol"):
                inner.extend(_items(piece.element, indent + "  "))
            else:
                line.text(f"\n{inline_text(piece.element)}\n")
        text = one_line(line.value)
        mark = "•" if element.tag == "ul" else f"{number}."
        if text:
            yield f"{indent}{mark} {text}"
            number += 1
        yield from inner


def _start(element: html.HtmlElement) -> int:
    value = element.get("start") or "1"
    return int(value) if value.isdecimal() and len(value) < 6 else 1


def _definitions(element: html.HtmlElement) -> Iterator[str]:
    term = ""
    for part in element.iter("dt", "dd"):
        text = one_line(inline_text(part))
        if part.tag == "dt":
            term = text
        elif text:
            yield f"{term}: {text}" if term else text
