"""Stored texts behind the statements of one answer, each read once."""

from __future__ import annotations

from typing import Protocol

from hepatica.ask.prepared import Prepared
from hepatica.evidence.curated import Claim
from hepatica.evidence.model import Citation, Source


class SourceReader(Protocol):
    """The part of the store that gives a source's text."""

    def source(self, source_id: str, version: str | None = None) -> Source: ...


class Texts:
    """Reads sources from the store on first use and cites claims in them."""

    def __init__(self, store: SourceReader, prepared: Prepared) -> None:
        self._store = store
        self._prepared = prepared
        self._sources: dict[tuple[str, str | None], Source] = {}

    def source(self, source_id: str, version: str | None = None) -> Source:
        """The stored source, current version unless one is named."""
        key = (source_id, version)
        if key not in self._sources:
            self._sources[key] = self._store.source(source_id, version)
        return self._sources[key]

    def cite_claim(self, claim: Claim) -> Citation:
        """The citation of a claim's statement in the stored record of its source."""
        source_id, start, _ = self._prepared.places[claim.id]
        return Citation(
            self.source(source_id),
            section=(claim.subject, claim.id),
            start=start,
            end=start + len(claim.statement),
            quote=claim.statement,
        )

    def cite_provenance(self, claim: Claim) -> Citation:
        """The citation of the line that says where a claim was read, without the claim itself."""
        source_id, start, end = self._prepared.places[claim.id]
        source = self.source(source_id)
        line = source.text.rindex("\n", start, end) + 1
        return Citation(
            source,
            section=(claim.subject, claim.id),
            start=line,
            end=end,
            quote=source.text[line:end],
        )

    def claim_passage(self, claim_id: str) -> str:
        """All that the store holds of a claim: statement, figures, population, provenance."""
        source_id, start, end = self._prepared.places[claim_id]
        return self.source(source_id).text[start:end]
