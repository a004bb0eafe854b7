"""A standard curve over several runs, whose upper plateau differs from run to run.

Y = zero + (end + b - zero) x^Hill / (EC50^Hill + x^Hill) + e, with b normal between runs and e
within them. The plateau enters the curve linearly, so the likelihood is that of a normal
distribution and needs no approximation. R's nlme linearises the curve: on the 11 DNase runs it ends
0.01 below in the log-likelihood.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, pi, sqrt

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.fit import fit
from hepatica.bench.models.logistic import FOUR

__all__ = ["MixedCurve", "Runs", "mixed_logistic"]


@dataclass(frozen=True, kw_only=True)
class MixedCurve:
    """The curve of an average run, and how far runs and readings scatter about it.

    `sd_between` is the standard deviation of the upper plateau between runs, `sd_within` that of a
    reading of weight 1, both in the unit of the signal.
    """

    zero: float
    end: float
    ec50: float
    hill: float
    sd_between: float
    sd_within: float
    log_likelihood: float


class Runs:
    """The readings of several runs, for the likelihood of one set of EC50, slope and spread."""

    def __init__(self, x: Floats, y: Floats, run: Sequence[str], weight: Floats) -> None:
        self.x, self.y, self.root = x, y, np.sqrt(weight)
        names = np.asarray(run)
        self.rows = [np.flatnonzero(names == name) for name in dict.fromkeys(run)]
        self.constant = len(y) * (1 + log(2 * pi)) - float(np.log(weight).sum())

    def solve(self, ec50: float, hill: float, ratio: float) -> tuple[Floats, float, float]:
        """zero and end by generalised least squares, their sum of squares, and log|I + ratio gg'|.

        `ratio` is the variance between runs over that within them.
        """
        positive = self.x > 0
        share = np.zeros_like(self.x)
        share[positive] = 1 / (1 + (ec50 / self.x[positive]) ** hill)
        design = np.stack([1 - share, share], axis=1) * self.root[:, None]
        return self.least_squares(design, share * self.root, self.y * self.root, ratio)

    def least_squares(
        self, design: Floats, loading: Floats, y: Floats, ratio: float
    ) -> tuple[Floats, float, float]:
        """The same for any linear model of readings scaled to equal weight, with a random effect of
        `loading` on each reading."""
        size = design.shape[1]
        normal, right, total, determinant = np.zeros((size, size)), np.zeros(size), 0.0, 0.0
        for rows in self.rows:
            own, g, signal = design[rows], loading[rows], y[rows]
            length = float(g @ g)
            shrink = ratio / (1 + ratio * length)
            pulled = own.T @ g
            normal += own.T @ own - shrink * np.outer(pulled, pulled)
            right += own.T @ signal - shrink * pulled * (g @ signal)
            total += float(signal @ signal - shrink * (g @ signal) ** 2)
            determinant += log(1 + ratio * length)
        found: Floats = np.asarray(np.linalg.solve(normal, right), dtype=float)
        return found, max(total - float(right @ found), 1e-300), determinant

    def log_likelihood(self, ec50: float, hill: float, ratio: float) -> float:
        """The largest over zero, end and the spread within runs."""
        _, squares, determinant = self.solve(ec50, hill, ratio)
        return self.largest(squares, determinant)

    def largest(self, squares: float, determinant: float) -> float:
        """The log-likelihood of a solution of `least_squares` at the best spread within runs."""
        count = len(self.y)
        return -0.5 * (count * log(squares / count) + determinant + self.constant)


def mixed_logistic(x: Floats, y: Floats, run: Sequence[str], *, weight: Floats) -> MixedCurve:
    """The maximum-likelihood curve of readings `y` at `x` in the runs `run`."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]

    runs = Runs(x, y, run, weight)
    pooled = fit(FOUR, x, y, weight=weight)
    start = [log(pooled.value("EC50")), log(pooled.value("Hill")), 0.0]
    found = minimize(
        lambda p: -runs.log_likelihood(exp(p[0]), exp(p[1]), exp(min(p[2], 50.0))),
        start,
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-11, "maxiter": 4000},
    )
    ec50, hill, ratio = (exp(float(value)) for value in found.x)
    (zero, end), squares, _ = runs.solve(ec50, hill, ratio)
    within = sqrt(squares / len(y))
    return MixedCurve(
        zero=float(zero),
        end=float(end),
        ec50=ec50,
        hill=hill,
        sd_between=sqrt(ratio) * within,
        sd_within=within,
        log_likelihood=-float(found.fun),
    )
