"""Two classes of sites: the sum of two hyperbolas, the high-affinity one named first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.one_site import kd_grid

__all__ = ["TWO_SITE"]


def _bound(x: Floats, high: Array, kd: Array, low: Array, ratio: Array) -> Array:
    # KdLo = KdHi (1 + ratio): the two sites cannot change places
    result: Array = high * x / (kd + x) + low * x / (kd * (1 + ratio) + x)
    return result


def _grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
    return [(first, second / first - 1) for first, second in combinations(kd_grid(x, 10), 2)]


TWO_SITE = Model(
    name="two sites",
    parameters=(
        Parameter(name="BmaxHi", linear=True),
        Parameter(name="KdHi"),
        Parameter(name="BmaxLo", linear=True),
        Parameter(name="ratio"),
    ),
    function=_bound,
    formula="B = BmaxHi L / (KdHi + L) + BmaxLo L / (KdLo + L), KdLo = KdHi (1 + ratio)",
    source="GraphPad Curve Fitting Guide, two sites: specific binding",
    grid=_grid,
)
