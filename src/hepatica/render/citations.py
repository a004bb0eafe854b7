"""The references of an answer for a reference manager: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hepatica.ask.answer import Reference
from hepatica.evidence.model import Design
from hepatica.render.names import Name, has_others, names, place
from hepatica.render.phrases import LINKS

STYLES = ("bibtex", "ris", "csl-json")

_REPORTS = {Design.REGULATORY_LABEL, Design.REGULATORY_SAFETY, Design.TRIAL_REGISTRATION}
_BIBTEX_SPECIAL = re.compile(r"([#$%&_{}])")
_BIBTEX_MARKS = {"\\": r"\textbackslash{}", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}"}


def cite(references: Sequence[Reference], style: str) -> str:
    """All `references` in `style`, one of STYLES, in the order of their numbers."""
    match style:
        case "bibtex":
            return "\n".join(_bibtex(reference) for reference in references)
        case "ris":
            return "\n".join(_ris(reference) for reference in references)
        case "csl-json":
            entries = [_csl(reference) for reference in references]
            return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"
        case _:
            raise ValueError(f"style {style!r}: expected one of {', '.join(STYLES)}")


def _key(reference: Reference) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", reference.source_id).strip("-")


def _url(reference: Reference) -> str | None:
    for scheme in ("doi", "pmid", "nct"):
        if scheme in reference.identifiers:
            return LINKS[scheme].format(reference.identifiers[scheme])
    return reference.url


def _kind(reference: Reference) -> str:
    """ "report", "article" for what stands in a journal, or "page"."""
    if reference.design in _REPORTS:
        return "report"
    where = place(reference)
    known = {"doi", "pmid", "pmcid"} & reference.identifiers.keys()
    return "article" if where.container and (known or where.volume) else "page"


def _bibtex(reference: Reference) -> str:
    kind, where = _kind(reference), place(reference)
    published = _escape(where.container or reference.issuer or "")
    people = [_bibtex_name(name) for name in names(reference)]
    held_in = {"report": "institution", "article": "journal", "page": "howpublished"}[kind]
    fields = {
        "title": f"{{{_escape(reference.title)}}}",
        "author": " and ".join([*people, *(["others"] if has_others(reference) else [])]),
        held_in: published,
        "volume": where.volume,
        "number": where.issue,
        "pages": where.pages.replace("-", "--"),
        "year": str(reference.year or ""),
        "doi": reference.identifiers.get("doi", ""),
        "pmid": reference.identifiers.get("pmid", ""),
        "url": _url(reference) or "",
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    entry = {"report": "techreport", "article": "article", "page": "misc"}[kind]
    return f"@{entry}{{{_key(reference)},\n{body}\n}}\n"


def _bibtex_name(name: Name) -> str:
    """ "Wong, F"; a body in braces, or its last word would be taken for a family name."""
    if not name.given:
        return f"{{{_escape(name.family)}}}" if " " in name.family else _escape(name.family)
    return ", ".join(filter(None, (_escape(name.family), name.suffix, _escape(name.given))))


def _escape(text: str) -> str:
    escaped = _BIBTEX_SPECIAL.sub(r"\\\1", re.sub(r"[\\^~]", lambda m: f"\0{ord(m[0])}\0", text))
    return re.sub(r"\0(\d+)\0", lambda m: _BIBTEX_MARKS[chr(int(m[1]))], escaped)


def _ris(reference: Reference) -> str:
    where = place(reference)
    first, _, last = where.pages.partition("-")
    kinds = {"report": "RPRT", "article": "JOUR", "page": "ELEC" if _url(reference) else "GEN"}
    fields = [
        ("TY", kinds[_kind(reference)]),
        ("ID", _key(reference)),
        *(("AU", ", ".join(filter(None, name))) for name in names(reference)),
        ("TI", reference.title),
        ("T2", where.container),
        ("VL", where.volume),
        ("IS", where.issue),
        ("SP", first),
        ("EP", last),
        ("PB", reference.issuer),
        ("PY", reference.year),
        ("DO", reference.identifiers.get("doi")),
        ("AN", reference.identifiers.get("pmid")),
        ("UR", _url(reference)),
    ]
    lines = [f"{tag}  - {value}" for tag, value in fields if value]
    return "".join(f"{line}\r\n" for line in [*lines, "ER  - "])


def _csl(reference: Reference) -> dict[str, Any]:
    where = place(reference)
    kinds = {
        "report": "report",
        "article": "article-journal",
        "page": "webpage" if _url(reference) else "document",
    }
    fields: dict[str, Any] = {
        "id": _key(reference),
        "type": kinds[_kind(reference)],
        "title": reference.title,
        "author": [_csl_name(name) for name in names(reference)],
        "container-title": where.container,
        "volume": where.volume,
        "issue": where.issue,
        "page": where.pages,
        "publisher": reference.issuer,
        "issued": {"date-parts": [[reference.year]]} if reference.year else None,
        "DOI": reference.identifiers.get("doi"),
        "PMID": reference.identifiers.get("pmid"),
        "PMCID": reference.identifiers.get("pmcid"),
        "URL": _url(reference),
    }
    return {name: value for name, value in fields.items() if value}


def _csl_name(name: Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.family}
    named = {"family": name.family, "given": name.given, "suffix": name.suffix}
    return {part: value for part, value in named.items() if value}
