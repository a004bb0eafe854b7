"""Cq from raw fluorescence: the cycle at which a fitted amplification curve bends up most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.fit import fit
from hepatica.bench.model import Model, Parameter
from hepatica.errors import InputError

__all__ = ["AMPLIFICATION", "second_derivative_maximum"]

FEWEST = 10  # cycles
STEP = 0.01  # cycles between the places where the second derivative is looked at


def _curve(x: Floats, base: Array, top: Array, middle: Array, slope: Array, skew: Array) -> Array:
    exponent = slope * (np.log(middle) - np.log(x))
    exponent = np.where(np.real(exponent) > 600, 600.0, exponent)
    result: Array = base + (top - base) * np.exp(-skew * np.log1p(np.exp(exponent)))
    return result


def _grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
    return [
        (middle, slope, skew)
        for middle in np.linspace(float(x.min()) + 1, float(x.max()), 12)
        for slope in (5.0, 12.0, 30.0, 80.0)
        for skew in (0.4, 1.0, 2.5)
    ]


AMPLIFICATION = Model(
    name="amplification curve",
    parameters=(
        Parameter(name="base", scale="plain", linear=True),
        Parameter(name="top", scale="plain", linear=True),
        Parameter(name="middle"),
        Parameter(name="slope"),
        Parameter(name="skew"),
    ),
    function=_curve,
    formula="F = base + (top - base) / (1 + (middle/cycle)^slope)^skew",
    source="five-parameter logistic of qPCR curves, as the model l5 of the R package qpcR",
    grid=_grid,
)


def second_derivative_maximum(cycles: Sequence[float], fluorescence: Sequence[float]) -> float:
    """The Cq of one well: where the second derivative of the fitted curve is largest, to 0.01.

    InputError for fewer than ten cycles, readings that are not numbers, and a curve that does not
    rise above its scatter or whose bend lies at an end: such a well has no Cq.
    """
    x, y = np.asarray(cycles, dtype=float), np.asarray(fluorescence, dtype=float)
    if x.shape != y.shape or x.ndim != 1 or len(x) < FEWEST:
        raise InputError(f"{x.size} cycles and {y.size} readings; expected {FEWEST} or more alike")
    if not (np.isfinite(x).all() and np.isfinite(y).all() and (x > 0).all()):
        raise InputError("a cycle or a reading of the amplification curve is no number")
    fitted = fit(AMPLIFICATION, x, y)
    rise = abs(float(fitted.predict(x[-1:])[0] - fitted.predict(x[:1])[0]))
    if not rise > 5 * fitted.rmse or fitted.value("top") < fitted.value("base"):
        raise InputError("the fluorescence does not rise above its scatter: the well has no Cq")
    places = np.arange(x.min(), x.max() + STEP / 2, STEP)
    height = fitted.predict(places)
    bend = np.diff(height, 2)
    best = int(np.argmax(bend))
    if best in (0, len(bend) - 1):
        raise InputError("the amplification curve bends most at its end: the well has no Cq")
    return float(np.round(places[best + 1], 2))
