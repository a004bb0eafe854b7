"""The id of a source by what it states about itself, else by its bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

_DOI = re.compile(r"(?:doi:\s*|(?:https?://)?(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:pmid:?\s*)?([1-9]\d{0,7})", re.IGNORECASE)
_PMCID = re.compile(r"(?:pmcid:?\s*)?(PMC[1-9]\d{0,8})", re.IGNORECASE)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?!\d)")


def identifier(scheme: str, value: str) -> str | None:
    """The bare doi, pmid or pmcid in `value`, or None when it is not one."""
    pattern = {"doi": _DOI, "pmid": _PMID, "pmcid": _PMCID}[scheme]
    found = pattern.fullmatch(value.strip().rstrip(".,;"))
    return found[1] if found else None


def source_id(identifiers: Mapping[str, str], data: bytes) -> str:
    """`doi:...` or `pmid:...` where stated, else `sha:` and 16 hex digits of the SHA-256.

    The DOI goes first so that a full text does not supersede the PubMed record of the same work,
    which is known by its PMID.
    """
    if doi := identifiers.get("doi"):
        return f"doi:{doi.lower()}"
    if pmid := identifiers.get("pmid"):
        return f"pmid:{pmid}"
    return f"sha:{sha256(data).hexdigest()[:16]}"


def iso_date(value: str) -> str | None:
    """The date at the start of `value` as YYYY, YYYY-MM or YYYY-MM-DD, or None."""
    found = _DATE.match(value.strip())
    if not found or not 1600 <= int(found[1]) <= 2200:
        return None
    year, month, day = found.groups()
    if not month or not 1 <= int(month) <= 12:
        return year
    if not day or not 1 <= int(day) <= 31:
        return f"{year}-{int(month):02}"
    return f"{year}-{int(month):02}-{int(day):02}"


def web_address(value: str | None) -> str | None:
    """`value` when it is an absolute http or https address, else None."""
    if value and re.fullmatch(r"https?://[^\s<>\"]{1,2000}", value.strip()):
        return value.strip()
    return None
