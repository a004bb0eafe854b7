"""Mantel and Haenszel's pooled ratio or difference: no study needs a correction.

Odds ratio with the variance of Robins, Breslow and Greenland (1986, doi 10.2307/2531052), risk
ratio with that of Greenland and Robins (1985, doi 10.2307/2530643), risk difference with that of
Sato, Greenland and Robins (1989), as in metafor's rma.mh; compared with it to 8 digits in the
tests. Empty cells enter as they are. Only when an arm is without events over all studies does the
ratio not exist; then there is an error, not a corrected number.
"""

from __future__ import annotations

import numpy as np

from hepatica.bench.pool.distributions import chi2_p
from hepatica.bench.pool.effects import Effects, Measure, Tables
from hepatica.bench.pool.estimate import Estimate, Heterogeneity, Method, normal_interval
from hepatica.errors import InputError

__all__ = ["mantel_haenszel"]


def mantel_haenszel(measure: Measure, given: Effects, *, level: float = 0.95) -> Estimate:
    """The pooled effect of the tables of `given`, on the scale of analysis.

    Q is taken about the pooled value with inverse-variance weights, as in metafor. Raises
    InputError when the ratio does not exist.
    """
    if not given.labels:
        raise InputError("no study is left to pool; see what was left out and why")
    value, variance, weight = {
        Measure.ODDS_RATIO: _odds_ratio,
        Measure.RISK_RATIO: _risk_ratio,
        Measure.RISK_DIFFERENCE: _risk_difference,
    }[measure](given.tables)
    q = float((((given.y - value) ** 2) / given.v).sum())
    df = len(given.y) - 1
    return Estimate(
        method=Method.MANTEL_HAENSZEL,
        k=len(given.y),
        value=value,
        interval=normal_interval(value, float(np.sqrt(variance)), level),
        knapp_hartung=None,
        heterogeneity=Heterogeneity(
            q=q,
            df=df,
            p=chi2_p(q, df) if df else None,
            i2=100 * max(0.0, (q - df) / q) if q > 0 and df else 0.0,
            h2=q / df if df else 1.0,
            tau2=0.0,
            tau2_low=None,
            tau2_high=None,
        ),
        prediction=None,
        weights=weight,
    )


Parts = tuple[float, float, tuple[float, ...]]


def _shares(w: np.ndarray[tuple[int], np.dtype[np.float64]]) -> tuple[float, ...]:
    return tuple((100 * w / w.sum()).tolist()) if w.sum() > 0 else tuple(0.0 for _ in w)


def _odds_ratio(t: Tables) -> Parts:
    n = t.n1 + t.n2
    r, s = t.a * t.d / n, t.b * t.c / n
    p, q = (t.a + t.d) / n, (t.b + t.c) / n
    top, bottom = float(r.sum()), float(s.sum())
    _exists("odds ratio", top, bottom)
    variance = (
        float((p * r).sum()) / top**2
        + float((p * s + q * r).sum()) / (top * bottom)
        + float((q * s).sum()) / bottom**2
    ) / 2
    return float(np.log(top / bottom)), variance, _shares(s)


def _risk_ratio(t: Tables) -> Parts:
    n = t.n1 + t.n2
    r, s = t.a * t.n2 / n, t.c * t.n1 / n
    top, bottom = float(r.sum()), float(s.sum())
    _exists("risk ratio", top, bottom)
    variance = float((t.n1 * t.n2 * (t.a + t.c) / n**2 - t.a * t.c / n).sum()) / (top * bottom)
    return float(np.log(top / bottom)), variance, _shares(s)


def _risk_difference(t: Tables) -> Parts:
    n = t.n1 + t.n2
    w = t.n1 * t.n2 / n
    value = float(((t.a * t.n2 - t.c * t.n1) / n).sum() / w.sum())
    first = t.c * (t.n1 / n) ** 2 - t.a * (t.n2 / n) ** 2
    first = first + (t.n1 / n) * (t.n2 / n) * (t.n2 - t.n1) / 2
    second = (t.a * (t.n2 - t.c) + t.c * (t.n1 - t.a)) / n / 2
    variance = float((value * first.sum() + second.sum()) / w.sum() ** 2)
    if variance <= 0:
        raise InputError("the risk difference has no variance: no arm has both outcomes")
    return value, variance, _shares(w)


def _exists(name: str, top: float, bottom: float) -> None:
    if top <= 0 or bottom <= 0:
        raise InputError(
            f"the Mantel-Haenszel {name} does not exist: one arm has no events in any study; "
            "use --measure rd"
        )
