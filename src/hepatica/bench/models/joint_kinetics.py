"""Association and dissociation of one ligand together, koff common to both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.kinetics import rate_grid

__all__ = ["joint_kinetics"]


def joint_kinetics(removals: int, *, by_kd: bool) -> Model:
    """Association at any number of concentrations, and `removals` dissociation curves.

    x[0] is the ligand in nM, x[1] the time in min, x[2] 0 in association and the number of the
    dissociation curve otherwise. Each dissociation starts at a level of its own. With `by_kd` the
    second parameter is Kd in place of kon = koff/Kd.
    """

    def function(
        x: Floats, bmax: Array, second: Array, koff: Array, ns: Array, *levels: Array
    ) -> Array:
        kon = koff / second if by_kd else second
        kobs = kon * x[0] + koff
        rising = bmax * kon * x[0] / kobs * (1 - np.exp(-kobs * x[1]))
        level = np.zeros_like(rising)
        for number, start in enumerate(levels, 1):
            level = np.where(x[2] == number, start, level)
        result: Array = np.where(x[2] == 0, rising, level * np.exp(-koff * x[1])) + ns
        return result

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        ligand = float(np.exp(np.log(x[0]).mean()))
        rates = rate_grid(x[1])
        pairs = [(rate / ligand, koff) for rate in rates for koff in rates]
        return [(koff / kon, koff) for kon, koff in pairs] if by_kd else pairs

    return Model(
        name="association and dissociation" if removals else "association",
        parameters=(
            Parameter(name="Bmax", linear=True),
            Parameter(name="Kd" if by_kd else "kon"),
            Parameter(name="koff"),
            Parameter(name="nonspecific", scale="plain", linear=True),
            *(Parameter(name=f"level {number}", linear=True) for number in range(1, removals + 1)),
        ),
        function=function,
        formula="association: Bmax L/(L + Kd) (1 - exp(-(kon L + koff) t)); dissociation: "
        "level exp(-koff t); both + nonspecific",
        source="GraphPad Curve Fitting Guide, association kinetics; dissociation standard form",
        grid=grid,
    )
