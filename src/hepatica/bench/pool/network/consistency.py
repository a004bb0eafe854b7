"""Does what is compared directly agree with what follows through other treatments?

`decomposition` splits Q into the spread within designs (sets of treatments compared) and between
them; `splits` sets the direct evidence of each pair against the indirect by back-calculation, as
netmeta's decomp.design and netsplit do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hepatica.bench.pool.distributions import chi2_p, normal_p
from hepatica.bench.pool.network.arms import Node
from hepatica.bench.pool.network.fit import Fit, fit

__all__ = ["Part", "Split", "decomposition", "direct", "splits"]

_ALL_DIRECT = 1 - 1e-9


@dataclass(frozen=True, slots=True)
class Part:
    """A share of Q: "total", "within designs", "between designs", or one design."""

    name: str
    q: float
    df: int
    p: float | None


@dataclass(frozen=True, slots=True)
class Split:
    """Direct and indirect evidence of one pair on the scale of analysis.

    `share` is the share of the direct evidence in the network's estimate. Without indirect evidence
    `indirect`, its error, the difference and its p are None.
    """

    first: str
    second: str
    studies: tuple[str, ...]
    direct: float
    direct_se: float
    share: float
    indirect: float | None = None
    indirect_se: float | None = None
    difference: float | None = None
    difference_se: float | None = None
    p: float | None = None


def decomposition(nodes: Sequence[Node]) -> tuple[Part, ...]:
    """Total, within and between designs, then each design that has more than one study.

    With the common effect, tau² 0 (Krahn, Binder and König 2013, doi 10.1186/1471-2288-13-35).
    """
    whole = fit(nodes)
    designs: dict[tuple[str, ...], list[Node]] = {}
    for node in nodes:
        designs.setdefault(node.design, []).append(node)
    each = []
    for design, members in sorted(designs.items()):
        if len(members) > 1:
            alone = fit(members)
            each.append(_part(" : ".join(design), alone.q, alone.df))
    within_q, within_df = sum(part.q for part in each), sum(part.df for part in each)
    between_df = whole.df - within_df
    return (
        _part("total", whole.q, whole.df),
        _part("within designs", within_q, within_df),
        _part("between designs", max(0.0, whole.q - within_q) if between_df else 0.0, between_df),
        *each,
    )


def direct(nodes: Sequence[Node], first: str, second: str, tau2: float) -> tuple[float, float]:
    """The effect of `first` against `second` from the studies that have both, and its variance."""
    pairs = [n.difference(first, second) for n in nodes if {first, second} <= set(n.treatments)]
    weights = [1 / (variance + tau2) for _, variance in pairs]
    total = sum(weights)
    effect = sum(w * value for w, (value, _) in zip(weights, pairs, strict=True)) / total
    return effect, 1 / total


def splits(nodes: Sequence[Node], whole: Fit) -> tuple[Split, ...]:
    """Every pair with direct evidence, at the tau² of `whole`.

    Back-calculation (König, Krahn and Binder 2013, doi 10.1002/sim.6001): the network's estimate is
    the mean of direct and indirect, weighted by the inverse of their variances.
    """
    found = []
    for i, first in enumerate(whole.treatments):
        for second in whole.treatments[i + 1 :]:
            both = tuple(n.label for n in nodes if {first, second} <= set(n.treatments))
            if both:
                found.append(_split(nodes, whole, first, second, both))
    return tuple(found)


def _split(
    nodes: Sequence[Node], whole: Fit, first: str, second: str, both: tuple[str, ...]
) -> Split:
    value, variance = direct(nodes, first, second, whole.tau2)
    effect, se = whole.against(first, second)
    share = min(1.0, se**2 / variance)
    known = Split(first, second, both, value, variance**0.5, share)
    if share > _ALL_DIRECT:
        return known
    indirect = (effect - share * value) / (1 - share)
    indirect_variance = se**2 / (1 - share)
    error = (variance + indirect_variance) ** 0.5
    return Split(
        first=first,
        second=second,
        studies=both,
        direct=value,
        direct_se=variance**0.5,
        share=share,
        indirect=indirect,
        indirect_se=indirect_variance**0.5,
        difference=value - indirect,
        difference_se=error,
        p=normal_p((value - indirect) / error),
    )


def _part(name: str, q: float, df: int) -> Part:
    return Part(name=name, q=q, df=df, p=chi2_p(q, df) if df > 0 else None)
