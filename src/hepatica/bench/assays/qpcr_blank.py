"""Wells without a Cq in samples that have others, and which way the ratio is off without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from hepatica.bench.assays.qpcr_wells import Replicates

__all__ = ["Bias", "bias"]


@dataclass(frozen=True, kw_only=True)
class Bias:
    """`off`: the ratio of the wells with a Cq is too high, too low, or off either way."""

    off: Literal["high", "low", "either"]
    reason: str


def bias(
    held: Mapping[tuple[str, str], Replicates],
    sides: Sequence[Sequence[str]],
    target: str,
    references: Sequence[str],
) -> Bias | None:
    """How the ratio of `sides` (treated, control) is off for wells without a Cq; None without any.

    A well does not cross the threshold because it holds little, so the wells that do overstate
    what their sample holds, and a late cycle in their place understates it: McCall et al. 2014, On
    non-detects in qPCR data, Bioinformatics 30:2310, doi 10.1093/bioinformatics/btu239. Samples
    without any Cq of a gene are passed over.
    """
    told, ways = [], set()
    for which, side in enumerate(sides):
        for gene in (target, *references):
            parts = [held[sample, gene] for sample in side if held[sample, gene].cqs]
            blank = sum(part.blank for part in parts)
            if not blank:
                continue
            count = sum(len(part.wells) for part in parts)
            told.append(f"{blank} of {count} wells of {gene} in {parts[0].group}")
            # more target in the treated and more reference in the control group raise the ratio
            ways.add((which == 0) == (gene == target))
    if not ways:
        return None
    off: Literal["high", "low", "either"] = (
        "either" if len(ways) > 1 else "high" if ways == {True} else "low"
    )
    effect = {
        "high": "so the true ratio is lower than theirs",
        "low": "so the true ratio is higher than theirs",
        "either": "so the true ratio may be lower or higher than theirs",
    }[off]
    return Bias(
        off=off,
        reason=f"no Cq in {' and '.join(told)}: the wells that have one overstate what their "
        f"sample holds, {effect} (a well that failed for another reason is to be marked as "
        "excluded)",
    )
