"""Curated claims with the exact place where each stands, for whatever rests on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import msgspec

from hepatica.errors import CitationError, KnowledgeError
from hepatica.evidence.claim_text import claim_text
from hepatica.evidence.curated import Claim, CuratedSource, Seen
from hepatica.evidence.figures import in_words
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.model import Citation, CitationRecord, Design, Source, Tier


class Cited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim as it is shown beside what rests on it: statement, figures, source and quote.

    `caveat` says where it was read when that was not the primary source.
    """

    claim: str
    statement: str
    figures: tuple[str, ...]
    tier: Tier
    design: Design
    seen: Seen
    source_id: str
    title: str
    citation: CitationRecord
    plain: str | None = None
    issuer: str | None = None
    strength: str | None = None
    population: str | None = None
    container: str | None = None
    year: int | None = None
    identifiers: Mapping[str, str] = {}
    url: str | None = None
    status: str = "current"
    caveat: str | None = None


class Shelf:
    """Cites claims of `knowledge` in the texts that `source` gives by id, such as a store's."""

    def __init__(self, knowledge: Knowledge, source: Callable[[str], Source]) -> None:
        self._knowledge = knowledge
        self._source = source
        self._sources: dict[str, Source] = {}
        self._cited: dict[str, Cited] = {}

    def claim(self, claim_id: str) -> Claim:
        """The claim; KnowledgeError where there is none."""
        claim = self._knowledge.claims.get(claim_id)
        if claim is None:
            raise KnowledgeError(
                f"claim {claim_id!r} does not exist; expected a file under claims/"
            )
        return claim

    def passage(self, claim_id: str) -> str:
        """All that is stored of a claim: statement, figures, population, where it was read."""
        return claim_text(self.claim(claim_id), self._knowledge.units)

    def cite(self, claim_id: str) -> Cited:
        """The claim with its citation; CitationError where the text does not hold it."""
        if claim_id not in self._cited:
            self._cited[claim_id] = self._cite(self.claim(claim_id))
        return self._cited[claim_id]

    def _cite(self, claim: Claim) -> Cited:
        text = self._text(claim.source)
        start = text.text.find(self.passage(claim.id))
        if start < 0:
            raise CitationError(
                f"claim {claim.id} does not stand in {claim.source} as it is stored: "
                "run hepatica doctor"
            )
        citation = Citation(
            text,
            section=(claim.subject, claim.id),
            start=start,
            end=start + len(claim.statement),
            quote=claim.statement,
        )
        return _shown(claim, self._knowledge.sources[claim.source], citation, self._words(claim))

    def _words(self, claim: Claim) -> tuple[str, ...]:
        return tuple(in_words(figure, self._knowledge.units) for figure in claim.figures)

    def _text(self, source_id: str) -> Source:
        if source_id not in self._sources:
            self._sources[source_id] = self._source(source_id)
        return self._sources[source_id]


def _shown(
    claim: Claim, source: CuratedSource, citation: Citation, figures: tuple[str, ...]
) -> Cited:
    return Cited(
        claim=claim.id,
        statement=claim.statement,
        figures=figures,
        tier=claim.tier,
        design=claim.design,
        seen=claim.seen,
        source_id=source.id,
        title=source.title,
        citation=citation.record,
        plain=claim.plain,
        issuer=claim.issuer or source.issuer,
        strength=claim.strength,
        population=claim.population,
        container=source.container,
        year=source.year,
        identifiers=dict(source.identifiers),
        url=source.url or claim.url,
        status=source.status,
        caveat=caveat(claim),
    )


def caveat(claim: Claim) -> str | None:
    """What must be said of a claim that was not read at its primary source."""
    match claim.seen:
        case Seen.PRIMARY:
            return None
        case Seen.SECONDARY:
            return f"reported by {claim.seen_in}; not confirmed at the source"
        case Seen.TERTIARY:
            return f"read only on a tertiary page ({claim.seen_in}); not confirmed at the source"


@cache
def shipped() -> Shelf:
    """The shelf of the knowledge that comes with the package, without a store."""
    from hepatica.evidence.knowledge import documents, load

    knowledge = load()
    texts = {document.source.id: document.source for document in documents(knowledge)}
    return Shelf(knowledge, texts.__getitem__)
