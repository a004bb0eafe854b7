"""Two groups compared by ranks: the shift between them, where normality is in doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from hepatica.bench.arrays import Floats

__all__ = ["LARGEST", "Shift", "midranks", "rank_shift"]

LARGEST = 60  # samples in a group: beyond it the exact distribution takes long and gains nothing


@dataclass(frozen=True, slots=True)
class Shift:
    """The Hodges-Lehmann shift with its interval, and the exact p of Wilcoxon's test."""

    value: float
    low: float
    high: float
    p: float


def rank_shift(treated: Sequence[float], control: Sequence[float], level: float) -> Shift | None:
    """The median of all differences treated - control, with Wilcoxon's exact interval and p.

    None where two values are equal (they have no ranks), a group has more than `LARGEST` samples,
    or the samples are too few for an interval of that level.
    """
    first, second = np.asarray(treated, dtype=float), np.asarray(control, dtype=float)
    if not len(first) or not len(second) or max(len(first), len(second)) > LARGEST:
        return None
    differences = np.sort((first[:, None] - second[None, :]).ravel())
    pooled = np.concatenate([first, second])
    if len(np.unique(pooled)) < len(pooled):
        return None
    below = _below(len(first), len(second))
    total = comb(len(first) + len(second), len(first))
    share = below / total
    statistic = int((differences > 0).sum())
    other = len(differences) - statistic
    p = min(1.0, 2 * float(share[min(statistic, other)]))
    cut = int(np.searchsorted(share, (1 - level) / 2))  # the first place that reaches it
    if cut == 0:
        return None
    return Shift(
        value=float(np.median(differences)),
        low=float(differences[cut - 1]),
        high=float(differences[len(differences) - cut]),
        p=p,
    )


def midranks(values: Sequence[float]) -> list[float]:
    """The rank of every value, from 1; equal values share the mean of theirs."""
    _, place, count = np.unique(
        np.asarray(values, dtype=float), return_inverse=True, return_counts=True
    )
    last = np.cumsum(count)
    middle = last - (count - 1) / 2
    ranks: list[float] = middle[place].tolist()
    return ranks


def _below(m: int, n: int) -> Floats:
    """How many of the arrangements of `m` and `n` ranks have a statistic of 0, 1, 2 ... or less."""
    counts = [np.zeros(m * n + 1) for _ in range(m + 1)]
    counts[0][0] = 1.0
    for rank in range(1, m + n + 1):
        for chosen in range(min(rank, m), 0, -1):
            # the chosen-th smallest of the first group at `rank` stands above rank - chosen others
            move = rank - chosen
            if move <= n:
                shifted = np.zeros(m * n + 1)
                shifted[move:] = counts[chosen - 1][: m * n + 1 - move]
                counts[chosen] = counts[chosen] + shifted
    total: Floats = np.cumsum(counts[m])
    return total
