"""EC10, EC90 and the like: the dose with a given share of the effect."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.fit import Fit
from hepatica.bench.models.logistic import FIVE_EFFECT

__all__ = ["effective_dose"]


def effective_dose(
    fitted: Fit, share: float, covariance: Floats | None = None
) -> tuple[float, float]:
    """The dose with `share` (0 to 1) of a logistic effect, and the SE of the dose's logarithm.

    Three and four parameters: EC50 (share/(1 - share))^(1/Hill). Five: C ((1 - share)^(-1/S) - 1)
    ^(1/Hill) with C from EC50, and C (share^(-1/S) - 1)^(-1/Hill) where S is of the effect. The
    standard error is by the delta method, from `covariance` of theta where another one than the
    fit's own is wanted. ValueError for a share outside 0 to 1.
    """
    if not 0 < share < 1:
        raise ValueError(f"share {share!r}: expected a number between 0 and 1")
    names = fitted.names
    theta = fitted.fits.theta[0]
    held = fitted.fits.covariance[0] if covariance is None else covariance
    left, sign = (share, -1) if fitted.base is FIVE_EFFECT else (1 - share, 1)

    def log_dose(at: Floats) -> float:
        values = dict(zip(names, fitted.model.values(at), strict=True))
        hill, asymmetry = values.get("Hill", 1.0), values.get("asymmetry", 1.0)
        half = np.log(np.expm1(np.log(2.0) / asymmetry))
        reach = np.log(np.expm1(-np.log(left) / asymmetry))
        return float(np.log(values["EC50"]) + sign * (reach - half) / hill)

    slope = np.zeros(len(names))
    for place in range(len(names)):
        step = np.zeros(len(names))
        step[place] = 1e-6
        slope[place] = (log_dose(theta + step) - log_dose(theta - step)) / 2e-6
    used = slope != 0
    with np.errstate(invalid="ignore"):  # an asymmetry that the data do not bound has no variance
        variance = slope[used] @ held[np.ix_(used, used)] @ slope[used]
        return float(np.exp(log_dose(theta))), float(np.sqrt(variance))
