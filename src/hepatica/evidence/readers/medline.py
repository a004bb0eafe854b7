"""MEDLINE/PubMed records in NLM's XML: efetch results, baseline and update files, book chapters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from lxml import etree

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection, Source
from hepatica.evidence.readers import _bibliography, _xml
from hepatica.evidence.readers import _medline_about as about
from hepatica.evidence.readers._designs import from_pubmed
from hepatica.evidence.readers._medline_status import status_and_notices
from hepatica.evidence.readers._text import TextBuilder

NAME = "medline"

DELETED = "deleted by NLM"

_RECORDS = ("PubmedArticle", "PubmedBookArticle", "DeleteCitation")
_ROOTS = {
    "PubmedArticleSet": _RECORDS,
    "PubmedBookArticleSet": _RECORDS,
    "MedlineCitationSet": ("MedlineCitation", "DeleteCitation"),
    "PubmedArticle": ("PubmedArticle",),
    "PubmedBookArticle": ("PubmedBookArticle",),
    "MedlineCitation": ("MedlineCitation",),
}
_ROOT_TAG = re.compile(rf"<(?:{'|'.join(_ROOTS)})\b")


def matches(head: bytes, name: str) -> bool:
    """Whether the file's root is a set of PubMed records or one of them."""
    return _ROOT_TAG.match(_xml.root_tag(head)) is not None


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """Every record, `pmid:<PMID>`, as it is parsed; memory does not grow with the file.

    A record without an abstract has its title as its only passage. For each PMID that an update
    file lists as deleted there is a Rejection with the reason `DELETED`. Raises SourceError and
    UnsafeSourceError.
    """
    number = 0
    for record in _xml.records(stream, origin=origin, expected="PubMed records", tags=_ROOTS):
        if isinstance(record, Rejection):
            yield record
        elif record.tag == "DeleteCitation":
            for pmid in record.iterfind("PMID"):
                yield Rejection(where=f"pmid:{(pmid.text or '').strip()}", reason=DELETED)
        else:
            number += 1
            try:
                yield _book(record) if record.tag == "PubmedBookArticle" else _article(record)
            except UnsafeSourceError:
                raise
            except (SourceError, RecursionError) as error:
                yield Rejection(where=f"{origin}: record {number}", reason=_xml.reason(error))


def _article(record: etree._Element) -> Document:
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    if citation is None:
        raise SourceError("the record has no MedlineCitation")
    parts = about.children(citation)
    pmid = about.checked_pmid(parts.get("PMID"))
    article = parts.get("Article")
    if article is None:
        raise SourceError(f"PMID {pmid}: the record has no Article")
    inner = about.children(article)
    title = about.title(pmid, inner.get("ArticleTitle"), inner.get("VernacularTitle"))
    headings = parts.get("MeshHeadingList", ())
    descriptors = [about.line(heading[0]) for heading in headings if len(heading)]
    types = [about.line(kind) for kind in inner.get("PublicationTypeList", ())]
    status, notices = status_and_notices(parts.get("CommentsCorrectionsList"), types)
    published = about.published(inner)
    abstract = inner.get("Abstract")
    builder = _body(title, abstract, citation.iterfind("OtherAbstract"))
    rights = None if abstract is None else abstract.find("CopyrightInformation")
    source = Source(
        id=f"pmid:{pmid}",
        title=about.without_stop(title),
        text=builder.text,
        design=from_pubmed(types, descriptors),
        authors=about.authors(inner.get("AuthorList")),
        container=about.journal(inner.get("Journal")),
        year=_bibliography.year_of(published),
        published=published,
        revision=about.date(parts.get("DateRevised")),
        identifiers=about.identifiers(pmid, article, record.find("PubmedData")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        licence=about.line(rights) or None,
        language=_bibliography.language(about.line(inner.get("Language"))),
        status=status,
        notices=notices,
        subjects=about.subjects(citation, parts.get("ChemicalList"), descriptors),
    )
    return Document(source=source, passages=builder.passages)


def _book(record: etree._Element) -> Document:
    document = record.find("BookDocument")
    if document is None:
        raise SourceError("the record has no BookDocument")
    parts = about.children(document)
    pmid = about.checked_pmid(parts.get("PMID"))
    book = {} if "Book" not in parts else about.children(parts["Book"])
    chapter = parts.get("ArticleTitle")
    title = about.title(pmid, chapter, parts.get("VernacularTitle"), book.get("BookTitle"))
    lists = [*document.iterfind("AuthorList"), *document.iterfind("Book/AuthorList")]
    writers = next((one for one in lists if one.get("Type") != "editors"), None)
    changed = about.date(parts.get("DateRevised")) or about.date(parts.get("ContributionDate"))
    published = changed or about.date(book.get("PubDate"))
    keywords = map(about.line, document.iterfind("KeywordList/Keyword"))
    builder = _body(title, parts.get("Abstract"), ())
    source = Source(
        id=f"pmid:{pmid}",
        title=about.without_stop(title),
        text=builder.text,
        design=from_pubmed([about.line(t) for t in document.iterfind("PublicationType")], ()),
        authors=about.authors(writers),
        issuer=about.line(document.find("Book/Publisher/PublisherName")) or None,
        container=None if chapter is None else about.line(book.get("BookTitle")) or None,
        year=_bibliography.year_of(published),
        published=published,
        revision=changed,
        identifiers=about.add_article_ids({"pmid": pmid}, parts.get("ArticleIdList")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        language=_bibliography.language(about.line(parts.get("Language"))),
        subjects=tuple(dict.fromkeys(filter(None, keywords))),
    )
    return Document(source=source, passages=builder.passages)


def _body(
    title: str, abstract: etree._Element | None, others: Iterable[etree._Element]
) -> TextBuilder:
    builder = TextBuilder()
    builder.add(title, kind="title")
    if abstract is not None:
        _abstract(builder, abstract, "Abstract")
    for other in others:
        if other.get("Language", "eng") == "eng":
            name = (other.get("Type") or "Publisher").replace("-", " ").capitalize()
            _abstract(builder, other, "Abstract" if name == "Publisher" else name)
    return builder


def _abstract(builder: TextBuilder, abstract: etree._Element, name: str) -> None:
    for part in abstract.iterfind("AbstractText"):
        label = (part.get("Label") or "").strip()
        section = (name, label) if label and label.casefold() != "unlabelled" else (name,)
        if len(section) == 2:
            builder.add_heading(label)
        builder.add(about.paragraph(part), section=section)
