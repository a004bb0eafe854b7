"""HTML pages: the main text under its headings, and what the page states of itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import html

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Document, Rejection, Source
from hepatica.evidence.readers import _html_page
from hepatica.evidence.readers._decode import is_binary
from hepatica.evidence.readers._html_blocks import write_blocks
from hepatica.evidence.readers._html_pieces import inline_text
from hepatica.evidence.readers._identity import source_id
from hepatica.evidence.readers._sections import Sections
from hepatica.evidence.readers._text import TextBuilder, one_line
from hepatica.evidence.readers._whole import read_whole
from hepatica.evidence.readers.text import short_title

NAME = "HTML"

# Possessive, or a thousand comments would be tried in every combination.
_LEAD = rb"\s*+(?:<\?[^>]*+>\s*+|(?><!--.*?-->)\s*+)*+"
_PAGE = re.compile(rb"%s<(?:!doctype\s+html|html[\s>])" % _LEAD, re.IGNORECASE | re.DOTALL)
_FRAGMENT = re.compile(
    rb"%s<(?:head|body|title|meta|link|main|section|article|div|h[1-6]|p|span|table|ul|ol)[\s>/]"
    % _LEAD,
    re.IGNORECASE | re.DOTALL,
)
_MARKDOWN_NAMES = (".md", ".markdown")


def matches(head: bytes, name: str) -> bool:
    """Whether it opens with a doctype or element of HTML."""
    bare = head.removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        bare = head.replace(b"\0", b"")[2:]
    elif is_binary(head):
        return False
    if _PAGE.match(bare):
        return True
    return bool(_FRAGMENT.match(bare)) and not name.lower().endswith(_MARKDOWN_NAMES)


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """One document: the main text of the page.

    Raises SourceError when the encoding is damaged or the page holds no text.
    """
    data = read_whole(stream, origin=origin)
    root = _html_page.parse(data, origin=origin)
    about = _html_page.about(root, origin=origin)
    main = _html_page.main_element(root)
    title = about.title or _heading(main, root) or about.site_title or ""
    builder = TextBuilder()
    builder.add(title, kind="title")
    write_blocks(main, builder, Sections(title))
    if all(passage.kind == "title" for passage in builder.passages):
        raise SourceError(
            f"{origin}: the page holds no main text; if a script draws it, save the page from the "
            "browser or print it to PDF"
        )
    title = one_line(title) or short_title(builder.text)
    source = Source(
        id=source_id(about.identifiers, data),
        title=title,
        text=builder.text,
        design=Design.NARRATIVE,
        authors=about.authors,
        issuer=about.issuer,
        container=about.container,
        year=about.year,
        published=about.published,
        identifiers=about.identifiers,
        url=about.url,
        licence=about.licence,
        language=about.language,
        status=_html_page.status_by_title(title),
    )
    yield Document(source=source, passages=builder.passages)


def _heading(main: html.HtmlElement, root: html.HtmlElement) -> str | None:
    for part in (main, root):
        found = list(part.iter("h1"))
        if len(found) == 1 and (text := one_line(inline_text(found[0]))):
            return text
    return None
