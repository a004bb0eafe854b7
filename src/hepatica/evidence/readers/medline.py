"""MEDLINE/PubMed records in NLM's XML: efetch results, baseline and update files, book chapters."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection, Source
from hepatica.evidence.readers import _bibliography, _xml
from hepatica.evidence.readers._designs import from_pubmed
from hepatica.evidence.readers._formula import mathml
from hepatica.evidence.readers._markup import Flow, Grammar, inline
from hepatica.evidence.readers._medline_status import status_and_notices
from hepatica.evidence.readers._text import TextBuilder, one_line

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
_PMID = re.compile(r"[1-9]\d{0,7}")
_NCT = re.compile(r"NCT\d{8}")


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
            except SourceError as error:
                yield Rejection(where=f"{origin}: record {number}", reason=str(error))


def _article(record: etree._Element) -> Document:
    citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
    if citation is None:
        raise SourceError("the record has no MedlineCitation")
    parts = _children(citation)
    pmid = _pmid(parts.get("PMID"))
    article = parts.get("Article")
    if article is None:
        raise SourceError(f"PMID {pmid}: the record has no Article")
    inner = _children(article)
    title = _title(pmid, inner.get("ArticleTitle"), inner.get("VernacularTitle"))
    descriptors = [
        _text(heading[0]) for heading in parts.get("MeshHeadingList", ()) if len(heading)
    ]
    types = [_text(kind) for kind in inner.get("PublicationTypeList", ())]
    status, notices = status_and_notices(parts.get("CommentsCorrectionsList"), types)
    published, year = _published(inner)
    abstract = inner.get("Abstract")
    builder = _body(title, abstract, citation.iterfind("OtherAbstract"))
    data = record.find("PubmedData")
    source = Source(
        id=f"pmid:{pmid}",
        title=_without_stop(title),
        text=builder.text,
        design=from_pubmed(types, descriptors),
        authors=_bibliography.authors(_authors(inner.get("AuthorList"))),
        container=_journal(inner.get("Journal")),
        year=year,
        published=published,
        revision=_date(parts.get("DateRevised")),
        identifiers=_identifiers(pmid, article, data),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        licence=None if abstract is None else _text(abstract.find("CopyrightInformation")) or None,
        language=_bibliography.language(_text(inner.get("Language"))),
        status=status,
        notices=notices,
        subjects=_subjects(citation, parts.get("ChemicalList"), descriptors),
    )
    return Document(source=source, passages=builder.passages)


def _book(record: etree._Element) -> Document:
    document = record.find("BookDocument")
    if document is None:
        raise SourceError("the record has no BookDocument")
    parts = _children(document)
    pmid = _pmid(parts.get("PMID"))
    book = parts.get("Book")
    about = {} if book is None else _children(book)
    title = _title(
        pmid, parts.get("ArticleTitle"), parts.get("VernacularTitle"), about.get("BookTitle")
    )
    chapter = parts.get("ArticleTitle") is not None
    publisher = None if book is None else book.find("Publisher/PublisherName")
    lists = [
        *document.iterfind("AuthorList"),
        *([] if book is None else book.iterfind("AuthorList")),
    ]
    writers = next((one for one in lists if one.get("Type") != "editors"), None)
    changed = _date(parts.get("DateRevised")) or _date(parts.get("ContributionDate"))
    published = changed or _date(about.get("PubDate"))
    types = [_text(kind) for kind in document.iterfind("PublicationType")]
    builder = _body(title, parts.get("Abstract"), iter(()))
    source = Source(
        id=f"pmid:{pmid}",
        title=_without_stop(title),
        text=builder.text,
        design=from_pubmed(types, ()),
        authors=_bibliography.authors(_authors(writers)),
        issuer=_text(publisher) or None,
        container=_text(about.get("BookTitle")) if chapter and about else None,
        year=_bibliography.year_of(published),
        published=published,
        revision=changed,
        identifiers=_with_article_ids({"pmid": pmid}, parts.get("ArticleIdList")),
        url=f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/",
        language=_bibliography.language(_text(parts.get("Language"))),
        subjects=tuple(dict.fromkeys(map(_text, document.iterfind("KeywordList/Keyword")))),
    )
    return Document(source=source, passages=builder.passages)


def _body(
    title: str, abstract: etree._Element | None, others: Iterator[etree._Element]
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
        if label and label.casefold() != "unlabelled":
            builder.add_heading(label)
            builder.add(_marked_up(part), section=(name, label))
        else:
            builder.add(_marked_up(part), section=(name,))


def _title(pmid: str, *candidates: etree._Element | None) -> str:
    for candidate in candidates:
        title = _text(candidate)
        if title and title.strip("[].") != "Not Available":
            return title
    raise SourceError(f"PMID {pmid}: the record has no title")


def _without_stop(title: str) -> str:
    title = one_line(title)
    return title[:-1] if title.endswith(".") and not title.endswith("..") else title


def _pmid(node: etree._Element | None) -> str:
    pmid = _text(node)
    if not _PMID.fullmatch(pmid):
        raise SourceError(f"the record's PMID is {pmid!r}, expected 1 to 8 digits")
    return pmid


def _authors(nodes: etree._Element | None) -> list[str]:
    names: list[str] = []
    for author in () if nodes is None else nodes:
        if author.get("ValidYN") == "N":
            continue
        parts = _children(author)
        name = _text(parts.get("CollectiveName")) or " ".join(
            filter(None, (_text(parts.get(tag)) for tag in ("LastName", "Initials", "Suffix")))
        )
        if name:
            names.append(name)
        if len(names) > _bibliography.MAX_AUTHORS:
            break
    return names


def _journal(journal: etree._Element | None) -> str | None:
    if journal is None:
        return None
    return _text(journal.find("ISOAbbreviation")) or _text(journal.find("Title")) or None


def _published(article: dict[str, etree._Element]) -> tuple[str | None, int | None]:
    journal = article.get("Journal")
    printed = None if journal is None else journal.find("JournalIssue/PubDate")
    date = _date(printed)
    if date is None and printed is not None:
        date = _text(printed.find("MedlineDate")) or None
    date = date or _date(article.get("ArticleDate"))
    return date, _bibliography.year_of(date)


def _date(node: etree._Element | None) -> str | None:
    if node is None:
        return None
    return _bibliography.iso(*(_text(node.find(part)) for part in ("Year", "Month", "Day")))


def _identifiers(pmid: str, article: etree._Element, data: etree._Element | None) -> dict[str, str]:
    identifiers = {"pmid": pmid}
    for location in article.iterfind("ELocationID"):
        if location.get("ValidYN", "Y") == "Y" and location.get("EIdType") in ("doi", "pii"):
            identifiers.setdefault(location.get("EIdType", ""), _text(location))
    if data is not None:
        _with_article_ids(identifiers, data.find("ArticleIdList"))
    numbers = article.iterfind("DataBankList/DataBank/AccessionNumberList/AccessionNumber")
    trials = {number for number in map(_text, numbers) if _NCT.fullmatch(number)}
    if len(trials) == 1:
        identifiers["nct"] = trials.pop()
    return identifiers


def _with_article_ids(identifiers: dict[str, str], nodes: etree._Element | None) -> dict[str, str]:
    for node in () if nodes is None else nodes:
        scheme = {"pmc": "pmcid", "doi": "doi", "pii": "pii", "bookaccession": "bookaccession"}
        if node.get("IdType") in scheme and (value := _text(node)):
            identifiers.setdefault(scheme[node.get("IdType", "")], value)
    return identifiers


def _subjects(
    citation: etree._Element, chemicals: etree._Element | None, descriptors: list[str]
) -> tuple[str, ...]:
    """MeSH descriptors, substances and keywords, each once."""
    names = dict.fromkeys(descriptors)
    for chemical in () if chemicals is None else chemicals:
        names[_text(chemical.find("NameOfSubstance"))] = None
    for keyword in citation.iterfind("KeywordList/Keyword"):
        names[_text(keyword)] = None
    names.pop("", None)
    return tuple(names)


def _children(node: etree._Element) -> dict[str, etree._Element]:
    """The first child of each tag."""
    children: dict[str, etree._Element] = {}
    for child in node:
        children.setdefault(str(child.tag), child)
    return children


def _text(node: etree._Element | None) -> str:
    """The node's text on one clean line, "" for no node."""
    text = _marked_up(node)
    return text if text.isascii() and "\x7f" not in text else one_line(text)


def _marked_up(node: etree._Element | None) -> str:
    """The node's text for a builder, which cleans it."""
    if node is None:
        return ""
    return inline(node, _GRAMMAR) if len(node) else " ".join((node.text or "").split())


def _math(flow: Flow, node: etree._Element) -> None:
    flow.write(f" {mathml(node)} ")


_GRAMMAR = Grammar(inline=frozenset(("b", "i", "u")), special={"math": _math})
