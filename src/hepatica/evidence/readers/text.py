"""Plain text: paragraphs between blank lines become passages, tabbed lines tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Source
from hepatica.evidence.readers._decode import decode, is_binary
from hepatica.evidence.readers._identity import identifier, source_id, web_address
from hepatica.evidence.readers._text import TextBuilder, clean, one_line
from hepatica.evidence.readers._whole import read_whole

NAME = "plain text"

_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")
# XML, JSON and the like of a kind that no reader knows is not prose.
_STRUCTURED = re.compile(
    rb"\s*(?:<\?xml|<!DOCTYPE|<[A-Za-z_][\w:.-]*[\s/>]|[\[{]\s*[\[{\]}\"]|\{\\rtf|%!PS)"
)
# A line of its own, as in the head of a saved record; elsewhere it may name another work.
_STATED = re.compile(
    r"^[ \t]*(?:(?P<scheme>doi|pmid):\s*|(?=https?://(?:dx\.)?doi\.org/))(?P<value>\S+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)
# Text under one of these names is a broken file or an error page, not a document.
_NAMED_OTHERWISE = (".yaml", ".yml", ".json", ".xml", ".nxml", ".pdf", ".gz", ".zip")
_CELLS = re.compile(r"\S\t")
_TITLE_LENGTH = 250
_HEAD_LENGTH = 3_000


def matches(head: bytes, name: str) -> bool:
    """Whether it is text, and neither of nor named as a format that has its own reader."""
    if name.lower().endswith(_NAMED_OTHERWISE):
        return False
    bare = head.removeprefix(b"\xef\xbb\xbf")
    return bool(bare.strip()) and not is_binary(head) and not _STRUCTURED.match(bare)


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """One document; its title is the first line.

    Raises SourceError when the encoding is not certain or nothing but white space is left.
    """
    data = read_whole(stream, origin=origin)
    text = clean(decode(data, origin=origin))
    paragraphs = [part for part in _BLANK_LINES.split(text) if part.strip()]
    if not paragraphs:
        raise SourceError(f"{origin}: no text in it; expected at least one line")
    first = paragraphs[0].strip()
    builder = TextBuilder()
    has_title = "\n" not in first and len(first) <= _TITLE_LENGTH
    builder.add(first, kind="title" if has_title else "text")
    for paragraph in paragraphs[1:]:
        lines = paragraph.splitlines()
        if len(lines) > 1 and all(map(_CELLS.search, lines)):
            builder.add_table(line.split("\t") for line in lines)
        else:
            builder.add(paragraph)
    identifiers = stated_identifiers(text[:_HEAD_LENGTH])
    source = Source(
        id=source_id(identifiers, data),
        title=short_title(first),
        text=builder.text,
        design=Design.NARRATIVE,
        identifiers=identifiers,
        url=web_address(origin),
    )
    yield Document(source=source, passages=builder.passages)


def stated_identifiers(text: str) -> dict[str, str]:
    """The DOI and PMID that each stand alone on a line, where there is only one of them."""
    found: dict[str, set[str]] = {}
    for line in _STATED.finditer(text):
        scheme = (line["scheme"] or "doi").lower()
        if value := identifier(scheme, line["value"]):
            found.setdefault(scheme, set()).add(value)
    return {scheme: values.pop() for scheme, values in sorted(found.items()) if len(values) == 1}


def short_title(text: str) -> str:
    """The first line of `text`, cut after a word when it is long."""
    line = one_line(text.split("\n", 1)[0])
    if len(line) <= _TITLE_LENGTH:
        return line
    return line[: _TITLE_LENGTH - 1].rsplit(" ", 1)[0] + "…"
