"""Cq from raw fluorescence: the cycle at which a fitted amplification curve bends up most."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.fit import fit_many
from hepatica.bench.model import Model, Parameter
from hepatica.errors import InputError

__all__ = [
    "AMPLIFICATION",
    "no_amplification",
    "second_derivative_maxima",
    "second_derivative_maximum",
]

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


def no_amplification(cycles: Sequence[float]) -> str | None:
    """Why no curve can be fitted to readings at `cycles`, or None."""
    if len(cycles) < FEWEST:
        return f"{len(cycles)} cycles; expected {FEWEST} or more"
    if min(cycles) <= 0:
        return f"cycle {min(cycles):g}; expected cycles counted from 1"
    return None


def second_derivative_maximum(cycles: Sequence[float], fluorescence: Sequence[float]) -> float:
    """The Cq of one well: where the second derivative of the fitted curve is largest, to 0.01.

    InputError for fewer than ten cycles, readings that are not numbers, and a curve that does not
    rise above its scatter or bends most at its end: such a well has no Cq.
    """
    if len(cycles) != len(fluorescence):
        raise InputError(f"{len(cycles)} cycles and {len(fluorescence)} readings; expected as many")
    if not np.isfinite([*cycles, *fluorescence]).all():
        raise InputError("a cycle or a reading of the amplification curve is no number")
    reason = no_amplification(cycles)
    if reason is not None:
        raise InputError(f"an amplification curve of {reason}")
    (found,) = second_derivative_maxima(cycles, [fluorescence])
    if found is None:
        raise InputError(
            "the fluorescence does not rise above its scatter before the last cycle: the well has "
            "no Cq"
        )
    return found


def second_derivative_maxima(
    cycles: Sequence[float], fluorescence: Sequence[Sequence[float]]
) -> list[float | None]:
    """The Cq of wells read at the same cycles, one row a well; None for a well that has none."""
    x, y = np.asarray(cycles, dtype=float), np.asarray(fluorescence, dtype=float)
    fits = fit_many(AMPLIFICATION, x, y, tries=4, tolerance=1e-9, limit=1000)
    places = np.arange(x.min(), x.max() + STEP / 2, STEP)
    height = AMPLIFICATION.predict(places, fits.values)
    bend = np.diff(height, 2, axis=1)
    best = bend.argmax(axis=1)
    rmse = np.sqrt(fits.ss / max(len(x) - len(AMPLIFICATION.parameters), 1))
    rises = height[:, -1] - height[:, 0] > 5 * rmse
    inside = (best > 0) & (best < bend.shape[1] - 1)
    return [
        float(np.round(places[place + 1], 2)) if fine else None
        for place, fine in zip(best, rises & inside, strict=True)
    ]
