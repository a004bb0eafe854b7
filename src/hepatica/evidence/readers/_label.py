"""A US drug label as a source: one record for the SPL file and for openFDA's JSON of it."""

from __future__ import annotations

import re

from hepatica.errors import SourceError
from hepatica.evidence.model import Design, Source

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_APPLICATION = re.compile(r"(NDA|ANDA|BLA)\d+")


def label_source(
    *,
    set_id: str,
    title: str,
    text: str,
    labeler: str | None,
    effective: str | None,
    version: str | None,
    applications: tuple[str, ...],
    subjects: tuple[str, ...],
) -> Source:
    """One label as a source, the same for SPL and openFDA."""
    digits = re.sub(r"\D", "", effective or "")
    published = "-".join(filter(None, (digits[:4], digits[4:6], digits[6:8]))) or None
    identifiers = {"setid": set_id}
    for application in applications:
        if match := _APPLICATION.fullmatch(application):
            identifiers.setdefault(match[1].lower(), application)
    return Source(
        id=f"spl:{set_id.lower()}",
        title=title,
        text=text,
        design=Design.REGULATORY_LABEL,
        issuer=labeler,
        container="DailyMed",
        year=int(digits[:4]) if len(digits) >= 4 else None,
        published=published,
        revision=version,
        identifiers=identifiers,
        url=f"https://dailymed.nlm.nih.gov/dailymed/drugInfo.cfm?setid={set_id}",
        language="en",
        subjects=subjects,
    )


def checked_set_id(value: str | None) -> str:
    """The set id; raises SourceError unless it is a UUID."""
    if not value or not _UUID.fullmatch(value):
        raise SourceError(f"the label's set id is {value!r}, expected a UUID")
    return value
