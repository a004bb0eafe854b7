"""Turns chosen claims, curated lines and verbatim spans into statements with citations."""

from __future__ import annotations

from hepatica.ask.answer import Reader, Statement
from hepatica.ask.doses import notice, withheld
from hepatica.ask.effects import effects
from hepatica.ask.prepared import Prepared
from hepatica.ask.retrieve import Ranked
from hepatica.ask.spans import Span
from hepatica.ask.texts import Texts
from hepatica.evidence.curated import Claim, Line, Seen
from hepatica.evidence.model import Citation, Tier

_TIER_ORDER = list(Tier)


def from_claim(item: Ranked, *, reader: Reader, texts: Texts) -> Statement:
    """The statement of one claim in the reader's words, citing the curated sentence."""
    claim = item.claim
    if withheld(claim):
        return _withheld(item, texts)
    text = claim.plain if reader is Reader.PATIENT and claim.plain else claim.statement
    return Statement(
        text=text,
        citations=(texts.cite_claim(claim),),
        refs=(),
        tier=claim.tier,
        design=claim.design,
        claims=(claim.id,),
        figures=claim.figures,
        effects=effects(claim.figures) if reader is Reader.RESEARCHER else (),
        seen=claim.seen,
        issuer=claim.issuer,
        strength=claim.strength,
        population=claim.population,
        caveat=caveat(claim),
        note=claim.note,
        score=item.score,
        why=item.why,
    )


def _withheld(item: Ranked, texts: Texts) -> Statement:
    claim = item.claim
    return Statement(
        text=notice(claim),
        citations=(texts.cite_provenance(claim),),
        refs=(),
        tier=claim.tier,
        design=claim.design,
        claims=(claim.id,),
        seen=claim.seen,
        issuer=claim.issuer,
        caveat=caveat(claim),
        score=item.score,
        why=item.why,
    )


def from_line(line: Line, *, topic: str, prepared: Prepared, texts: Texts) -> Statement:
    """The statement of a topic's curated sentence, citing every claim that carries it."""
    claims = [prepared.knowledge.claims[claim] for claim in line.claims]
    worst = max(claims, key=lambda claim: list(Seen).index(claim.seen))
    return Statement(
        text=line.text,
        citations=tuple(texts.cite_claim(claim) for claim in claims),
        refs=(),
        tier=min((claim.tier for claim in claims), key=_TIER_ORDER.index),
        claims=line.claims,
        seen=worst.seen,
        caveat=_shared_caveat(claims),
        why=f"topic {topic}",
        score=1.0,
    )


def from_span(span: Span) -> Statement:
    """A sentence of a source as it stands there."""
    return Statement(
        text=" ".join(span.quote.split()),
        citations=(
            Citation(
                span.source,
                section=span.section,
                start=span.start,
                end=span.end,
                quote=span.quote,
            ),
        ),
        refs=(),
        tier=span.source.tier,
        verbatim=True,
        design=span.source.design,
        score=span.score,
        why=span.why,
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


def _shared_caveat(claims: list[Claim]) -> str | None:
    indirect = {claim.seen for claim in claims} - {Seen.PRIMARY}
    if not indirect:
        return None
    pages = " and ".join(seen.value for seen in Seen if seen in indirect)
    part = "in part " if any(claim.seen is Seen.PRIMARY for claim in claims) else ""
    return f"{part}reported by {pages} pages; not confirmed at the source"
