"""What the store hands out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hepatica.evidence.model import Design, Rejection, Status, Tier


class Origin(msgspec.Struct, frozen=True):
    """Stands among the documents of an ingestion: those after it come from the file or place
    `name`."""

    name: str


class Settle(msgspec.Struct, frozen=True):
    """Stands among the documents of an ingestion: those before it are committed before more is
    asked for."""


class Hit(msgspec.Struct, frozen=True):
    """A passage that answers a query, and its BM25 score (comparable within one search only)."""

    passage_id: int
    score: float


class StoredPassage(msgspec.Struct, frozen=True, kw_only=True):
    """A passage with its text and what a reader needs to know of its source.

    `source.text[start:end]` is `text`; offsets count code points.
    """

    passage_id: int
    source_id: str
    source_version: str
    section: tuple[str, ...]
    start: int
    end: int
    kind: str
    code: str | None
    text: str
    title: str
    design: Design
    year: int | None
    status: Status
    curated: bool
    authors: str | None
    container: str | None
    identifiers: Mapping[str, str]
    url: str | None


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a source as a list shows it; `passages` is their number."""

    id: str
    version: str
    title: str
    year: int | None
    design: Design
    tier: Tier
    status: Status
    curated: bool
    passages: int
    origin: str
    current: bool
    superseded_by: str | None
    ingested_at: str


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on a topic, bound to the hash of what was decided on."""

    topic_id: str
    status: str
    reviewer: str
    date: str
    content_hash: str


class IngestReport(msgspec.Struct, kw_only=True):
    """What an ingestion did; every count is of sources that are committed.

    `older` were left out because the store holds a newer revision of them. `rejections` lists the
    first `REJECTIONS_KEPT`; `rejected` counts all. `lag` is how many commits the index is behind.
    """

    new: int = 0
    unchanged: int = 0
    superseded: int = 0
    older: int = 0
    rejected: int = 0
    rejections: list[Rejection] = msgspec.field(default_factory=list)
    lag: int = 0

    @property
    def read(self) -> int:
        """How many records were read, usable or not."""
        return self.new + self.unchanged + self.superseded + self.older + self.rejected


REJECTIONS_KEPT = 1000
