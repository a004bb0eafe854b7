"""Association and dissociation of one ligand together, koff common to both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.kinetics import rate_grid

__all__ = ["joint_kinetics"]


def joint_kinetics(removals: int, *, by_kd: bool, rests: int | None = None) -> Model:
    """Association at any number of concentrations, and `removals` dissociation curves.

    x[0] is the ligand in nM, x[1] the time in min, x[2] 0 in association and the number of the
    dissociation curve otherwise, x[3] 1 for total and 0 for non-specific binding (all total where
    there is no x[3]). Each dissociation starts at a level of its own. Non-specific binding is
    NS L + background while the ligand is there, and a rest, one for each dissociation curve, after
    its removal; with `rests=0` the background is what stays. With `by_kd` the second parameter is
    Kd in place of kon = koff/Kd.
    """
    own = removals if rests is None else rests

    def function(
        x: Floats, bmax: Array, second: Array, koff: Array, ns: Array, background: Array,
        *levels: Array,
    ) -> Array:  # fmt: skip
        kon = koff / second if by_kd else second
        kobs = kon * x[0] + koff
        bound = bmax * kon * x[0] / kobs * (1 - np.exp(-kobs * x[1]))
        other = np.where(x[2] == 0, ns * x[0] + background, background)
        falling = np.exp(-koff * x[1])
        for number, start in enumerate(levels[:removals], 1):
            bound = np.where(x[2] == number, start * falling, bound)
        for number, rest in enumerate(levels[removals:], 1):
            other = np.where(x[2] == number, rest, other)
        total = x[3] if len(x) > 3 else 1.0
        result: Array = total * bound + other
        return result

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        ligand = float(np.exp(np.log(x[0]).mean()))
        rates = rate_grid(x[1])
        pairs = [(rate / ligand, koff) for rate in rates for koff in rates]
        return [(koff / kon, koff) for kon, koff in pairs] if by_kd else pairs

    numbers = range(1, removals + 1)
    return Model(
        name="association and dissociation" if removals else "association",
        parameters=(
            Parameter(name="Bmax", linear=True),
            Parameter(name="Kd" if by_kd else "kon"),
            Parameter(name="koff"),
            Parameter(name="NS", scale="plain", linear=True),
            Parameter(name="background", scale="plain", linear=True),
            *(Parameter(name=f"level {number}", linear=True) for number in numbers),
            *(
                Parameter(name=f"rest {number}", scale="plain", linear=True)
                for number in numbers[:own]
            ),
        ),
        function=function,
        formula="association: Bmax L/(L + Kd) (1 - exp(-(kon L + koff) t)) + NS L + background; "
        "dissociation: level exp(-koff t) + rest",
        source="GraphPad Curve Fitting Guide: association kinetics, and non-specific binding "
        "proportional to the radioligand; dissociation standard form",
        grid=grid,
    )
