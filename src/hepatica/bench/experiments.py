"""A quantity over the experiments of a group, and its ratio to the control.

What is said of a group is no better than its experiments, a ratio no better than its two sides, and
an experiment that is left out is named.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from hepatica.bench.replicates import over_experiments, ratio_of_fits, ratio_of_means
from hepatica.bench.result import Estimate, Verdict
from hepatica.bench.wording import reading

__all__ = ["Runs", "averaged", "ratio_to", "summed_up"]

Runs = Mapping[str, Estimate | None]  # by experiment; None where it gave no such quantity
COUNTED = (Verdict.OK, Verdict.EXTRAPOLATED)


def averaged(runs: Runs) -> list[float]:
    """What is averaged: the runs that have a value with an interval."""
    entries = [entry for entry in runs.values() if entry is not None]
    return [e.value for e in entries if e.verdict in COUNTED and e.value is not None]


def summed_up(name: str, runs: Runs, *, group: str | None, level: float, plain: bool) -> Estimate:
    """The mean of `name` over `runs`, as `over_experiments` has it, with the verdict they leave.

    It is ok where every run is, extrapolated where one is not. Runs without a value are left out of
    the mean; where those that are ok do not outnumber all others there is then no mean, but the
    bound that all runs share, if they do.
    """
    entries = runs.items()
    sound = sum(entry is not None and entry.verdict is Verdict.OK for _, entry in entries)
    lost = [label for label, entry in entries if entry is None or entry.verdict not in COUNTED]
    unit = next((entry.unit for entry in runs.values() if entry is not None), None)
    told = f"ok in {sound} of {len(runs)} experiments; {_unsound(runs)}"
    if lost and 2 * sound <= len(runs):
        return _bound(name, runs, unit, group, level, told)
    mean = over_experiments(name, averaged(runs), unit=unit, group=group, level=level, plain=plain)
    if sound == len(runs) or mean.verdict is not Verdict.OK:
        return mean
    left = f"; {', '.join(lost)} left out" if lost else ""
    return msgspec.structs.replace(mean, verdict=Verdict.EXTRAPOLATED, reason=told + left)


def _bound(
    name: str, runs: Runs, unit: str | None, group: str | None, level: float, told: str
) -> Estimate:
    """The lowest lower limit of all runs, or the highest upper one, where all have just one."""
    lows = [entry.low for entry in runs.values() if entry is not None and entry.low is not None]
    highs = [entry.high for entry in runs.values() if entry is not None and entry.high is not None]
    low = min(lows) if len(lows) == len(runs) else None
    high = max(highs) if len(highs) == len(runs) else None
    one = (low is None) != (high is None)
    return Estimate(
        name=name, low=low if one else None, high=high if one else None, unit=unit, group=group,
        level=level, n=len(runs), n_of="experiments", method="the bound that all experiments share",
        verdict=Verdict.ONE_SIDED if one else Verdict.NOT_ESTIMABLE, reason=told,
    )  # fmt: skip


def _unsound(runs: Runs) -> str:
    """Which runs are not ok, by verdict, with the reason of the first."""
    parts = []
    for verdict in (Verdict.EXTRAPOLATED, Verdict.ONE_SIDED, Verdict.NOT_ESTIMABLE):
        which = {
            label: entry
            for label, entry in runs.items()
            if (Verdict.NOT_ESTIMABLE if entry is None else entry.verdict) is verdict
        }
        if not which:
            continue
        if verdict is Verdict.ONE_SIDED:
            bounds = [f"{label} ({reading(entry)})" for label, entry in which.items() if entry]
            parts.append(f"one-sided in {', '.join(bounds)}")
            continue
        reasons = [entry.reason if entry else "not measured there" for entry in which.values()]
        first = reasons[0] if len(set(reasons)) == 1 else f"{next(iter(which))}: {reasons[0]}"
        parts.append(f"{verdict} in {', '.join(which)} ({first})")
    return "; ".join(parts)


def ratio_to(
    name: str, group: str, control: str, runs: Runs, others: Runs, sides: tuple[Estimate | None,
    Estimate | None], df: int, level: float,
) -> tuple[Estimate, float | None]:  # fmt: skip
    """`name` of `group` over that of `control`, and the p of Welch's test where there is one.

    `sides` is what is said of the two; `runs` and `others` hold the experiments behind it, one each
    where the curves themselves are compared, on `df` degrees of freedom. It is not estimable where
    a side is not, one-sided where the bounds of the sides leave one, and extrapolated where a side
    is.
    """
    title = f"{name} / {control}"
    own, other = sides
    alike = (len(runs) > 1) == (len(others) > 1)  # one curve is not held against repeats
    weak: dict[Verdict, list[str]] = {}
    for where, entry in ((group, own), (control, other)):
        verdict = Verdict.NOT_ESTIMABLE if entry is None else entry.verdict
        if verdict is not Verdict.OK:
            weak.setdefault(verdict, []).append(where)
    told = "; ".join(f"{name} is {which} in {' and '.join(weak[which])}" for which in weak)
    p = None
    if own is None or other is None or Verdict.NOT_ESTIMABLE in weak:
        found = Estimate(
            name=title, group=group, level=level, method="ratio of two groups",
            verdict=Verdict.NOT_ESTIMABLE, reason=told,
        )  # fmt: skip
    elif Verdict.ONE_SIDED in weak and alike:
        found = _bounded(title, own, other, group, level, told)
    elif len(runs) > 1 or len(others) > 1:
        found, p = ratio_of_means(title, averaged(runs), averaged(others), group=group, level=level)
    else:
        found = _of_curves(title, own, other, df, group, level)
    if found.verdict is Verdict.OK and weak:
        found = msgspec.structs.replace(found, verdict=Verdict.EXTRAPOLATED, reason=told)
    return found, p


def _bounded(
    title: str, own: Estimate, other: Estimate, group: str, level: float, told: str
) -> Estimate:
    """What the limits of both sides leave of a ratio of positive quantities."""

    def over(part: float | None, whole: float | None) -> float | None:
        if part is None or whole is None or part <= 0 or whole <= 0:
            return None
        return part / whole

    low, high = over(own.low, other.high), over(own.high, other.low)
    one = (low is None) != (high is None)
    return Estimate(
        name=title, low=low if one else None, high=high if one else None, group=group, level=level,
        method="the limit of one side over that of the other",
        verdict=Verdict.ONE_SIDED if one else Verdict.NOT_ESTIMABLE, reason=told,
    )  # fmt: skip


def _of_curves(
    title: str, own: Estimate, other: Estimate, df: int, group: str, level: float
) -> Estimate:
    def log_se(entry: Estimate) -> float:
        return entry.se / entry.value if entry.value and entry.se is not None else float("inf")

    assert own.value is not None
    assert other.value is not None
    return ratio_of_fits(
        title, own.value, log_se(own), other.value, log_se(other), df, group=group, level=level
    )
