"""A competitor against a radioligand: Ki from IC50, and with the exact depletion of the ligand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.logistic import ec_grid

__all__ = ["cheng_prusoff", "competition_depletion", "exact_bound", "munson_rodbard"]


def cheng_prusoff(ic50: float, ligand: float, kd: float) -> float:
    """Ki = IC50 / (1 + L/Kd), all in one unit; L is the free radioligand."""
    return ic50 / (1 + ligand / kd)


def munson_rodbard(ic50: float, ligand: float, kd: float, ratio: float) -> float:
    """Ki where radioligand is depleted; `ratio` is bound over free tracer without competitor.

    Ki = IC50/(1 + L(y0+2)/(2 Kd (y0+1)) + y0) - Kd y0/(y0+2), L the radioligand added; the minus
    sign is that of the 1989 erratum.
    """
    first = ic50 / (1 + ligand * (ratio + 2) / (2 * kd * (ratio + 1)) + ratio)
    return first - kd * ratio / (ratio + 2)


def exact_bound(receptor: float, ligand: float, competitor: float, kd: float, ki: float) -> float:
    """Radioligand bound when receptor, ligand and competitor (totals, one unit) deplete each other.

    Solves Rt = R + R Lt/(Kd + R) + R It/(Ki + R) for free receptor R, as the cubic of Wang 1995
    (FEBS Lett 360:111) does, by bisection and Newton steps.
    """
    low, high = 0.0, receptor
    free = receptor / 2
    for _ in range(200):
        excess = free + free * ligand / (kd + free) + free * competitor / (ki + free) - receptor
        if excess > 0:
            high = free
        else:
            low = free
        slope = 1 + ligand * kd / (kd + free) ** 2 + competitor * ki / (ki + free) ** 2
        proposal = free - excess / slope
        proposal = proposal if low < proposal < high else (low + high) / 2
        if abs(proposal - free) <= 1e-16 * receptor:
            break
        free = proposal
    return free * ligand / (kd + free)


def competition_depletion(hot: float, kd: float, per_nm: float) -> Model:
    """Ki with depletion of the radioligand by the receptor; competitor in excess over sites.

    `hot` is the radioligand added and `kd` its dissociation constant in nM, `per_nm` the readings'
    units in 1 nM of the assay volume. R = NS + 1; S = (1 + I/Ki) K + hot; a = -R;
    b = R S + NS hot + Bmax; c = -hot (S NS + Bmax); Y = (-b + sqrt(b^2 - 4ac))/(2a).
    """
    k, added = kd * per_nm, hot * per_nm

    def function(x: Floats, bmax: Array, ki: Array, ns: Array) -> Array:
        r = ns + 1
        s = (1 + x / ki) * k + added
        b = r * s + ns * added + bmax
        c = added * (s * ns + bmax)
        return 2 * c / (b + np.sqrt(b * b - 4 * r * c))

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        top = max(float(np.max(y)), 1e-12)
        return [
            (bmax, ki, ns)
            for bmax in (top, 3 * top, 10 * top)
            for ki in ec_grid(x)
            for ns in (0.001, 0.01, 0.1)
        ]

    return Model(
        name="one site, Ki with ligand depletion",
        parameters=(Parameter(name="Bmax"), Parameter(name="Ki"), Parameter(name="NS")),
        function=function,
        formula="mass balance of the radioligand; competitor not depleted",
        source="GraphPad Curve Fitting Guide, one site: Ki with ligand depletion",
        grid=grid,
    )
