"""Source, Passage and Citation: what a statement can rest on.

Offsets count Unicode code points of `Source.text`, half-open: `text[start:end]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256

import msgspec

from hepatica.errors import CitationError, SourceError


class Tier(StrEnum):
    """The shelf of an answer that a source belongs to, highest first."""

    GUIDELINE = "guideline"
    LABEL = "label"
    RESEARCH = "research"


class Design(StrEnum):
    """What kind of work a source, or one claim read in it, is."""

    GUIDELINE = "guideline"
    REGULATORY_LABEL = "regulatory-label"
    REGULATORY_SAFETY = "regulatory-safety"
    RCT = "rct"
    META_ANALYSIS = "meta-analysis"
    COHORT = "cohort"
    TRIAL_REGISTRATION = "trial-registration"
    REVIEW = "review"
    PRECLINICAL = "preclinical"
    NARRATIVE = "narrative"

    @property
    def tier(self) -> Tier:
        """Guidelines and labels have their own tier; a regulator's letter stands with the label."""
        match self:
            case Design.GUIDELINE:
                return Tier.GUIDELINE
            case Design.REGULATORY_LABEL | Design.REGULATORY_SAFETY:
                return Tier.LABEL
            case _:
                return Tier.RESEARCH


class Status(StrEnum):
    """Whether a source may still be selected as evidence."""

    CURRENT = "current"
    CORRECTED = "corrected"
    CONCERN = "expression-of-concern"
    RETRACTED = "retracted"


class Source(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One published work in one version, with the text that citations point into.

    `id` is stable over versions ("pmid:29768149", "spl:<set id>", "nct:NCT02770716",
    "pmc:PMC1234567", "sha:<first 16 hex digits>" for files without an identifier, and the file's
    own id for curated sources). `curated` marks a text that holds our claims about the work and not
    the work's own words. `identifiers` maps a scheme (pmid, doi, pmcid, nct, nda, setid, eudract,
    pii) to its value exactly as published.
    """

    id: str
    title: str
    text: str
    design: Design
    curated: bool = False
    authors: str | None = None
    issuer: str | None = None
    container: str | None = None
    year: int | None = None
    published: str | None = None
    revision: str | None = None
    identifiers: Mapping[str, str] = {}
    url: str | None = None
    licence: str | None = None
    language: str | None = None
    status: Status = Status.CURRENT
    notices: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()

    @property
    def tier(self) -> Tier:
        return self.design.tier

    @property
    def version(self) -> str:
        """First 16 hex digits of the SHA-256 over every field: the same work, the same version."""
        return sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()[:16]


class Passage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A stretch of a source's text with the path of headings above it.

    `kind`: "title", "text", "table" or "claim". A table's rows stand one a line, cells separated
    by " | ". `code` is the section's standard code where its format has one (LOINC in labels).
    """

    section: tuple[str, ...]
    start: int
    end: int
    kind: str = "text"
    code: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader yields: a source and its passages, in text order, inside the text."""

    source: Source
    passages: tuple[Passage, ...]

    def __post_init__(self) -> None:
        length = len(self.source.text)
        for passage in self.passages:
            if not 0 <= passage.start < passage.end <= length:
                raise SourceError(
                    f"{self.source.id}: passage {passage.section!r} at "
                    f"[{passage.start}, {passage.end}) lies outside a text of {length} characters"
                )


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader yields for a record it cannot use: where it stood and one line why."""

    where: str
    reason: str


class CitationRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A citation as it is written to a file: data, not yet held against any text."""

    source_id: str
    source_version: str
    section: tuple[str, ...]
    start: int
    end: int
    quote: str


class Citation:
    """A quote and the exact place where it stands.

    Raises CitationError unless `source.text[start:end]` is `quote`: a citation that exists is true.
    `record` is its data, the source's id and version included.
    """

    __slots__ = ("record",)

    def __init__(
        self, source: Source, *, section: tuple[str, ...], start: int, end: int, quote: str
    ) -> None:
        if not quote.strip():
            raise CitationError(f"{source.id}: a citation needs a quote, got {quote!r}")
        found = source.text[start:end] if 0 <= start < end <= len(source.text) else ""
        if found != quote:
            raise CitationError(
                f"{source.id} [{start}, {end}): the quote is {quote!r}, the text has {found!r}"
            )
        self.record = CitationRecord(
            source_id=source.id,
            source_version=source.version,
            section=section,
            start=start,
            end=end,
            quote=quote,
        )

    @classmethod
    def resolve(cls, record: CitationRecord, source: Source) -> Citation:
        """The citation that `record` describes, refused unless it holds in this very version."""
        if (source.id, source.version) != (record.source_id, record.source_version):
            raise CitationError(
                f"the citation names {record.source_id} version {record.source_version}, "
                f"the text is {source.id} version {source.version}"
            )
        return cls(
            source,
            section=record.section,
            start=record.start,
            end=record.end,
            quote=record.quote,
        )

    def __repr__(self) -> str:
        return f"Citation({self.record!r})"
