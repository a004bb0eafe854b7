"""What front matter states about a source, checked value by value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeVar

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Status
from hepatica.evidence.readers._front_matter import Entry
from hepatica.evidence.readers._identity import identifier, iso_date, web_address
from hepatica.evidence.readers._text import one_line

# The field of a source, and the keys under which people write it, the first that is there counts.
_TEXTS = {
    "title": ("title",),
    "issuer": ("issuer", "publisher"),
    "container": ("container", "journal"),
    "licence": ("licence", "license"),
    "language": ("language", "lang"),
    "revision": ("revision", "updated", "lastmod"),
}
_LISTS = {"authors": ("authors", "author"), "subjects": ("subjects", "keywords", "tags")}
_SCHEMES = ("doi", "pmid", "pmcid")
_NCT = re.compile(r"NCT\d{8}")
_YEAR = re.compile(r"\b(?:1[6-9]|20|21)\d\d\b")

_Choice = TypeVar("_Choice", bound=StrEnum)


def source_fields(entries: Mapping[str, Entry], *, origin: str) -> dict[str, Any]:
    """The fields of a Source that the front matter gives; unknown keys are left alone.

    Raises SourceError naming the line when a known key holds what it cannot.
    """
    fields: dict[str, Any] = {"identifiers": _identifiers(entries, origin)}
    for field, keys in _TEXTS.items():
        if (found := _first(entries, keys)) and (text := _text(*found, origin)):
            fields[field] = text
    for field, keys in _LISTS.items():
        if found := _first(entries, keys):
            texts = tuple(filter(None, map(one_line, found[1].values)))
            fields[field] = "; ".join(texts) if field == "authors" else texts
    if found := _first(entries, ("date", "published", "year")):
        fields |= _date(*found, origin)
    if found := _first(entries, ("url", "canonical_url")):
        fields["url"] = web_address(_text(*found, origin))
    if found := _first(entries, ("design",)):
        fields["design"] = _choice(Design, *found, origin)
    if found := _first(entries, ("status",)):
        fields["status"] = _choice(Status, *found, origin)
    return {field: value for field, value in fields.items() if value not in (None, "", ())}


def _first(entries: Mapping[str, Entry], keys: tuple[str, ...]) -> tuple[str, Entry] | None:
    return next(((key, entries[key]) for key in keys if key in entries), None)


def _text(key: str, entry: Entry, origin: str) -> str:
    if entry.is_list:
        raise SourceError(f"{origin}: line {entry.line}: {key!r} is a list; expected one text")
    return one_line(entry.values[0])


def _identifiers(entries: Mapping[str, Entry], origin: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for scheme in _SCHEMES:
        if scheme in entries and (text := _text(scheme, entries[scheme], origin)):
            value = identifier(scheme, text)
            if not value:
                raise SourceError(
                    f"{origin}: line {entries[scheme].line}: {text!r} is no {scheme.upper()}"
                )
            found[scheme] = value
    if "nct" in entries and (text := _text("nct", entries["nct"], origin)):
        if not _NCT.fullmatch(text):
            raise SourceError(
                f"{origin}: line {entries['nct'].line}: {text!r} is no trial number; expected "
                "NCT and eight digits"
            )
        found["nct"] = text
    return found


def _date(key: str, entry: Entry, origin: str) -> dict[str, Any]:
    text = _text(key, entry, origin)
    published = iso_date(text)
    year = published[:4] if published else next(iter(_YEAR.findall(text)), None)
    if text and not year:
        raise SourceError(
            f"{origin}: line {entry.line}: {key!r} is {text!r}; expected a date such as 2024-12-18"
        )
    return {"published": published, "year": int(year) if year else None}


def _choice(choices: type[_Choice], key: str, entry: Entry, origin: str) -> _Choice | None:
    text = _text(key, entry, origin)
    try:
        return choices(text)
    except ValueError:
        if choices is Status:  # "draft" or "published" of a site generator, nothing of ours
            return None
    raise SourceError(
        f"{origin}: line {entry.line}: {key!r} is {text!r}; expected one of "
        f"{', '.join(choice.value for choice in choices)}"
    )
