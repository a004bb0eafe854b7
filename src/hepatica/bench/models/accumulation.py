"""Inositol phosphate over time: made at a rate that desensitises, kept by lithium or lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.kinetics import rate_grid
from hepatica.bench.models.logistic import ec_grid

__all__ = ["ACCUMULATION", "LINE", "LOSS", "LOSS_ONLY", "RECOVERY"]


def _surface(x: Floats, rate: Array, kdes: Array, ka: Array, basal: Array) -> Array:
    dose, time = x[0], x[1]
    share = dose / (dose + ka)
    # (1 - exp(-k s t))/k: for k s t -> 0 this is s t, and complex steps pass
    result: Array = basal + rate * -np.expm1(-kdes * share * time) / kdes
    return result


# x[0] agonist in nM, x[1] time in min.
ACCUMULATION = Model(
    name="accumulation with desensitisation",
    parameters=(
        Parameter(name="rate", linear=True),
        Parameter(name="kdes"),
        Parameter(name="KA"),
        Parameter(name="basal", scale="plain", linear=True),
    ),
    function=_surface,
    formula="IP = basal + rate/kdes (1 - exp(-kdes s t)), s = A/(A + KA)",
    source="initial rate and desensitisation as in Hoare 2020 (doi 10.1038/s41598-020-67844-3) "
    "with product loss blocked by lithium; checked against the differential equation",
    grid=lambda x, y: [(kdes, ka) for kdes in rate_grid(x[1]) for ka in ec_grid(x[0])],
)


def _line(x: Floats, rate: Array, ka: Array, basal: Array) -> Array:
    result: Array = basal + rate * x[0] / (x[0] + ka) * x[1]
    return result


# The null of desensitisation: the rate never falls.
LINE = Model(
    name="accumulation at a constant rate",
    parameters=(
        Parameter(name="rate", linear=True),
        Parameter(name="KA"),
        Parameter(name="basal", scale="plain", linear=True),
    ),
    function=_line,
    formula="IP = basal + rate s t, s = A/(A + KA)",
    source="Hoare 2020, straight line",
    grid=lambda x, y: [(ka,) for ka in ec_grid(x[0])],
)


def _loss(x: Floats, rate: Array, kdes: Array, kdeg: Array, ka: Array, basal: Array) -> Array:
    dose, time = x[0], x[1]
    share = dose / (dose + ka)
    # (exp(-kdeg t) - exp(-kdes s t))/(kdes s - kdeg), the slower rate taken out: no cancellation
    fast = kdes * share
    swap = np.real(fast) < np.real(kdeg)
    slow, fast = np.where(swap, fast, kdeg), np.where(swap, kdeg, fast)
    z = (fast - slow) * time
    small = np.abs(z) < 1e-5
    safe = np.where(small, 1.0, z)
    shape = np.where(small, 1 - z / 2 + z * z / 6, -np.expm1(-safe) / safe)
    result: Array = basal + rate * share * time * np.exp(-slow * time) * shape
    return result


# Without lithium: the product is lost at kdeg while it is made (rise and fall).
LOSS = Model(
    name="formation with desensitisation and loss",
    parameters=(
        Parameter(name="rate", linear=True),
        Parameter(name="kdes"),
        Parameter(name="kdeg"),
        Parameter(name="KA"),
        Parameter(name="basal", scale="plain", linear=True),
    ),
    function=_loss,
    formula="IP = basal + rate s/(kdes s - kdeg) (exp(-kdeg t) - exp(-kdes s t)), s = A/(A + KA)",
    source="rise and fall to zero as in Hoare 2020 (doi 10.1038/s41598-020-67844-3)",
    grid=lambda x, y: [
        (kdes, kdeg, ka)
        for kdes in rate_grid(x[1])[::2]
        for kdeg in rate_grid(x[1])[::2]
        for ka in ec_grid(x[0])[::2]
    ],
)


def _loss_only(x: Floats, rate: Array, kdeg: Array, ka: Array, basal: Array) -> Array:
    share = x[0] / (x[0] + ka)
    result: Array = basal + rate * share * -np.expm1(-kdeg * x[1]) / kdeg
    return result


# The null of desensitisation without lithium: formation stays, loss alone bends the curve.
LOSS_ONLY = Model(
    name="formation at a constant rate with loss",
    parameters=(
        Parameter(name="rate", linear=True),
        Parameter(name="kdeg"),
        Parameter(name="KA"),
        Parameter(name="basal", scale="plain", linear=True),
    ),
    function=_loss_only,
    formula="IP = basal + rate s/kdeg (1 - exp(-kdeg t)), s = A/(A + KA)",
    source="association exponential as in Hoare 2020 (doi 10.1038/s41598-020-67844-3)",
    grid=lambda x, y: [(kdeg, ka) for kdeg in rate_grid(x[1]) for ka in ec_grid(x[0])],
)


def _recovery(x: Floats, lost: Array, krec: Array, full: Array) -> Array:
    result: Array = full * (1 - lost * np.exp(-krec * x))
    return result


def _recovery_grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
    return [(lost, rate) for lost in (0.1, 0.4, 0.8) for rate in rate_grid(x)]


# x is the time after washout in min.
RECOVERY = Model(
    name="recovery after washout",
    parameters=(
        Parameter(name="lost"),
        Parameter(name="krec"),
        Parameter(name="full", linear=True),
    ),
    function=_recovery,
    formula="R = full (1 - lost exp(-krec t))",
    source="R(t) = 1 - (1 - R0) exp(-krec t)",
    grid=_recovery_grid,
)
