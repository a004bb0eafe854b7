"""What a PubMed record says about its work: names, dates, identifiers, subjects."""

from __future__ import annotations

import re

from lxml import etree

from hepatica.errors import SourceError
from hepatica.evidence.readers import _bibliography
from hepatica.evidence.readers._formula import mathml
from hepatica.evidence.readers._markup import Flow, Grammar, inline
from hepatica.evidence.readers._text import one_line

_PMID = re.compile(r"[1-9]\d{0,7}")
_NCT = re.compile(r"NCT\d{8}")
_SCHEMES = {"pmc": "pmcid", "doi": "doi", "pii": "pii", "bookaccession": "bookaccession"}
_NAME_PARTS = frozenset(("LastName", "Initials", "Suffix", "CollectiveName"))


def line(node: etree._Element | None) -> str:
    """The node's text on one clean line, "" for no node."""
    if node is None:
        return ""
    text = paragraph(node)
    return text if text.isascii() and "\x7f" not in text else one_line(text)


def paragraph(node: etree._Element) -> str:
    """The node's text on one line, for a builder, which cleans it."""
    return inline(node, _GRAMMAR) if len(node) else " ".join((node.text or "").split())


def children(node: etree._Element) -> dict[str, etree._Element]:
    """The first child of each tag."""
    found: dict[str, etree._Element] = {}
    for child in node:
        found.setdefault(str(child.tag), child)
    return found


def checked_pmid(node: etree._Element | None) -> str:
    """The PMID; raises SourceError where it is none."""
    pmid = line(node)
    if not _PMID.fullmatch(pmid):
        raise SourceError(f"the record's PMID is {pmid!r}, expected 1 to 8 digits")
    return pmid


def title(pmid: str, *candidates: etree._Element | None) -> str:
    """The first title that says something; raises SourceError where none does."""
    for candidate in candidates:
        text = line(candidate)
        if text and text.strip("[].") != "Not Available":
            return text
    raise SourceError(f"PMID {pmid}: the record has no title")


def without_stop(text: str) -> str:
    """A title without PubMed's full stop."""
    return text[:-1] if text.endswith(".") and not text.endswith("..") else text


def authors(nodes: etree._Element | None) -> str | None:
    """The valid names of an AuthorList as references print them."""
    names: list[str] = []
    for author in () if nodes is None else nodes:
        name = " ".join(line(part) for part in author if part.tag in _NAME_PARTS)
        if name and author.get("ValidYN") != "N":
            names.append(name)
        if len(names) > _bibliography.MAX_AUTHORS:
            break
    return _bibliography.authors(names)


def journal(node: etree._Element | None) -> str | None:
    """The journal's abbreviation, else its title."""
    if node is None:
        return None
    return line(node.find("ISOAbbreviation")) or line(node.find("Title")) or None


def date(node: etree._Element | None) -> str | None:
    """A date of Year, Month and Day, as far as it is known."""
    if node is None:
        return None
    return _bibliography.iso(*(line(node.find(part)) for part in ("Year", "Month", "Day")))


def published(article: dict[str, etree._Element]) -> str | None:
    """The date of the issue, as printed where it is no date ("1998 Dec-1999 Jan")."""
    node = article.get("Journal")
    printed = None if node is None else node.find("JournalIssue/PubDate")
    if printed is not None and (known := date(printed) or line(printed.find("MedlineDate"))):
        return known
    return date(article.get("ArticleDate"))


def identifiers(pmid: str, article: etree._Element, data: etree._Element | None) -> dict[str, str]:
    """pmid, doi, pmcid, pii as given, and the one trial that the record registers, if it is one."""
    found = {"pmid": pmid}
    for location in article.iterfind("ELocationID"):
        kind = location.get("EIdType") or ""
        if kind in ("doi", "pii") and location.get("ValidYN", "Y") == "Y":
            found.setdefault(kind, line(location))
    if data is not None:
        add_article_ids(found, data.find("ArticleIdList"))
    numbers = article.iterfind("DataBankList/DataBank/AccessionNumberList/AccessionNumber")
    trials = {number for number in map(line, numbers) if _NCT.fullmatch(number)}
    if len(trials) == 1:
        found["nct"] = trials.pop()
    return found


def add_article_ids(found: dict[str, str], nodes: etree._Element | None) -> dict[str, str]:
    """`found` with what an ArticleIdList adds to it."""
    for node in () if nodes is None else nodes:
        scheme = _SCHEMES.get(node.get("IdType") or "")
        if scheme and (value := line(node)):
            found.setdefault(scheme, value)
    return found


def subjects(
    citation: etree._Element, chemicals: etree._Element | None, descriptors: list[str]
) -> tuple[str, ...]:
    """MeSH descriptors, substances and keywords, each once."""
    names = dict.fromkeys(descriptors)
    for chemical in () if chemicals is None else chemicals:
        names[line(chemical.find("NameOfSubstance"))] = None
    for keyword in citation.iterfind("KeywordList/Keyword"):
        names[line(keyword)] = None
    names.pop("", None)
    return tuple(names)


def _math(flow: Flow, node: etree._Element) -> None:
    flow.formula(mathml(node))


_GRAMMAR = Grammar(inline=frozenset(("b", "i", "u")), special={"math": _math})
