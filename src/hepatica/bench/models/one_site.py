"""One class of sites: B = Bmax L / (Kd + L)."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter

__all__ = ["ONE_SITE", "kd_grid"]


def kd_grid(x: Floats, count: int = 16) -> list[float]:
    """Dissociation constants from a tenth of the lowest to ten times the highest dose."""
    dose = np.unique(x[x > 0])
    if not dose.size:
        return [1.0]
    return list(np.geomspace(dose[0] / 10, dose[-1] * 10, count))


def _bound(x: Floats, bmax: Array, kd: Array) -> Array:
    return bmax * x / (kd + x)


def _gradient(x: Floats, bmax: Array, kd: Array) -> tuple[Array, ...]:
    occupied = x / (kd + x)
    return occupied, -bmax * occupied / (kd + x)


ONE_SITE = Model(
    name="one site",
    parameters=(Parameter(name="Bmax", linear=True), Parameter(name="Kd")),
    function=_bound,
    gradient=_gradient,
    formula="B = Bmax L / (Kd + L)",
    source="GraphPad Curve Fitting Guide, one site: specific binding",
    grid=lambda x, y: [(kd,) for kd in kd_grid(x)],
)
