"""One class of sites: B = Bmax L / (Kd + L)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter

__all__ = ["SPECIFIC", "TOTAL", "TOTAL_AND_NONSPECIFIC", "kd_grid"]

GUIDE = "GraphPad Curve Fitting Guide, one site: total and non-specific binding"


def kd_grid(x: Floats) -> list[float]:
    """Sixteen dissociation constants from a tenth of the lowest to ten times the highest dose."""
    dose = np.unique(np.abs(x[x > 0]))
    if not dose.size:
        return [1.0]
    return list(np.geomspace(dose[0] / 10, dose[-1] * 10, 16))


def _specific(x: Floats, bmax: Array, kd: Array) -> Array:
    return bmax * x / (kd + x)


def _specific_gradient(x: Floats, bmax: Array, kd: Array) -> tuple[Array, ...]:
    occupied = x / (kd + x)
    return occupied, -bmax * occupied / (kd + x)


SPECIFIC = Model(
    name="one site",
    parameters=(Parameter(name="Bmax", linear=True), Parameter(name="Kd")),
    function=_specific,
    gradient=_specific_gradient,
    formula="B = Bmax L / (Kd + L)",
    source=GUIDE,
    grid=lambda x, y: [(kd,) for kd in kd_grid(x)],
)


def _total(x: Floats, bmax: Array, kd: Array, ns: Array, bg: Array) -> Array:
    return bmax * x / (kd + x) + ns * x + bg


def _total_gradient(x: Floats, bmax: Array, kd: Array, ns: Array, bg: Array) -> tuple[Array, ...]:
    occupied = x / (kd + x)
    shape = np.broadcast_to(0 * kd, occupied.shape)
    return occupied, -bmax * occupied / (kd + x), x + shape, 1 + shape


NONSPECIFIC = (
    Parameter(name="NS", scale="plain", linear=True),
    Parameter(name="background", scale="plain", linear=True),
)

TOTAL = Model(
    name="one site, total binding",
    parameters=(Parameter(name="Bmax", linear=True), Parameter(name="Kd"), *NONSPECIFIC),
    function=_total,
    gradient=_total_gradient,
    formula="total = Bmax L / (Kd + L) + NS L + background",
    source=GUIDE,
    grid=lambda x, y: [(kd,) for kd in kd_grid(x)],
)


def _both(x: Floats, bmax: Array, kd: Array, ns: Array, bg: Array) -> Array:
    return x[1] * bmax * x[0] / (kd + x[0]) + ns * x[0] + bg


def _both_gradient(x: Floats, bmax: Array, kd: Array, ns: Array, bg: Array) -> tuple[Array, ...]:
    occupied = x[1] * x[0] / (kd + x[0])
    shape = np.broadcast_to(0 * kd, occupied.shape)
    return occupied, -bmax * occupied / (kd + x[0]), x[0] + shape, 1 + shape


def _both_grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
    return [(kd,) for kd in kd_grid(x[0])]


# x[0] is the free ligand, x[1] is 1 for total and 0 for non-specific binding.
TOTAL_AND_NONSPECIFIC = Model(
    name="one site, total and non-specific",
    parameters=TOTAL.parameters,
    function=_both,
    gradient=_both_gradient,
    formula="total = Bmax L / (Kd + L) + NS L + background; non-specific = NS L + background; "
    "NS and background shared",
    source=GUIDE,
    grid=_both_grid,
)
