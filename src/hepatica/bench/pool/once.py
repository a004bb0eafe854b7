"""One trial enters once, however many sources and claims report it."""

from __future__ import annotations

from dataclasses import dataclass

from hepatica.bench.pool.settings import Pooling
from hepatica.bench.pool.study import LeftOut, Study
from hepatica.evidence.curated import Claim
from hepatica.evidence.knowledge import Knowledge

__all__ = ["Candidate", "label_of", "once", "trial_of"]

_SEEN = ("primary", "secondary", "tertiary")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A result that could enter, the trial it is of, and its place in the families."""

    trial: str
    study: Study
    order: int


def once(
    candidates: list[Candidate], wanted: list[str]
) -> tuple[tuple[Study, ...], tuple[LeftOut, ...]]:
    """One result per trial: a preferred claim, else printed before calculated counts, then the
    result read closest to its source, then the first."""
    trials: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        trials.setdefault(candidate.trial, []).append(candidate)
    kept: list[Candidate] = []
    doubles: list[LeftOut] = []
    for group in trials.values():
        first, *others = sorted(group, key=lambda c: _rank(c, wanted))
        kept.append(first)
        doubles.extend(
            LeftOut(
                what=str(other.study.claim),
                why=f"{first.study.label} is counted once, with {first.study.claim} "
                f"({first.study.outcome})",
            )
            for other in others
        )
    return tuple(c.study for c in sorted(kept, key=lambda c: c.order)), tuple(doubles)


def _rank(candidate: Candidate, wanted: list[str]) -> tuple[int, bool, int, int]:
    study = candidate.study
    claim = str(study.claim)
    preferred = wanted.index(claim) if claim in wanted else len(wanted)
    return preferred, study.derived, _SEEN.index(study.seen or "tertiary"), candidate.order


def trial_of(claim: Claim, knowledge: Knowledge, pooling: Pooling) -> str:
    """What makes two claims the same trial: the file's word, the registration, the source."""
    known = pooling.trial_of(claim.id, claim.source)
    source = knowledge.sources[claim.source]
    return known or source.identifiers.get("nct") or source.id


def label_of(claim: Claim, knowledge: Knowledge, pooling: Pooling) -> str:
    """The trial's name, or first author and year."""
    known = pooling.trial_of(claim.id, claim.source)
    if known is not None:
        return pooling.trials[known].name
    source = knowledge.sources[claim.source]
    if source.authors is None or source.year is None:
        return source.id
    return f"{source.authors.split(',')[0].split(' ')[0]} {source.year}"
