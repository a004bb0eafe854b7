"""One site when binding takes up a good part of the ligand: exact mass balance.

Subtracting apparent non-specific binding is itself wrong then (Person and Wells 2011, BMC Biophys
4:19), so total binding is fitted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.one_site import kd_grid

__all__ = ["depletion_model"]


def depletion_model(per_nm: float) -> Model:
    """The model for readings in a unit of which `per_nm` correspond to 1 nM in the assay volume.

    x[0] is the ligand added in nM, x[1] 1 for total and 0 for non-specific binding. Free ligand
    and NS L make up what is not bound: Y = (-b + sqrt(b^2 - 4ac))/(2a) with a = -1 - NS,
    b = K + NS K + X + 2 X NS + Bmax, c = -X (NS K + X NS + Bmax), K and X in the readings' unit.
    """

    def function(x: Floats, bmax: Array, kd: Array, ns: Array) -> Array:
        added, k = x[0] * per_nm, kd * per_nm
        active = bmax * x[1]
        b = k + ns * k + added + 2 * added * ns + active
        c = added * (ns * k + added * ns + active)
        # the root written without the cancellation of -b + sqrt(...)
        result: Array = 2 * c / (b + np.sqrt(b * b - 4 * (1 + ns) * c))
        return result

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        top = max(float(np.max(y)), 1e-12)
        return [
            (bmax, kd, ns)
            for bmax in (0.5 * top, top, 2 * top)
            for kd in kd_grid(x[0], 12)
            for ns in (0.001, 0.01, 0.1)
        ]

    return Model(
        name="one site with ligand depletion",
        parameters=(Parameter(name="Bmax"), Parameter(name="Kd"), Parameter(name="NS")),
        function=function,
        formula="mass balance: X = Y + free, Y = Bmax free / (Kd + free) + NS free",
        source="GraphPad Curve Fitting Guide, one site: total, accounting for ligand depletion",
        grid=grid,
    )
