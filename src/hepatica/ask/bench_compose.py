"""Turns the protocols and guides that match into parts of an answer, each line cited."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hepatica.ask import compose
from hepatica.ask.answer import BenchLine, BenchPage, Reader, Statement
from hepatica.ask.bench_match import Hit
from hepatica.ask.prepared import Prepared
from hepatica.ask.retrieve import Ranked
from hepatica.ask.texts import Texts
from hepatica.ask.verify import keep_true
from hepatica.errors import CitationError, StoreError
from hepatica.evidence.laboratory_text import Page, Piece
from hepatica.evidence.model import Citation, Tier

_STEPS = {Reader.CLINICIAN: 9, Reader.RESEARCHER: 13, Reader.LEARNER: 8, Reader.PATIENT: 0}
_PERTINENT = 6
_LEAST_PERTINENT = 0.4
_EVIDENCE = 2
_BEFORE_THE_WORK = frozenset({"Materials", "Controls", "Replicates"})


def at_the_bench(
    hits: Sequence[Hit],
    *,
    reader: Reader,
    prepared: Prepared,
    texts: Texts,
    tiers: Collection[Tier] | None = None,
    since: int | None = None,
) -> tuple[list[BenchPage], int]:
    """The pages to show, and how many of their lines were dropped because they did not hold.

    A patient gets one plain sentence a page. A page is ours and of no tier: it is left out where
    the sources are narrowed to tiers without research.
    """
    if tiers is not None and Tier.RESEARCH not in tiers:
        return [], 0
    shown, dropped = [], 0
    for hit in hits:
        page = prepared.shelf.pages[hit.page]
        pieces = _chosen(page, hit, reader)
        lines, lost = cited(page, pieces, texts)
        claims = _claims(pieces, hit, reader, prepared, texts, tiers, since)
        statements, untrue = keep_true(claims, texts)
        dropped += lost + untrue
        if lines:
            shown.append(
                BenchPage(
                    id=page.id,
                    kind=page.kind,
                    title=page.title,
                    command=_command(page, hit),
                    lines=tuple(lines),
                    statements=tuple(statements),
                    score=hit.score,
                    why=hit.why,
                )
            )
    return shown, dropped


def _command(page: Page, hit: Hit) -> str:
    way = ",".join(hit.best.way)
    return f"hepatica guide {page.id}" + (f' --answers "{way}"' if way else "")


def _chosen(page: Page, hit: Hit, reader: Reader) -> list[Piece]:
    if reader is Reader.PATIENT:
        return [piece for piece in page.pieces if piece.role == "plain"]
    purpose = [piece for piece in page.pieces if piece.role == "purpose"]
    match page.kind:
        case "protocol":
            return purpose + _steps(page, hit, reader)
        case "guide":
            return purpose + [
                piece for unit in hit.units for piece in _branch(page, unit.section, reader)
            ]
        case "markers":
            return purpose + [piece for piece in page.pieces if piece.role == "marker"]
        case "score" | "criterion":
            return list(page.pieces)


def _steps(page: Page, hit: Hit, reader: Reader) -> list[Piece]:
    """The lines closest to the question and the first of each step, in the order of the page."""
    said = [(n, p) for n, p in enumerate(page.pieces) if p.role in {"step", "pitfall"}]
    closest = sorted(said, key=lambda item: (-hit.lines.get(item[0], 0.0), item[0]))
    best = hit.lines.get(closest[0][0], 0.0)
    wanted = [
        n
        for n, _ in closest[:_PERTINENT]
        if best and hit.lines.get(n, 0.0) >= _LEAST_PERTINENT * best
    ]
    sections: set[str] = set()
    for n, piece in said:
        if piece.section not in sections and piece.role == "step":
            sections.add(piece.section)
            if piece.section not in _BEFORE_THE_WORK:
                wanted.append(n)
    kept = set(list(dict.fromkeys(wanted))[: _STEPS[reader]])
    return [piece for n, piece in said if n in kept]


def _branch(page: Page, section: str, reader: Reader) -> list[Piece]:
    chosen, evidence = [], 0
    for piece in page.pieces:
        if piece.section != section:
            continue
        evidence += piece.role == "evidence"
        if piece.role == "evidence" and evidence > _EVIDENCE and reader is not Reader.RESEARCHER:
            continue
        chosen.append(piece)
    return chosen


def cited(page: Page, pieces: Sequence[Piece], texts: Texts) -> tuple[list[BenchLine], int]:
    """The pieces of a page as cited lines, and how many do not stand in the store."""
    lines, lost = [], 0
    for piece in pieces:
        try:
            citation = Citation(
                texts.source(page.source_id),
                section=(page.title, piece.section),
                start=piece.start,
                end=piece.end,
                quote=piece.text,
            )
        except (CitationError, StoreError):
            lost += 1
            continue
        lines.append(
            BenchLine(
                role=piece.role,
                text=piece.text,
                citation=citation,
                section=piece.section,
                status=piece.status,
                source=piece.source,
            )
        )
    return lines, lost


def _claims(
    pieces: Sequence[Piece],
    hit: Hit,
    reader: Reader,
    prepared: Prepared,
    texts: Texts,
    tiers: Collection[Tier] | None,
    since: int | None,
) -> list[Statement]:
    if reader is Reader.PATIENT:
        return []
    found = []
    for name in dict.fromkeys(name for piece in pieces for name in piece.claims):
        claim = prepared.knowledge.claims[name]
        source = prepared.knowledge.sources[claim.source]
        if source.status == "retracted" or (tiers is not None and claim.tier not in tiers):
            continue
        if since is not None and (source.year or 0) < since:
            continue
        ranked = Ranked(claim, hit.score, f"named by {hit.page}")
        found.append(compose.from_claim(ranked, reader=reader, texts=texts))
    return found
