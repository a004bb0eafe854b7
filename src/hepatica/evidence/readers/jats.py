"""Full-text articles in JATS XML, as PubMed Central and Europe PMC give them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import BinaryIO

from lxml import etree

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection, Source
from hepatica.evidence.readers import _bibliography, _jats_front, _xml
from hepatica.evidence.readers._designs import from_jats
from hepatica.evidence.readers._jats_body import add_text
from hepatica.evidence.readers._text import TextBuilder, one_line

NAME = "jats"

_ROOTS = {"article": ("article",), "pmc-articleset": ("article",)}
_ROOT_TAG = re.compile(r"<(?:article|pmc-articleset)\b")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def matches(head: bytes, name: str) -> bool:
    """Whether the file's root is a JATS article or PMC's set of them."""
    return _ROOT_TAG.match(_xml.root_tag(head)) is not None


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """Each article, `pmc:<PMC id>`, else by DOI, PMID or its text's hash.

    Reference lists and citation marks are left out, so are figures, but not their captions. Raises
    SourceError and UnsafeSourceError.
    """
    number = 0
    for article in _xml.records(stream, origin=origin, expected="a JATS article", tags=_ROOTS):
        if isinstance(article, Rejection):
            yield article
            continue
        number += 1
        try:
            yield _document(article)
        except UnsafeSourceError:
            raise
        except (SourceError, RecursionError) as error:
            yield Rejection(where=f"{origin}: article {number}", reason=_xml.reason(error))


def _document(article: etree._Element) -> Document:
    meta = article.find("front/article-meta")
    if meta is None:
        raise SourceError("the article has no front/article-meta")
    title = _jats_front.title(meta)
    if not title:
        raise SourceError("the article has no title")
    language = article.get(_XML_LANG)
    builder = TextBuilder()
    builder.add(title, kind="title")
    add_text(article, builder, language=language)
    identifiers = _jats_front.identifiers(meta)
    status, notices = _jats_front.status_and_notices(article, meta, title=title)
    keywords = _jats_front.keywords(meta)
    published = _jats_front.published(meta)
    source = Source(
        id=_source_id(identifiers, builder.text),
        title=title,
        text=builder.text,
        design=from_jats(
            article.get("article-type") or "",
            subjects=_jats_front.subjects(meta, heading=True),
            keywords=keywords,
            title=title,
        ),
        authors=_jats_front.authors(meta),
        container=_journal(article),
        year=_bibliography.year_of(published),
        published=published,
        identifiers=identifiers,
        url=_url(identifiers),
        licence=_jats_front.licence(meta),
        language=language,
        status=status,
        notices=notices,
        subjects=tuple(dict.fromkeys((*keywords, *_jats_front.subjects(meta, heading=False)))),
    )
    return Document(source=source, passages=builder.passages)


def _source_id(identifiers: dict[str, str], text: str) -> str:
    # The DOI goes before the PMID: the full text must not supersede the PubMed record.
    if "pmcid" in identifiers:
        return f"pmc:{identifiers['pmcid']}"
    if "doi" in identifiers:
        return f"doi:{identifiers['doi'].lower()}"
    if "pmid" in identifiers:
        return f"pmid:{identifiers['pmid']}"
    return f"sha:{sha256(text.encode()).hexdigest()[:16]}"


def _url(identifiers: dict[str, str]) -> str | None:
    if "pmcid" in identifiers:
        return f"https://pmc.ncbi.nlm.nih.gov/articles/{identifiers['pmcid']}/"
    return f"https://doi.org/{identifiers['doi']}" if "doi" in identifiers else None


def _journal(article: etree._Element) -> str | None:
    for path in ("journal-title-group/journal-title", "journal-title"):
        if name := one_line(article.findtext(f"front/journal-meta/{path}") or ""):
            return name
    return None
