"""Replicates: how well they agree, whether the residuals run in streaks, results over experiments.

Wells of one experiment say how well a curve is read; only experiments (or patients) say how far a
result repeats. The two are never counted together.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log, sqrt

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import f_p, t_p, t_quantile
from hepatica.bench.result import Check, Estimate, Status, Verdict

__all__ = [
    "agreement",
    "lack_of_fit",
    "missed",
    "over_experiments",
    "ratio_of_fits",
    "ratio_of_means",
    "streaks",
    "turned_back",
]

LARGEST_CV = 0.20
SURE, LEAST = 3.0, 0.1  # standard errors and share of the range; our choice
LEAST_ALONE = 0.5  # without replicates


def _cells(design: Floats) -> list[np.ndarray[tuple[int, ...], np.dtype[np.intp]]]:
    rows = np.atleast_2d(design).T
    _, number = np.unique(rows, axis=0, return_inverse=True)
    number = number.ravel()
    return np.split(np.argsort(number, kind="stable"), np.cumsum(np.bincount(number))[:-1])


def agreement(design: Floats, y: Floats, group: str | None = None) -> Check:
    """Whether replicate wells agree: the median coefficient of variation of replicated ones."""
    criterion = f"median CV of replicate wells at most {100 * LARGEST_CV:.0f} % (our choice)"
    spreads = [
        float(np.std(y[cell], ddof=1) / abs(y[cell].mean()))
        for cell in _cells(design)
        if cell.size > 1 and y[cell].mean() != 0
    ]
    if not spreads:
        return Check(
            name="replicate wells", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note="Each condition was read once, so nothing tells noise from effect.",
        )  # fmt: skip
    cv = float(np.median(spreads))
    status = Status.PASSED if cv <= LARGEST_CV else Status.FAILED
    return Check(name="replicate wells", status=status, criterion=criterion, value=cv, group=group)


def lack_of_fit(
    design: Floats, y: Floats, ss: float, df: int, group: str | None = None,
    weight: Floats | None = None,
) -> Check:  # fmt: skip
    """The F test of the model's misfit against the scatter of replicate wells; needs replicates.

    `weight` is that of each reading where `ss` is weighted.
    """
    criterion = "p > 0.05: the model misses the means by no more than replicates scatter"
    cells = _cells(design)
    w = np.ones_like(y) if weight is None else weight
    pure = 0.0
    for cell in cells:
        mean = np.average(y[cell], weights=w[cell])
        pure += float((w[cell] * (y[cell] - mean) ** 2).sum())
    pure_df = len(y) - len(cells)
    if pure_df < 1 or df <= pure_df or pure <= 0:
        return Check(
            name="lack of fit", status=Status.NOT_ASSESSED, criterion=criterion, group=group
        )
    f = max(ss - pure, 0.0) / (df - pure_df) / (pure / pure_df)
    p = f_p(f, df - pure_df, pure_df)
    return Check(
        name="lack of fit", status=Status.PASSED if p > 0.05 else Status.FAILED,
        criterion=criterion, value=p, group=group,
    )  # fmt: skip


def missed(design: Floats, y: Floats, residuals: Floats) -> float:
    """How far a model misses the means of replicate readings, as a share of their range.

    sqrt(SS / n) / range, SS the sum of squares of the misfit: the relative lack-of-fit error of PLA
    3.0 (help.bioassay.de), with the range of the means in place of the plateaus, so that it holds
    for every model.
    """
    cells = _cells(design)
    ss = sum(cell.size * float(residuals[cell].mean()) ** 2 for cell in cells)
    means = [float(y[cell].mean()) for cell in cells]
    width = max(means) - min(means)
    return sqrt(ss / len(y)) / width if width > 0 else 0.0


def streaks(order: Floats, residuals: Floats, group: str | None = None) -> Check:
    """Wald and Wolfowitz' runs test: whether residuals of one sign stand together on the axis."""
    criterion = "p > 0.05: residuals change sign as often as chance would have it"
    signs = np.sign(residuals[np.argsort(order, kind="stable")])
    signs = signs[signs != 0]
    up, down = int((signs > 0).sum()), int((signs < 0).sum())
    if min(up, down) < 4:
        return Check(name="runs", status=Status.NOT_ASSESSED, criterion=criterion, group=group)
    runs = 1 + int((signs[1:] != signs[:-1]).sum())
    n = up + down
    mean = 2 * up * down / n + 1
    variance = (mean - 1) * (mean - 2) / (n - 1)
    z = (runs + 0.5 - mean) / sqrt(variance)
    p = _lower_tail(z)
    return Check(
        name="runs", status=Status.PASSED if p > 0.05 else Status.FAILED, criterion=criterion,
        value=p, group=group,
    )  # fmt: skip


def turned_back(x: Floats, y: Floats) -> tuple[int, Floats, Floats] | None:
    """Where readings turn back after their extreme, as the means of a bell do; None where not.

    The place of the extreme, the values of `x` and the means there. The last mean has to lie back
    by more than three standard errors of the difference (replicates pooled) and a tenth of the
    range of the means; without replicates by half of it.
    """
    cells = _cells(x)
    means = np.array([y[cell].mean() for cell in cells])
    extreme = int(np.argmax(np.abs(means - means[0])))
    back = abs(float(means[extreme] - means[-1]))
    if (means[extreme] - means[-1]) * (means[extreme] - means[0]) <= 0:
        return None
    spare = len(y) - len(cells)
    least = (LEAST if spare else LEAST_ALONE) * float(np.ptp(means))
    if spare:
        pure = sum(float(((y[cell] - y[cell].mean()) ** 2).sum()) for cell in cells)
        share = 1 / cells[extreme].size + 1 / cells[-1].size
        least = max(least, SURE * sqrt(pure / spare * share))
    return (extreme, np.unique(x), means) if back > least else None


def _lower_tail(z: float) -> float:
    from math import erfc

    return min(0.5 * erfc(-z / sqrt(2)), 1.0)


def over_experiments(
    name: str, values: Sequence[float], *, unit: str | None, group: str | None, level: float,
    plain: bool = False,
) -> Estimate:  # fmt: skip
    """The geometric mean of a positive quantity over experiments, with a t interval on logarithms.

    A `plain` quantity, which may be negative, has the arithmetic mean.
    """
    n = len(values)
    method = "geometric mean of experiments, t interval on logarithms"
    if plain:
        method = "mean of experiments, t interval"
    if n < 2:
        return Estimate(
            name=name, unit=unit, group=group, level=level, method=method, n=n,
            n_of="experiments", verdict=Verdict.NOT_ESTIMABLE,
            reason=f"{n} experiment(s) with an estimate; at least 2 are needed",
        )  # fmt: skip
    entries = np.asarray(values, dtype=float)
    logs = entries if plain else np.log(entries)
    mean, se = float(logs.mean()), float(logs.std(ddof=1)) / sqrt(n)
    half = t_quantile(level, n - 1) * se
    edges = np.array([mean, mean - half, mean + half])
    value, low, high = (edges if plain else np.exp(edges)).tolist()
    return Estimate(
        name=name, value=value, low=low, high=high, se=se if plain else value * se,
        unit=unit, group=group, level=level, method=method, n=n, n_of="experiments",
    )  # fmt: skip


def ratio_of_means(
    name: str, values: Sequence[float], control: Sequence[float], *, group: str, level: float
) -> tuple[Estimate, float | None]:
    """The ratio of two geometric means with Welch's interval, and its p."""
    a, b = np.log(np.asarray(values, dtype=float)), np.log(np.asarray(control, dtype=float))
    method = "ratio of geometric means over experiments, Welch"
    if len(a) < 2 or len(b) < 2:
        reason = f"{len(a)} and {len(b)} experiments; at least 2 in each group are needed"
        return Estimate(
            name=name, group=group, level=level, method=method, verdict=Verdict.NOT_ESTIMABLE,
            reason=reason,
        ), None  # fmt: skip
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    difference, se = float(a.mean() - b.mean()), sqrt(va + vb)
    if se == 0:
        df = float(len(a) + len(b) - 2)
    else:
        df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = t_quantile(level, df) * se
    p = t_p(difference / se, df) if se > 0 else None
    ratio = float(np.exp(difference))
    return Estimate(
        name=name, value=ratio, low=float(np.exp(difference - half)),
        high=float(np.exp(difference + half)), se=ratio * se, group=group, level=level,
        method=method, n=len(a) + len(b), n_of="experiments",
    ), p  # fmt: skip


def ratio_of_fits(
    name: str, value: float, se_log: float, control: float, control_se_log: float, df: int, *,
    group: str, level: float,
) -> Estimate:  # fmt: skip
    """The ratio of two fitted positive quantities from independent curves: Wald on the logarithm.

    It counts wells: it says whether the two curves differ, not whether the difference repeats.
    """
    method = "ratio of two curves, Wald on the logarithm; wells counted, not experiments"
    se = sqrt(se_log**2 + control_se_log**2)
    if not np.isfinite(se) or value <= 0 or control <= 0 or df < 1:
        return Estimate(
            name=name, group=group, level=level, method=method, verdict=Verdict.NOT_ESTIMABLE,
            reason="one of the two curves does not fix it",
        )  # fmt: skip
    difference = log(value) - log(control)
    half = t_quantile(level, df) * se
    ratio = float(np.exp(difference))
    return Estimate(
        name=name, value=ratio, low=float(np.exp(difference - half)),
        high=float(np.exp(difference + half)), se=ratio * se, group=group, level=level,
        method=method,
    )  # fmt: skip
