"""Markdown with YAML front matter: headings become sections, front matter the source's fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Source
from hepatica.evidence.readers import _front_matter
from hepatica.evidence.readers._decode import decode, is_binary
from hepatica.evidence.readers._front_matter import Entry
from hepatica.evidence.readers._identity import source_id, web_address
from hepatica.evidence.readers._markdown_about import source_fields
from hepatica.evidence.readers._text import TextBuilder, clean, one_line
from hepatica.evidence.readers._whole import read_whole
from hepatica.evidence.readers.text import short_title

NAME = "Markdown"

_NAMES = (".md", ".markdown")
_FRONT_MATTER = re.compile(rb"---[ \t]*\r?\n(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+[\"'\w-]++[ \t]*+:")
_TWO_HEADINGS = re.compile(rb"\s*+#{1,6}[ \t]+\S.*?\n#{1,6}[ \t]+\S", re.DOTALL)
# Site generators keep a page that has no body in one of these.
_BODY_KEYS = ("content", "abstract", "answer")


def matches(head: bytes, name: str) -> bool:
    """Whether it opens with front matter or headings, or is called so and is text."""
    if is_binary(head) or name.lower().endswith((".yaml", ".yml")):
        return False
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if _FRONT_MATTER.match(bare) or _TWO_HEADINGS.match(bare):
        return True
    return name.lower().endswith(_NAMES) and bool(bare.strip())


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """One document with the fields that its front matter states.

    Keys: title, date, authors, doi, pmid, pmcid, nct, url, licence, design, issuer, journal,
    language, revision, keywords, status; others are left alone. Raises SourceError naming the line
    for front matter that is no YAML or holds what a key cannot, and when there is no text.
    """
    from hepatica.evidence.readers import _markdown_blocks as blocks
    from hepatica.evidence.readers._sections import Sections

    data = read_whole(stream, origin=origin)
    entries, body = _front_matter.split(clean(decode(data, origin=origin)), origin=origin)
    fields = source_fields(entries, origin=origin)
    root = blocks.parse(body if _has_text(body) else _text_in(entries))
    title = fields.pop("title", "") or blocks.first_heading(root) or ""
    builder = TextBuilder()
    builder.add(title, kind="title")
    blocks.write_blocks_of(root, builder, Sections(title), origin=origin)
    if all(passage.kind == "title" for passage in builder.passages):
        raise SourceError(
            f"{origin}: no text after the front matter; expected at least a paragraph"
        )
    fields = {"design": Design.NARRATIVE, "url": web_address(origin)} | fields
    source = Source(
        id=source_id(fields["identifiers"], data),
        title=one_line(title) or short_title(builder.text),
        text=builder.text,
        **fields,
    )
    yield Document(source=source, passages=builder.passages)


def _has_text(body: str) -> bool:
    return bool(body.replace("&nbsp;", "").strip())


def _text_in(entries: Mapping[str, Entry]) -> str:
    key = next((key for key in _BODY_KEYS if key in entries), None)
    text = "\n\n".join(entries[key].values) if key else ""
    # A folded scalar keeps the two characters that its generator wrote for a line end.
    return text if "\n\n" in text else text.replace("\\n", "\n")
