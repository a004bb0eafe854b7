"""Meta-regression: whether a study's effect changes with something known of the study.

Effects on a moderator with weights 1/(v + tau²), tau² by REML, DerSimonian-Laird's moments or 0;
compared with metafor's rma(mods=) in the tests. It compares studies, not patients: a moderator that
differs between trials cannot be told from all else that differs between them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import normal_quantile, t_p, t_quantile
from hepatica.bench.pool.distributions import chi2_p, normal_p
from hepatica.bench.pool.estimate import Interval, Method
from hepatica.bench.pool.tau2 import highest, reml
from hepatica.errors import InputError

__all__ = ["FEWEST", "Regression", "regress", "weighted_line"]

FEWEST = 10  # studies for each moderator: Cochrane Handbook, section 10.11.4


@dataclass(frozen=True, slots=True)
class Regression:
    """The line through the effects: `intercept` at a moderator of 0, `slope` per unit of it.

    `q` with `df` tests the heterogeneity that is left; `r2` is the percentage of tau² that the
    moderator accounts for, None where there was none to account for.
    """

    moderator: str
    k: int
    intercept: float
    slope: float
    at_zero: Interval
    per_unit: Interval
    tau2: float
    r2: float | None
    q: float
    df: int
    q_p: float
    x: tuple[float, ...]


def regress(
    y: Floats, v: Floats, x: Floats, moderator: str, method: Method = Method.REML, *,
    level: float = 0.95, knapp_hartung: bool = False,
) -> Regression:  # fmt: skip
    """The effects `y` with variances `v` as a line in `x`.

    Raises InputError for fewer than three studies, a moderator that does not vary, and a method
    that has no variance between studies to estimate here (mh, pm).
    """
    k = len(y)
    if k < 3:
        raise InputError(f"a moderator needs three studies or more, there are {k}")
    if float(np.ptp(x)) == 0.0:
        raise InputError(f"--moderator {moderator!r}: {float(x[0]):g} in every study")
    if method not in (Method.REML, Method.DERSIMONIAN_LAIRD, Method.COMMON):
        raise InputError(f"--method {method.value} has no meta-regression; take reml, dl or iv")
    design = np.column_stack([np.ones(k), x])
    tau2 = _tau2(y, v, design, method)
    beta, covariance, left = _line(y, v + tau2, design)
    df = k - 2
    factor = left / df if knapp_hartung else 1.0
    quantile = t_quantile(level, df) if knapp_hartung else normal_quantile(level)
    edges = []
    for place in range(2):
        se = float(np.sqrt(covariance[place, place] * factor))
        z = float(beta[place]) / se if se > 0 else float("inf")
        edges.append(
            Interval(
                low=float(beta[place]) - quantile * se, high=float(beta[place]) + quantile * se,
                level=level, se=se, p=t_p(z, df) if knapp_hartung else normal_p(z),
                df=df if knapp_hartung else None,
            )
        )  # fmt: skip
    q = _line(y, v, design)[2]
    before = _tau2(y, v, np.ones((k, 1)), method)
    return Regression(
        moderator=moderator,
        k=k,
        intercept=float(beta[0]),
        slope=float(beta[1]),
        at_zero=edges[0],
        per_unit=edges[1],
        tau2=tau2,
        r2=100 * max(0.0, (before - tau2) / before) if before > 0 else None,
        q=q,
        df=df,
        q_p=chi2_p(q, df),
        x=tuple(x.tolist()),
    )


def weighted_line(y: Floats, v: Floats, x: Floats) -> tuple[Floats, Floats, float]:
    """Intercept and slope with weights 1/v, their covariance for known v, and Σ residual²/v."""
    return _line(y, v, np.column_stack([np.ones(len(y)), x]))


def _line(y: Floats, variance: Floats, design: Floats) -> tuple[Floats, Floats, float]:
    root = 1 / np.sqrt(variance)
    q, r = np.linalg.qr(design * root[:, None])
    beta = np.linalg.solve(r, q.T @ (y * root))
    inverse = np.linalg.inv(r)
    residual = (y - design @ beta) * root
    return beta, inverse @ inverse.T, float(residual @ residual)


def _tau2(y: Floats, v: Floats, design: Floats, method: Method) -> float:
    k, columns = design.shape
    if method is Method.COMMON:
        return 0.0
    if method is Method.DERSIMONIAN_LAIRD:
        weight = 1 / v
        hat = design @ np.linalg.solve(design.T @ (weight[:, None] * design), design.T)
        spread = float(weight.sum() - (weight**2 * np.diag(hat)).sum())
        return max(0.0, float(_line(y, v, design)[2] - (k - columns)) / spread)
    if columns == 1:
        return reml(y, v)

    def minus_log_likelihood(tau2: float) -> float:
        _, covariance, left = _line(y, v + tau2, design)
        spread = float(np.log(v + tau2).sum()) - log(float(np.linalg.det(covariance)))
        half: float = (spread + left) / 2
        return half

    def score(tau2: float) -> float:
        beta, covariance, _ = _line(y, v + tau2, design)
        weight = 1 / (v + tau2)
        residual = y - design @ beta
        leverage = np.einsum("ij,jk,ik->i", design, covariance, design)
        return float((weight**2 * residual**2).sum() - weight.sum() + (weight**2 * leverage).sum())

    return highest(minus_log_likelihood, score, top=float(100 * (np.ptp(y) ** 2 + v.max())))
