"""Binding with a Hill slope: B = Bmax L^h / (Kd^h + L^h)."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.one_site import kd_grid

__all__ = ["HILL"]


def _bound(x: Floats, bmax: Array, kd: Array, hill: Array) -> Array:
    positive = x > 0
    exponent = hill * (np.log(np.where(positive, x, 1.0)) - np.log(kd))
    exponent = np.where(np.real(exponent) < -600, -600.0, exponent)
    return bmax * np.where(positive, 1 / (1 + np.exp(-exponent)), 0.0)


HILL = Model(
    name="one site with Hill slope",
    parameters=(
        Parameter(name="Bmax", linear=True),
        Parameter(name="Kd"),
        Parameter(name="Hill"),
    ),
    function=_bound,
    formula="B = Bmax L^Hill / (Kd^Hill + L^Hill)",
    source="GraphPad Curve Fitting Guide, specific binding with Hill slope",
    grid=lambda x, y: [(kd, hill) for kd in kd_grid(x, 12) for hill in (0.6, 1.0, 1.7)],
)
