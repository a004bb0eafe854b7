"""The resistance profile: what the differences between two groups say about each hypothesis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import exp, log2, sqrt
from statistics import fmean, variance

import numpy as np

from hepatica.bench.distributions import t_quantile
from hepatica.bench.hypotheses import Expectation, Hypothesis, hypotheses, measures
from hepatica.bench.mechanism.identify import Difference, draws

__all__ = [
    "Says", "Seen", "difference", "differs", "judge_measure", "next_measures", "samples_per_group",
    "smallest_visible", "standing",
]  # fmt: skip

MARGIN = log2(1.25)  # a change smaller than this counts as none; a laboratory default


class Says(StrEnum):
    """What one measure says about one hypothesis."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    SILENT = "does not address"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One measure in both groups: the difference, its n, its pooled SD (all log2)."""

    measure: str
    difference: Difference | None
    n: tuple[int, int]
    sd: float | None
    why_not: str | None = None

    def bounds(self, level: float) -> tuple[float, float]:
        assert self.difference is not None
        reach = t_quantile(level, self.difference.df) * self.difference.se
        return self.difference.log2 - reach, self.difference.log2 + reach


def difference(measure: str, affected: Sequence[float], control: Sequence[float]) -> Seen:
    """The difference of mean log2 values, Welch; positive values, one a biological sample."""
    logs = [[log2(value) for value in side] for side in (affected, control)]
    n = (len(affected), len(control))
    if min(n) < 2:
        few = f"n is too small: {n[0]} and {n[1]} samples; 2 in each is the least"
        return Seen(measure=measure, difference=None, n=n, sd=None, why_not=few)
    parts = [variance(side) / len(side) for side in logs]
    if sum(parts) <= 1e-24:
        same = "every sample of a group has the same value: check for copies"
        return Seen(measure=measure, difference=None, n=n, sd=None, why_not=same)
    df = sum(parts) ** 2 / sum(p**2 / (k - 1) for p, k in zip(parts, n, strict=True))
    pooled = sum(variance(s) * (k - 1) for s, k in zip(logs, n, strict=True)) / (sum(n) - 2)
    return Seen(
        measure=measure,
        difference=Difference(log2=fmean(logs[0]) - fmean(logs[1]), se=sqrt(sum(parts)), df=df),
        n=n,
        sd=sqrt(pooled),
    )


def judge_measure(seen: Seen, expected: Expectation, level: float) -> Says:
    """What the interval at `level` says about an expectation.

    A change supports where the interval excludes zero on its side and meets the range expected, and
    contradicts where it misses that range by more than a change that counts as none. "Unchanged"
    is contradicted by an interval beyond that margin and supported by one within it. What is not
    robust is not used.
    """
    if seen.difference is None or not expected.usable or expected.change == "varies":
        return Says.SILENT
    assert expected.low is not None
    assert expected.high is not None
    low, high = seen.bounds(level)
    least, most = expected.low - MARGIN, expected.high + MARGIN
    if high < least or low > most:
        return Says.CONTRADICTS
    if expected.change == "unchanged":
        inside = least <= low and high <= most
        return Says.SUPPORTS if inside else Says.SILENT
    signed = (low, high) if expected.change == "higher" else (-high, -low)
    return Says.SUPPORTS if signed[0] > 0 else Says.SILENT


def differs(seen: Mapping[str, Seen], level: float) -> list[str]:
    """The measures whose interval at the shared level lies beyond a change that counts as none."""
    shared = _shared(seen, level)
    return [
        name
        for name, entry in seen.items()
        if entry.difference is not None
        and (entry.bounds(shared)[0] > MARGIN or entry.bounds(shared)[1] < -MARGIN)
    ]


def _shared(seen: Mapping[str, Seen], level: float) -> float:
    count = sum(entry.difference is not None for entry in seen.values())
    return 1 - (1 - level) / max(count, 1)


def standing(seen: Mapping[str, Seen], level: float) -> dict[str, dict[str, Says]]:
    """For every hypothesis what each measure says, at a level shared by all (Bonferroni)."""
    shared = _shared(seen, level)
    return {
        key: {
            name: judge_measure(entry, hypothesis.expectation(name), shared)
            for name, entry in seen.items()
        }
        for key, hypothesis in hypotheses().items()
    }


@dataclass(frozen=True, kw_only=True)
class Next:
    """A measure not yet done: the share of the doubt it would settle, its weakest pair."""

    measure: str
    settles: float
    weakest: tuple[str, str]


def next_measures(
    chances: Mapping[str, float], done: Sequence[str], n: int, sds: Mapping[str, float]
) -> list[Next]:
    """The measures not yet done, best first, by how well they separate what is still possible.

    A pair is apart by d = |difference of medians| / sqrt(2 sd²/n + spread of the draws) and counts
    with the product of its `chances`; 1 - exp(-d²/8) of its doubt is settled (Bhattacharyya).
    `sds` are log2 between patients, `n` those in each group.
    """
    table = draws()
    ranked = []
    for name in measures():
        if name in done or len(chances) < 2:
            continue
        settled, doubt, weakest = 0.0, 0.0, ("", "", 2.0)
        for first, second in combinations(chances, 2):
            share = 0.0
            if not any(_unusable(hypotheses().get(key), name) for key in (first, second)):
                a, b = table[first][name], table[second][name]
                noise = 2 * sds[name] ** 2 / n + float(np.var(a)) / 2 + float(np.var(b)) / 2
                gap = float(np.median(a) - np.median(b))
                share = 1 - exp(-(gap**2) / noise / 8)
            weight = chances[first] * chances[second]
            settled += weight * share
            doubt += weight
            if share < weakest[2]:
                weakest = (first, second, share)
        ranked.append(Next(measure=name, settles=settled / doubt, weakest=weakest[:2]))
    return sorted(ranked, key=lambda entry: -entry.settles)


def _unusable(hypothesis: Hypothesis | None, name: str) -> bool:
    if hypothesis is None:
        return False
    expected = hypothesis.expectation(name)
    return expected.change == "varies" or not expected.usable


def samples_per_group(effect: float, sd: float, power: float = 0.8, alpha: float = 0.05) -> int:
    """n in each of two groups for a difference of `effect` with spread `sd` (same scale).

    The normal formula n = 2 ((z_alpha/2 + z_power) sd / effect)², then raised until the power of
    the t test, from the non-central t, is reached.
    """
    from scipy import special  # type: ignore[import-untyped]

    if effect == 0 or sd <= 0:
        raise ValueError("an effect and a spread other than zero are needed")
    ratio = abs(effect) / sd
    for n in range(2, 100_001):
        df = 2 * n - 2
        critical = float(special.stdtrit(df, 1 - alpha / 2))
        shift = ratio * sqrt(n / 2)
        reached = 1 - float(special.nctdtr(df, shift, critical))
        if reached >= power:
            return n
    raise ValueError(f"more than 100000 in each group for an effect of {effect:g} and SD {sd:g}")


def smallest_visible(sd: float, n: int) -> float:
    """The difference (log2) that `n` in each group would show with 80 % power, by bisection."""
    low, high = 1e-3 * sd, 50 * sd
    while high / low > 1.001:
        middle = sqrt(low * high)
        if samples_per_group(middle, sd) > n:
            low = middle
        else:
            high = middle
    return high
