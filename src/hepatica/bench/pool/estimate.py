"""A pooled estimate with its interval, its heterogeneity and the range for a new study."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import normal_quantile, t_p, t_quantile
from hepatica.bench.pool.distributions import chi2_p, chi2_quantile, normal_p
from hepatica.bench.pool.tau2 import ESTIMATORS, q_at, q_profile, weighted_mean
from hepatica.errors import InputError

__all__ = ["Estimate", "Heterogeneity", "Interval", "Method", "inverse_variance"]


class Method(StrEnum):
    """How studies are combined."""

    MANTEL_HAENSZEL = "mh"
    COMMON = "iv"
    DERSIMONIAN_LAIRD = "dl"
    PAULE_MANDEL = "pm"
    REML = "reml"
    GLMM = "glmm"

    @property
    def words(self) -> str:
        return {
            "mh": "Mantel-Haenszel, common effect",
            "iv": "inverse variance, common effect",
            "dl": "inverse variance, random effects (DerSimonian-Laird)",
            "pm": "inverse variance, random effects (Paule-Mandel)",
            "reml": "inverse variance, random effects (REML)",
            "glmm": "binomial likelihood, random intercept (maximum likelihood)",
        }[self.value]

    @property
    def is_random(self) -> bool:
        return self is Method.GLMM or self.value in ESTIMATORS


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval at `level`; `df` is of Student's t, None for the normal."""

    low: float
    high: float
    level: float
    se: float
    p: float
    df: int | None = None


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Cochran's Q with df and p, I² in percent, H², tau² with its Q-profile interval."""

    q: float
    df: int
    p: float | None
    i2: float
    h2: float
    tau2: float
    tau2_low: float | None
    tau2_high: float | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """The pooled effect on the scale of analysis (a logarithm for ratios).

    `interval` is the one asked for, `knapp_hartung` that of Knapp and Hartung, where it exists.
    `prediction` covers the effect in a new study like these: t with k - 2 degrees of freedom.
    `weights` are percentages in the order of the studies; none under a binomial likelihood.
    """

    method: Method
    k: int
    value: float
    interval: Interval
    knapp_hartung: Interval | None
    heterogeneity: Heterogeneity
    prediction: tuple[float, float] | None
    weights: tuple[float, ...]


def inverse_variance(
    y: Floats, v: Floats, method: Method, *, level: float = 0.95, knapp_hartung: bool = False,
    guard: bool = True,
) -> Estimate:  # fmt: skip
    """Pools effects `y` with variances `v` by the inverse of the variance.

    Knapp and Hartung's interval takes the spread of the effects about their mean and Student's t
    with k - 1 degrees of freedom. `guard` keeps it from coming out narrower than the usual one for
    effects that agree by chance: the factor is at least 1 (the modified method recommended in
    PMC4647507 for few studies of unlike size). Raises InputError without a study, and for
    Knapp-Hartung with one.
    """
    k = len(y)
    if k == 0:
        raise InputError("no study is left to pool; see what was left out and why")
    if method not in (Method.COMMON, *(Method(name) for name in ESTIMATORS)):
        raise InputError(f"--method {method.value} does not weight by the inverse of the variance")
    if knapp_hartung and k < 2:
        raise InputError("Knapp-Hartung needs two studies or more, there is 1")
    tau2 = ESTIMATORS[method.value](y, v) if method.is_random and k > 1 else 0.0
    w = 1 / (v + tau2)
    value = weighted_mean(y, w)
    se = float(1 / np.sqrt(w.sum()))
    normal = normal_interval(value, se, level)
    student = _knapp_hartung(y, w, value, se, level, guard) if k > 1 else None
    return Estimate(
        method=method,
        k=k,
        value=value,
        interval=student if knapp_hartung and student is not None else normal,
        knapp_hartung=student,
        heterogeneity=heterogeneity(y, v, tau2, level, random=method.is_random),
        prediction=prediction(value, se, tau2, k, level) if method.is_random else None,
        weights=tuple((100 * w / w.sum()).tolist()),
    )


def normal_interval(value: float, se: float, level: float) -> Interval:
    """Value ± z·se."""
    half = normal_quantile(level) * se
    return Interval(low=value - half, high=value + half, level=level, se=se, p=normal_p(value / se))


def prediction(
    value: float, se: float, tau2: float, k: int, level: float
) -> tuple[float, float] | None:
    """Value ± t(k - 2)·√(tau² + se²); needs three studies."""
    if k < 3:
        return None
    half = t_quantile(level, k - 2) * float(np.sqrt(tau2 + se**2))
    return value - half, value + half


def heterogeneity(
    y: Floats, v: Floats, tau2: float, level: float, *, random: bool
) -> Heterogeneity:
    """Q about the common effect; I² and H² from tau² under random effects, else from Q.

    I² = tau² / (tau² + s²), s² the typical variance (k - 1)·Σw / ((Σw)² - Σw²), as metafor does.
    """
    k, w = len(y), 1 / v
    q, df = q_at(y, v, 0.0), k - 1
    if df == 0:
        return Heterogeneity(
            q=0.0, df=0, p=None, i2=0.0, h2=1.0, tau2=0.0, tau2_low=None, tau2_high=None
        )
    typical = df * w.sum() / (w.sum() ** 2 - (w**2).sum())
    i2 = tau2 / (tau2 + typical) if random else max(0.0, (q - df) / q) if q > 0 else 0.0
    h2 = tau2 / typical + 1 if random else q / df
    low, high = q_profile(y, v, lambda share: chi2_quantile(share, df), level)
    return Heterogeneity(
        q=q, df=df, p=chi2_p(q, df), i2=100 * float(i2), h2=float(h2), tau2=tau2,
        tau2_low=low, tau2_high=high,
    )  # fmt: skip


def _knapp_hartung(
    y: Floats, w: Floats, value: float, se: float, level: float, guard: bool
) -> Interval:
    df = len(y) - 1
    factor = float((w * (y - value) ** 2).sum()) / df
    wide = se * float(np.sqrt(max(1.0, factor) if guard else factor))
    half = t_quantile(level, df) * wide
    p = t_p(value / wide, df) if wide > 0 else 0.0
    return Interval(low=value - half, high=value + half, level=level, se=wide, p=p, df=df)
