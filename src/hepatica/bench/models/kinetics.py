"""Association, dissociation, and association in the presence of a competitor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter

__all__ = ["ASSOCIATION", "BOTH", "DISSOCIATION", "motulsky_mahan", "rate_grid"]


def rate_grid(t: Floats, count: int = 10) -> list[float]:
    """Rate constants from a tenth of one over the longest time to three over the shortest."""
    times = np.unique(t[t > 0])
    if not times.size:
        return [1.0]
    return list(np.geomspace(0.1 / times[-1], 3 / times[0], count))


def _association(x: Floats, bmax: Array, kon: Array, koff: Array, bg: Array) -> Array:
    ligand, time = x[0], x[1]
    kobs = kon * ligand + koff
    result: Array = bmax * ligand * kon / kobs * (1 - np.exp(-kobs * time)) + bg
    return result


def _rates(x: Floats) -> Sequence[tuple[float, ...]]:
    ligand = float(np.exp(np.log(x[0][x[0] > 0]).mean())) if (x[0] > 0).any() else 1.0
    rates = rate_grid(x[1])
    return [(rate / ligand, koff) for rate in rates for koff in rates]


RATES = (Parameter(name="kon"), Parameter(name="koff"))

# x[0] is the ligand in nM, x[1] the time in min.
ASSOCIATION = Model(
    name="association at several concentrations",
    parameters=(
        Parameter(name="Bmax", linear=True),
        *RATES,
        Parameter(name="NS", scale="plain", linear=True),
    ),
    function=_association,
    formula="Y = Bmax L/(L + koff/kon) (1 - exp(-(kon L + koff) t)) + NS",
    source="GraphPad Curve Fitting Guide, association kinetics",
    grid=lambda x, y: _rates(x),
)


def _dissociation(x: Floats, y0: Array, koff: Array, ns: Array) -> Array:
    return y0 * np.exp(-koff * x) + ns


DISSOCIATION = Model(
    name="dissociation",
    parameters=(
        Parameter(name="Y0", linear=True),
        Parameter(name="koff"),
        Parameter(name="NS", scale="plain", linear=True),
    ),
    function=_dissociation,
    formula="Y = Y0 exp(-koff t) + NS",
    source="standard form; checked against the differential equation",
    grid=lambda x, y: [(rate,) for rate in rate_grid(x, 16)],
)


def _both(x: Floats, bmax: Array, kon: Array, koff: Array, ns: Array) -> Array:
    ligand, time, start = x[0], x[1], x[2]
    kobs = kon * ligand + koff
    level = bmax * ligand * kon / kobs
    # x[2] is the time at which dissociation started; during association it is infinite
    bound = level * (1 - np.exp(-kobs * np.minimum(time, start)))
    result: Array = bound * np.exp(-koff * np.maximum(time - start, 0.0)) + ns
    return result


# x[0] ligand in nM, x[1] time in min, x[2] time at which the ligand was removed (inf: not yet).
BOTH = Model(
    name="association, then dissociation",
    parameters=ASSOCIATION.parameters,
    function=_both,
    formula="association to the time of removal, then Y(t) = Y(removal) exp(-koff (t - removal))",
    source="GraphPad Curve Fitting Guide, association then dissociation",
    grid=lambda x, y: _rates(x),
)


def _motulsky_mahan(x: Floats, bmax: Array, k1: Array, k2: Array, k3: Array, k4: Array) -> Array:
    ligand, competitor, time = x[0], x[1], x[2]
    ka, kb = k1 * ligand + k2, k3 * competitor + k4
    root = np.sqrt((ka - kb) ** 2 + 4 * k1 * k3 * ligand * competitor)
    fast, slow = (ka + kb + root) / 2, (ka + kb - root) / 2
    part = bmax * k1 * ligand / (fast - slow)
    result: Array = part * (
        k4 * (fast - slow) / (fast * slow)
        + (k4 - fast) / fast * np.exp(-fast * time)
        - (k4 - slow) / slow * np.exp(-slow * time)
    )
    return result


def motulsky_mahan(*, by_affinity: bool = False) -> Model:
    """Association of a radioligand in the presence of a competitor (Motulsky and Mahan 1984).

    x[0] radioligand and x[1] competitor in nM, x[2] time in min; k1, k2 are kon and koff of the
    radioligand, k3, k4 those of the competitor. With `by_affinity` Kd = k2/k1 and Ki = k4/k3 stand
    in place of the association rates.
    """

    def by_constants(x: Floats, bmax: Array, kd: Array, k2: Array, ki: Array, k4: Array) -> Array:
        return _motulsky_mahan(x, bmax, k2 / kd, k2, k4 / ki, k4)

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        ligand = float(np.median(x[0][x[0] > 0])) if (x[0] > 0).any() else 1.0
        rival = float(np.median(x[1][x[1] > 0])) if (x[1] > 0).any() else 1.0
        rates = rate_grid(x[2], 5)
        found = [
            (a / ligand, b, c / rival, d)
            for a in rates
            for b in rates
            for c in rates
            for d in rates
        ]
        return [(b / a, b, d / c, d) for a, b, c, d in found] if by_affinity else found

    return Model(
        name="kinetics of a competitor",
        parameters=(
            Parameter(name="Bmax", linear=True),
            Parameter(name="Kd" if by_affinity else "kon"),
            Parameter(name="koff"),
            Parameter(name="Ki" if by_affinity else "kon of competitor"),
            Parameter(name="koff of competitor"),
        ),
        function=by_constants if by_affinity else _motulsky_mahan,
        formula="Motulsky and Mahan 1984, closed form",
        source="Motulsky and Mahan 1984; checked against the differential equations",
        grid=grid,
    )
