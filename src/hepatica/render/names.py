"""The authors and the place of a work, taken apart for a reference manager."""

from __future__ import annotations

import re
from typing import NamedTuple

from hepatica.ask.answer import Reference

# "Wong F", "Garcia-Tsao G", "O'Leary JG", "van der Berg JW Jr", "Nguyen-Khac E"
_PERSON = re.compile(
    r"(?P<family>[^\W\d_][\w'’‐ -]*?) (?P<given>[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ‐-]{0,4})"
    r"(?: (?P<suffix>Jr|Sr|2nd|3rd|II|III|IV))?"
)
_BODY = re.compile(
    r"\b(?:agency|association|authorit\w+|center|centre|college|committee|consortium|department|"
    r"foundation|group|health|institute|investigators|ministry|network|of|panel|registry|society|"
    r"team|the|trial|AG|EU|UK|US|USA)\b",
    re.IGNORECASE,
)
_COMMA = re.compile(r"[,;](?![^()]*\))")
_ET_AL = re.compile(r"\bet al\b\.?")
_PLACE = re.compile(
    r"(?P<container>[^():]+?) (?P<volume>\d+)(?:\((?P<issue>[^()]+)\))?"
    r"(?::(?P<pages>[\w.]+(?:-[\w.]+)?))?"
)


class Name(NamedTuple):
    """A person with initials as "J. S.", or a body that has only a family name."""

    family: str
    given: str = ""
    suffix: str = ""


class Place(NamedTuple):
    """Where a work was published."""

    container: str
    volume: str = ""
    issue: str = ""
    pages: str = ""


def names(reference: Reference) -> list[Name]:
    """The authors as given, without the trailing full stop and "et al"."""
    given = (reference.authors or "").strip().rstrip(".")
    parts = [_ET_AL.sub("", part).strip() for part in _COMMA.split(given)]
    parts = [part[1:-1] if part.startswith("(") and part.endswith(")") else part for part in parts]
    return [name for part in parts if part for name in _joined(part)]


def has_others(reference: Reference) -> bool:
    """Whether the list of authors ends in "et al"."""
    return bool(_ET_AL.search(reference.authors or ""))


def place(reference: Reference) -> Place:
    """The container with its volume, issue and pages, where they stand behind it as in
    "Gut 47(2):288"."""
    text = reference.container or ""
    match = _PLACE.fullmatch(text)
    # A number alone may be a part of the name, and "issue 5" is no volume.
    if match is None or not (match["issue"] or match["pages"]) or match[1].endswith(" issue"):
        return Place(text)
    return Place(**{name: value or "" for name, value in match.groupdict().items()})


def _joined(text: str) -> list[Name]:
    """Two people, or a body with an "and" in its name."""
    each = [_name(part) for part in text.removeprefix("and ").split(" and ")]
    return each if all(name.given for name in each) else [_name(text.removeprefix("and "))]


def _name(text: str) -> Name:
    match = _PERSON.fullmatch(text)
    if match is None or _BODY.search(text):
        return Name(text)
    initials = re.sub(r"\w", r"\g<0>. ", match["given"]).replace(" -", "-").strip()
    return Name(match["family"], initials, match["suffix"] or "")
