"""HTML bytes to a tree, the element that holds the main text, and what the page says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from lxml import etree, html

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Status
from hepatica.evidence.readers._decode import decode
from hepatica.evidence.readers._identity import identifier, iso_date, web_address
from hepatica.evidence.readers._text import one_line

DEPTH = 256

_DECLARED = re.compile(
    rb"<meta[^>]{1,200}?charset\s*=\s*[\"']?\s*([\w:.-]{1,40})"
    rb"|^\s*<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([\w:.-]{1,40})",
    re.IGNORECASE,
)
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_TAG = re.compile(r"</?[a-z]{1,10}/?>", re.IGNORECASE)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_RETRACTED = re.compile(r"\W*retracted(?: article| paper)?\s*[:\]]", re.IGNORECASE)


class About(NamedTuple):
    """What a page states of itself in its head."""

    title: str | None
    site_title: str | None
    authors: str | None
    container: str | None
    issuer: str | None
    published: str | None
    year: int | None
    identifiers: Mapping[str, str]
    url: str | None
    licence: str | None
    language: str | None


def parse(data: bytes, *, origin: str) -> html.HtmlElement:
    """The root of the page; SourceError when mis-encoded, UnsafeSourceError when too deep."""
    declared = _DECLARED.search(data, 0, 4096)
    charset = (declared[1] or declared[2]).decode("ascii") if declared else None
    text = _XML_DECLARATION.sub("", decode(data, origin=origin, declared=charset))
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        root = html.document_fromstring(text.replace("\0", "").encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, UnicodeEncodeError) as error:
        raise SourceError(f"{origin}: not HTML that can be read ({one_line(str(error))})") from None
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise UnsafeSourceError(
            f"{origin}: elements nested deeper than {DEPTH}; expected an ordinary page"
        )
    return root


def main_element(root: html.HtmlElement) -> html.HtmlElement:
    """The page's main or only article element when it holds much of the text, else its body."""
    body = root.find("body")
    whole = root if body is None else body
    enough = min(500, len(whole.text_content()) // 3)
    for path in ("//main | //*[@role='main']", "//article[not(ancestor::article)]"):
        found = root.xpath(path)
        if len(found) == 1 and len(found[0].text_content()) >= enough:
            return found[0]
    return whole


def about(root: html.HtmlElement, *, origin: str) -> About:
    """What the page's meta elements, title, language and links state."""
    metas: dict[str, list[str]] = {}
    for meta in root.iter("meta"):
        name = (meta.get("name") or meta.get("property") or "").lower()
        if name and (value := one_line(_TAG.sub("", meta.get("content") or ""))):
            metas.setdefault(name, []).append(value)

    def first(*names: str) -> str | None:
        return next((metas[name][0] for name in names if name in metas), None)

    links = {rel: link.get("href") for link in root.iter("link", "a") for rel in _rel(link)}
    date = first(
        "citation_publication_date",
        "citation_date",
        "citation_online_date",
        "dc.date",
        "dcterms.issued",
        "article:published_time",
    )
    year = _YEAR.search(date) if date else None
    language = first("citation_language", "dc.language") or root.get("lang")
    authors = metas.get("citation_author") or metas.get("dc.creator") or metas.get("author") or []
    title = root.find("head/title")
    return About(
        title=first("citation_title", "dc.title"),
        site_title=first("og:title")
        or (one_line(title.text_content()) if title is not None else None),
        authors="; ".join(dict.fromkeys(authors)) or None,
        container=first("citation_journal_title", "prism.publicationname"),
        issuer=first("citation_publisher", "dc.publisher", "og:site_name"),
        published=iso_date(date) if date else None,
        year=int(year[0]) if year else None,
        identifiers=_identifiers(metas),
        url=web_address(links.get("canonical"))
        or web_address(first("og:url"))
        or web_address(origin),
        licence=first("dc.rights", "dcterms.license") or web_address(links.get("license")),
        language=language.strip().lower()[:35] if language else None,
    )


def status_by_title(title: str) -> Status:
    """Retracted when the title is marked so, as publishers do on the article's own page."""
    return Status.RETRACTED if _RETRACTED.match(title) else Status.CURRENT


def _rel(link: html.HtmlElement) -> list[str]:
    return (link.get("rel") or "").lower().split() if link.get("href") else []


def _identifiers(metas: Mapping[str, list[str]]) -> dict[str, str]:
    stated = {
        "doi": ("citation_doi", "prism.doi", "bepress_citation_doi", "dc.identifier"),
        "pmid": ("citation_pmid",),
        "pmcid": ("citation_pmcid",),
    }
    found: dict[str, str] = {}
    for scheme, names in stated.items():
        values = (identifier(scheme, value) for name in names for value in metas.get(name, []))
        if value := next(filter(None, values), None):
            found[scheme] = value
    return found
