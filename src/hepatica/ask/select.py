"""Chooses, from what was retrieved, what the answer will say."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hepatica.ask.doses import withheld
from hepatica.ask.narrowing import Narrowing
from hepatica.ask.retrieve import Ranked
from hepatica.evidence.curated import Claim
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.model import Tier

QUOTA = {Tier.GUIDELINE: 6, Tier.LABEL: 6, Tier.RESEARCH: 8}
_FLOOR = 0.42
_MOST = 14
_ALIKE = 0.7


def select(
    ranked: Sequence[Ranked],
    knowledge: Knowledge,
    *,
    tiers: Collection[Tier] | None = None,
    since: int | None = None,
) -> tuple[list[Ranked], list[str]]:
    """The claims to show, best first, and a line for each one withheld because of its source.

    Quotas by tier, a floor relative to the best, retracted sources out, no claim that repeats the
    words or the figures of one already chosen from the same source. `since` is a year: older
    sources, and sources without a year, are left out.
    """
    narrowing = Narrowing.to(tiers, since)
    chosen: list[Ranked] = []
    retracted: list[str] = []
    counts = dict.fromkeys(Tier, 0)
    floor = _FLOOR * ranked[0].score if ranked else 0.0
    for item in ranked:
        claim, source = item.claim, knowledge.sources[item.claim.source]
        if item.score < floor or len(chosen) >= _MOST:
            break
        if not narrowing.allows(claim, knowledge):
            continue
        if source.status == "retracted":
            retracted.append(f"{source.title} ({source.year}) was retracted; not used")
            continue
        if counts[claim.tier] >= QUOTA[claim.tier]:
            continue
        if any(_repeats(claim, other.claim) for other in chosen):
            continue
        counts[claim.tier] += 1
        chosen.append(item)
    return chosen, retracted


def _repeats(claim: Claim, other: Claim) -> bool:
    if claim.source == other.source:
        if claim.figures and claim.figures == other.figures:
            return True
        if withheld(claim) and withheld(other):
            return True
    mine, theirs = _words(claim.statement), _words(other.statement)
    return len(mine & theirs) >= _ALIKE * len(mine | theirs)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())
