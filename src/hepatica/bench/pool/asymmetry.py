"""Egger's test: do smaller studies show other effects than larger ones?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import t_p, t_quantile
from hepatica.bench.pool.regression import weighted_line

__all__ = ["FEWEST", "Asymmetry", "egger"]

FEWEST = 10  # studies: Sterne and others 2011, BMJ 343:d4002


@dataclass(frozen=True, slots=True)
class Asymmetry:
    """The slope of the effect on its standard error (Egger's bias) with t, df and p.

    `limit` with its interval is the effect of a study without error, on the scale of analysis.
    """

    bias: float
    se: float
    t: float
    df: int
    p: float
    limit: float
    limit_low: float
    limit_high: float


def egger(y: Floats, v: Floats, level: float = 0.95) -> Asymmetry | None:
    """Egger's regression of the effects `y` on their standard errors, weights 1/v.

    The variance is multiplied by the scatter about the line, t has k - 2 degrees of freedom
    (metafor's regtest, model "lm"). None with fewer than three studies or equal standard errors.
    A log odds ratio and its standard error are related without any bias, so that the test finds
    too much where effects are large.
    """
    se = np.sqrt(v)
    df = len(y) - 2
    if df < 1 or float(np.ptp(se)) < 1e-12 * float(se.max()):
        return None
    line, covariance, left = weighted_line(y, v, se)
    spread = np.sqrt(np.diag(covariance) * left / df)
    if not spread[1] > 0:
        return None
    t = float(line[1] / spread[1])
    reach = t_quantile(level, df) * float(spread[0])
    return Asymmetry(
        bias=float(line[1]),
        se=float(spread[1]),
        t=t,
        df=df,
        p=t_p(t, df),
        limit=float(line[0]),
        limit_low=float(line[0]) - reach,
        limit_high=float(line[0]) + reach,
    )
