"""The text under which curated claims are stored, so that citations can point into it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.evidence.curated import Claim, CuratedSource, Unit
from hepatica.evidence.figures import in_words
from hepatica.evidence.model import Document, Passage, Source, Status


def source_document(
    source: CuratedSource, claims: Sequence[Claim], units: Mapping[str, Unit]
) -> Document:
    """The document of one curated source: a passage for each of its claims, in the order given."""
    parts: list[str] = []
    passages: list[Passage] = []
    at = 0
    for claim in claims:
        text = claim_text(claim, units)
        passages.append(
            Passage(section=(claim.subject, claim.id), start=at, end=at + len(text), kind="claim")
        )
        parts.append(text)
        at += len(text) + 2
    record = Source(
        id=source.id,
        title=source.title,
        text="\n\n".join(parts),
        design=source.design,
        curated=True,
        authors=source.authors,
        issuer=source.issuer,
        container=source.container,
        year=source.year,
        identifiers=dict(source.identifiers),
        url=source.url,
        language="en",
        status=Status(source.status),
        subjects=tuple(sorted({claim.subject for claim in claims})),
    )
    return Document(source=record, passages=tuple(passages))


def claim_text(claim: Claim, units: Mapping[str, Unit]) -> str:
    """The passage of a claim: its statement alone on the first line, then what it rests on."""
    frame = (
        ("Population", claim.population),
        ("Intervention", claim.intervention),
        ("Comparator", claim.comparator),
        ("Outcome", claim.outcome),
        ("Issuer", claim.issuer),
        ("Strength", claim.strength),
        ("Note", claim.note),
        ("Read in", f"{claim.seen_in} ({claim.seen.value} page)"),
    )
    lines = [claim.statement]
    if claim.figures:
        lines.append("Figures: " + "; ".join(in_words(f, units) for f in claim.figures))
    lines += [f"{name}: {text}" for name, text in frame if text]
    return "\n".join(lines)
