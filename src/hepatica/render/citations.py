"""The references of an answer for a reference manager: BibTeX, RIS, CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from hepatica.ask.answer import Reference
from hepatica.evidence.model import Design
from hepatica.render.phrases import LINKS

STYLES = ("bibtex", "ris", "csl-json")

_REPORTS = {Design.REGULATORY_LABEL, Design.REGULATORY_SAFETY, Design.TRIAL_REGISTRATION}
_BIBTEX_SPECIAL = re.compile(r"([#$%&_{}])")


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


def _names(reference: Reference) -> list[str]:
    """Authors as given, split at commas; the trailing full stop and "et al" are no names."""
    given = (reference.authors or "").rstrip(".")
    names = [name.strip() for name in re.split(r",|;| and ", given)]
    named = (re.sub(r"\bet al\.?$", "", name).strip() for name in names)
    return [name for name in named if name]


def _others(reference: Reference) -> list[str]:
    return ["others"] if re.search(r"\bet al\.?$", reference.authors or "") else []


def _key(reference: Reference) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", reference.source_id).strip("-")


def _url(reference: Reference) -> str | None:
    for scheme in ("doi", "pmid", "nct"):
        if scheme in reference.identifiers:
            return LINKS[scheme].format(reference.identifiers[scheme])
    return reference.url


def _bibtex(reference: Reference) -> str:
    kind = "techreport" if reference.design in _REPORTS else "article"
    fields = {
        "title": f"{{{_escape(reference.title)}}}",
        "author": " and ".join([*map(_escape, _names(reference)), *_others(reference)]),
        "institution" if kind == "techreport" else "journal": _escape(
            reference.container or reference.issuer or ""
        ),
        "year": str(reference.year or ""),
        "doi": reference.identifiers.get("doi", ""),
        "pmid": reference.identifiers.get("pmid", ""),
        "url": _url(reference) or "",
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@{kind}{{{_key(reference)},\n{body}\n}}\n"


def _escape(text: str) -> str:
    return _BIBTEX_SPECIAL.sub(r"\\\1", text.replace("\\", r"\textbackslash "))


def _ris(reference: Reference) -> str:
    lines = [("TY", "RPRT" if reference.design in _REPORTS else "JOUR"), ("ID", _key(reference))]
    lines += [("AU", name) for name in _names(reference)]
    lines.append(("TI", reference.title))
    lines += [("T2", reference.container)] if reference.container else []
    lines += [("PB", reference.issuer)] if reference.issuer else []
    lines += [("PY", str(reference.year))] if reference.year else []
    lines += [("DO", reference.identifiers["doi"])] if "doi" in reference.identifiers else []
    lines += [("AN", reference.identifiers["pmid"])] if "pmid" in reference.identifiers else []
    url = _url(reference)
    lines += [("UR", url)] if url else []
    lines.append(("ER", ""))
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines)


def _csl(reference: Reference) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": _key(reference),
        "type": "report" if reference.design in _REPORTS else "article-journal",
        "title": reference.title,
    }
    names = _names(reference)
    if names:
        entry["author"] = [{"literal": name} for name in names]
    if reference.container:
        entry["container-title"] = reference.container
    if reference.issuer:
        entry["publisher"] = reference.issuer
    if reference.year:
        entry["issued"] = {"date-parts": [[reference.year]]}
    for scheme, field in (("doi", "DOI"), ("pmid", "PMID"), ("pmcid", "PMCID")):
        if scheme in reference.identifiers:
            entry[field] = reference.identifiers[scheme]
    url = _url(reference)
    if url:
        entry["URL"] = url
    return entry
