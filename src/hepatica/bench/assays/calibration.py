"""Reading a standard curve backwards: from a signal to a concentration with its interval."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, isfinite, log, sqrt

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import t_quantile
from hepatica.bench.fit import Fit
from hepatica.bench.models.logistic import inverse

__all__ = ["Calibration", "Reading", "logistic_calibration", "wider"]


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A concentration read from the curve, with interval and standard error of its logarithm."""

    value: float
    low: float
    high: float
    se_log: float


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """A monotone standard curve.

    `invert` gives the concentration of a signal (None beyond the curve), `slope` the change of
    signal with log concentration, `gradient` that with each fitted parameter, whose covariance is
    `covariance`; `variance` is that of one well at a signal.
    """

    invert: Callable[[float], float | None]
    slope: Callable[[float], float]
    gradient: Callable[[float], Floats]
    covariance: Floats
    variance: Callable[[float], float]
    df: int

    def read(
        self, signal: float, wells: int, level: float, own: float | None = None
    ) -> Reading | None:
        """The concentration of the mean `signal` of `wells` wells; None beyond the curve.

        Var(log x) = (Var(y)/wells + g' C g) / (dy/dlog x)²: the scatter of the sample's wells and
        the uncertainty of the curve, by the delta method on the log scale. `own` is the variance of
        the sample's own wells where they disagree more than the weights let expect; see `wider`.
        """
        value = self.invert(signal)
        if value is None or not isfinite(value) or value <= 0:
            return None
        slope = self.slope(value)
        gradient = self.gradient(value)
        if slope == 0 or self.df < 1:
            return None
        spread, df = wider(self.variance(signal), self.df, own, wells)
        variance = spread / wells + float(gradient @ self.covariance @ gradient)
        se = sqrt(variance) / abs(slope)
        reach = t_quantile(level, df) * se
        if not isfinite(reach) or reach > 50:
            return None
        return Reading(
            value=value, low=exp(log(value) - reach), high=exp(log(value) + reach), se_log=se
        )


def wider(spread: float, df: int, own: float | None, wells: int) -> tuple[float, int]:
    """The variance of a well by the curve, with its degrees of freedom, or `own` if that is wider.

    `own` is the variance of a sample's `wells` wells about their mean.
    """
    return (spread, df) if own is None or own <= spread else (own, min(wells - 1, df))


def logistic_calibration(fitted: Fit, weight: str, subtracted: float = 0.0) -> Calibration:
    """The calibration of a fitted four- or five-parameter logistic.

    `weight` says how the variance of a reading goes with it (see `fit.weights`), counted with the
    blank of size `subtracted` that was taken from it.
    """
    model, fits = fitted.model, fitted.fits
    values = fits.values[0]
    theta = fits.theta[0]
    variance = fitted.ss / fitted.df if fitted.df > 0 else float("inf")

    def invert(signal: float) -> float | None:
        zero, end, ec50, hill = values[:4]
        asymmetry = values[4] if len(values) > 4 else 1.0
        found = float(inverse(np.asarray(signal), zero, end, ec50, hill, asymmetry))
        return found if isfinite(found) else None

    def slope(x: float) -> float:
        step = 1e-5
        ends = model.predict(np.array([x * exp(-step), x * exp(step)]), values)
        return float(ends[1] - ends[0]) / (2 * step)

    def gradient(x: float) -> Floats:
        row: Floats = np.real(model.derivatives(np.array([x]), theta[None])[0, 0])
        return row

    def spread(signal: float) -> float:
        power = {"none": 0, "1/y": 1, "1/y2": 2}[weight]
        return variance * abs(signal + subtracted) ** power

    return Calibration(
        invert=invert,
        slope=slope,
        gradient=gradient,
        covariance=fits.covariance[0],
        variance=spread,
        df=fitted.df,
    )
