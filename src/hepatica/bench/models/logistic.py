"""Logistic curves of three, four and five parameters, for concentration-response and standards."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter

__all__ = ["FIVE", "FIVE_EFFECT", "FOUR", "THREE", "ec_grid", "inverse"]

ENDS = (
    Parameter(name="zero", scale="plain", linear=True),
    Parameter(name="end", scale="plain", linear=True),
)


def ec_grid(x: Floats) -> list[float]:
    """Twelve EC50 values from a third of the lowest to three times the highest dose above zero."""
    dose = np.unique(x[x > 0])
    if not dose.size:
        return [1.0]
    return list(np.geomspace(dose[0] / 3, dose[-1] * 3, 12))


def _share(x: Floats, ec50: Array, hill: Array) -> Array:
    """x^h / (EC50^h + x^h), 0 at a dose of zero, complex values passing through."""
    positive = x > 0
    log_x = np.log(np.where(positive, x, 1.0))
    exponent = hill * (log_x - np.log(ec50))
    exponent = np.where(np.real(exponent) < -600, -600.0, exponent)
    return np.where(positive, 1 / (1 + np.exp(-exponent)), 0.0)


def _four(x: Floats, zero: Array, end: Array, ec50: Array, hill: Array) -> Array:
    result: Array = zero + (end - zero) * _share(x, ec50, hill)
    return result


def _four_gradient(
    x: Floats, zero: Array, end: Array, ec50: Array, hill: Array
) -> tuple[Array, ...]:
    share = _share(x, ec50, hill)
    slope = (end - zero) * share * (1 - share)
    distance = np.log(np.where(x > 0, x, 1.0)) - np.log(ec50)
    return 1 - share, share, -slope * hill / ec50, slope * distance


# `zero` is the response without drug, `end` that at infinite dose: a falling curve has end < zero
# and a positive slope like a rising one, so that no curve has two descriptions.
FOUR = Model(
    name="four-parameter logistic",
    parameters=(*ENDS, Parameter(name="EC50"), Parameter(name="Hill")),
    function=_four,
    gradient=_four_gradient,
    formula="Y = zero + (end - zero) x^Hill / (EC50^Hill + x^Hill)",
    source="GraphPad Curve Fitting Guide, log(agonist) vs. response; drc LL.4 with b = +-Hill",
    grid=lambda x, y: [(ec50, hill) for ec50 in ec_grid(x) for hill in (0.5, 1.0, 2.0, 5.0)],
)


def _three(x: Floats, zero: Array, end: Array, ec50: Array) -> Array:
    return _four(x, zero, end, ec50, np.ones_like(ec50))


def _three_gradient(x: Floats, zero: Array, end: Array, ec50: Array) -> tuple[Array, ...]:
    return _four_gradient(x, zero, end, ec50, np.ones_like(ec50))[:3]


THREE = Model(
    name="three-parameter logistic",
    parameters=(*ENDS, Parameter(name="EC50")),
    function=_three,
    gradient=_three_gradient,
    formula="Y = zero + (end - zero) x / (EC50 + x)",
    source="GraphPad Curve Fitting Guide, log(agonist) vs. response, slope 1",
    grid=lambda x, y: [(ec50,) for ec50 in ec_grid(x)],
)


def _five(x: Floats, zero: Array, end: Array, ec50: Array, hill: Array, asymmetry: Array) -> Array:
    result: Array = end + (zero - end) * _skewed(x, ec50, hill, asymmetry, 1, 1.0)
    return result


def _five_effect(
    x: Floats, zero: Array, end: Array, ec50: Array, hill: Array, asymmetry: Array
) -> Array:
    result: Array = zero + (end - zero) * _skewed(x, ec50, hill, asymmetry, -1, 0.0)
    return result


def _skewed(
    x: Floats, ec50: Array, hill: Array, asymmetry: Array, sign: int, at_zero: float
) -> Array:
    """(1 + (x/C)^(sign Hill))^-asymmetry, one half at EC50, complex values passing through."""
    positive = x > 0
    log_x = np.log(np.where(positive, x, 1.0))
    half = np.log(np.expm1(np.log(2.0) / asymmetry))
    exponent = sign * hill * (log_x - np.log(ec50)) + half
    exponent = np.where(np.real(exponent) > 600, 600.0, exponent)
    result: Array = np.where(positive, np.exp(-asymmetry * np.log1p(np.exp(exponent))), at_zero)
    return result


SKEWED = (*ENDS, Parameter(name="EC50"), Parameter(name="Hill"), Parameter(name="asymmetry"))


def _skewed_grid(x: Floats, y: Floats) -> list[tuple[float, ...]]:
    return [
        (ec50, hill, asymmetry)
        for ec50 in ec_grid(x)
        for hill in (0.5, 1.0, 2.0, 5.0)
        for asymmetry in (0.4, 1.0, 2.5)
    ]


# The two forms mirror each other on the dose axis and agree at asymmetry 1. Where asymmetry is
# far from 1 in one of them, the other cannot follow: its own goes to infinity.
FIVE = Model(
    name="five-parameter logistic",
    parameters=SKEWED,
    function=_five,
    formula="Y = end + (zero - end) / (1 + (x/C)^Hill)^asymmetry, "
    "EC50 = C (2^(1/asymmetry) - 1)^(1/Hill)",
    source="ELISA form D + (A - D)/(1 + (x/C)^B)^G (zero = A, end = D); of a falling curve also "
    "Prism's and drc's LL.5",
    grid=_skewed_grid,
)
FIVE_EFFECT = Model(
    name="five-parameter logistic of the effect",
    parameters=SKEWED,
    function=_five_effect,
    formula="Y = zero + (end - zero) / (1 + (C/x)^Hill)^asymmetry, "
    "EC50 = C (2^(1/asymmetry) - 1)^(-1/Hill)",
    source="GraphPad Curve Fitting Guide, asymmetrical (five parameter), and drc's LL.5 with "
    "b = -Hill, both of a rising curve",
    grid=_skewed_grid,
)


def inverse(
    y: Array | float,
    zero: Array | float,
    end: Array | float,
    ec50: Array | float,
    hill: Array | float,
    asymmetry: Array | float,
) -> Array:
    """The dose at which a five-parameter logistic (asymmetry 1: four) reads `y`.

    x = C (((zero - end)/(y - end))^(1/asymmetry) - 1)^(1/Hill); NaN outside the two plateaus.
    """
    with np.errstate(all="ignore"):
        c = ec50 / np.expm1(np.log(2.0) / asymmetry) ** (1 / hill)
        ratio = (zero - end) / (y - end)
        return np.where(ratio > 1, c * (ratio ** (1 / asymmetry) - 1) ** (1 / hill), np.nan)
