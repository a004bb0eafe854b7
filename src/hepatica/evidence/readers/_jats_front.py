"""What the front of a JATS article says about it: identifiers, authors, dates, licence, status."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from hepatica.evidence.model import Status
from hepatica.evidence.readers import _bibliography
from hepatica.evidence.readers._jats_body import title_text
from hepatica.evidence.readers._text import one_line

_HREF = "{http://www.w3.org/1999/xlink}href"
_MARKED_RETRACTED = re.compile(r"\W*(?:retracted|withdrawn)(?:\s+(?:article|paper))?\s*[:\]]", re.I)
_NOTICES = frozenset(("retraction", "partial-retraction", "correction", "expression-of-concern"))

# related-article-type, as PMC tags it: "...-forward" stands in the work that something happened to.
_EFFECTS = {
    "retraction-forward": (Status.RETRACTED, "Retracted in"),
    "concern-forward": (Status.CONCERN, "Expression of concern in"),
    "correction-forward": (Status.CORRECTED, "Corrected in"),
    "retracted-article": (Status.CURRENT, "This is the retraction of"),
    "partial-retraction": (Status.CURRENT, "This is the partial retraction of"),
    "object-of-concern": (Status.CURRENT, "This is an expression of concern for"),
    "corrected-article": (Status.CURRENT, "This is a correction of"),
}
_SEVERITY = (Status.CURRENT, Status.CORRECTED, Status.CONCERN, Status.RETRACTED)


def identifiers(meta: etree._Element) -> dict[str, str]:
    """pmcid, pmid and doi as published."""
    found: dict[str, str] = {}
    for node in meta.iterfind("article-id"):
        kind, value = node.get("pub-id-type") or "", one_line(node.text or "")
        if kind in ("pmc", "pmcid") and re.fullmatch(r"(?:PMC)?[1-9]\d*", value):
            found.setdefault("pmcid", f"PMC{value.removeprefix('PMC')}")
        elif (kind == "pmid" and re.fullmatch(r"[1-9]\d{0,7}", value)) or (
            kind == "doi" and value.startswith("10.")
        ):
            found.setdefault(kind, value)
    return {scheme: found[scheme] for scheme in ("pmcid", "pmid", "doi") if scheme in found}


def title(meta: etree._Element) -> str:
    """The article's title with its subtitle."""
    group = meta.find("title-group")
    if group is None:
        return ""
    main = title_text(group.find("article-title"))
    subtitle = title_text(group.find("subtitle"))
    return f"{main}: {subtitle}" if main and subtitle else main


def authors(meta: etree._Element) -> str | None:
    """The authors' names as references print them, no editors."""
    names = [
        name
        for group in meta.iterfind("contrib-group")
        for contributor in group.iterfind("contrib")
        if contributor.get("contrib-type") in (None, "author", "collab")
        for name in [_name(contributor)]
        if name
    ]
    return _bibliography.authors(names)


def published(meta: etree._Element) -> str | None:
    """The date of electronic publication, else of print, else any; as far as it is known."""
    dates: dict[str, str] = {}
    for node in meta.iterfind("pub-date"):
        date = _bibliography.iso(
            *(one_line(node.findtext(part) or "") for part in ("year", "month", "day"))
        )
        kind = node.get("pub-type") or node.get("publication-format") or node.get("date-type") or ""
        if date:
            dates.setdefault(kind, date)
    for kind in ("epub", "electronic", "epub-ppub", "ppub", "print", "pub", "collection"):
        if kind in dates:
            return dates[kind]
    return next(iter(dates.values()), None)


def licence(meta: etree._Element) -> str | None:
    """The licence's address, else its wording, else the copyright statement."""
    for node in meta.iterfind("permissions/license"):
        refs = [ref for ref in node.iter() if str(ref.tag).endswith("}license_ref")]
        address = node.get(_HREF) or next((one_line(ref.text or "") for ref in refs), "")
        wording = one_line(" ".join(str(part) for part in node.itertext()))
        if address or wording:
            return address or wording[:500]
    for path in ("permissions/copyright-statement", "copyright-statement"):
        if text := title_text(meta.find(path)):
            return text
    return None


def keywords(meta: etree._Element) -> tuple[str, ...]:
    """The authors' keywords, abbreviation lists left out."""
    words = (
        title_text(word)
        for group in meta.iterfind("kwd-group")
        if (group.get("kwd-group-type") or "").casefold() != "abbreviations"
        for word in group.iter("kwd")
    )
    return tuple(dict.fromkeys(filter(None, words)))


def subjects(meta: etree._Element, *, heading: bool) -> tuple[str, ...]:
    """The journal's section headings (`heading`) or the disciplines that it files the paper in."""
    groups = meta.iterfind("article-categories/subj-group")
    found = (
        title_text(subject)
        for group in groups
        if ((group.get("subj-group-type") or "heading") == "heading") is heading
        for subject in group.iter("subject")
    )
    return tuple(dict.fromkeys(filter(None, found)))


def status_and_notices(
    article: etree._Element, meta: etree._Element, *, title: str
) -> tuple[Status, tuple[str, ...]]:
    """The gravest status that links, article type and title give the article, and each notice."""
    kind = article.get("article-type") or ""
    status = Status.CURRENT
    notices: list[str] = []
    for link in _related(article, meta):
        effect = _EFFECTS.get(link.get("related-article-type") or "")
        if effect is not None:
            status = max(status, effect[0], key=_SEVERITY.index)
            notices.append(one_line(f"{effect[1]}: {link.get(_HREF) or title_text(link)}"))
    marked = kind == "retracted-article" or _MARKED_RETRACTED.match(title)
    if marked and kind not in _NOTICES and status is not Status.RETRACTED:
        status = Status.RETRACTED
        notices.append("The publisher marks this article as retracted or withdrawn")
    return status, tuple(dict.fromkeys(notices))


def _related(article: etree._Element, meta: etree._Element) -> Iterator[etree._Element]:
    yield from meta.iterfind("related-article")
    yield from article.iterfind("body//related-article")


def _name(contributor: etree._Element) -> str:
    name = contributor.find("name")
    if name is None:
        name = contributor.find("name-alternatives/name")
    if name is not None:
        surname = title_text(name.find("surname"))
        initials = _initials(title_text(name.find("given-names")))
        return " ".join(filter(None, (surname, initials, title_text(name.find("suffix")))))
    collective = contributor.find("collab")
    if collective is not None:
        own = collective.text or ""
        return one_line(own) or title_text(collective.find("institution"))
    return title_text(contributor.find("string-name"))


def _initials(given: str) -> str:
    """ "Marylee J" as "MJ", "Jean-Philippe" as "JP"; what is initials already stays."""
    if given.isupper() and given.isalpha() and len(given) <= 4:
        return given
    return "".join(word[0].upper() for word in re.split(r"[\s.\-‐]+", given) if word)
