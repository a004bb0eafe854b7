"""Amplification efficiency from a dilution series, with its interval."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log, log2, log10

import numpy as np

from hepatica.bench.assays.qpcr_wells import Well
from hepatica.bench.distributions import t_quantile

__all__ = [
    "LARGEST_FACTOR",
    "Efficiency",
    "StandardCurve",
    "assumed",
    "standard_curve",
    "standard_curves",
]

LARGEST_FACTOR = 2.5  # doubling, and room for scatter and for inhibitors in the strong standards


@dataclass(frozen=True, kw_only=True)
class Efficiency:
    """The factor by which a gene is copied each cycle, 2 at best, and how well it is known."""

    factor: float
    variance_log2: float = 0.0
    df: float | None = None
    measured: bool = True

    @property
    def log2(self) -> float:
        return log2(self.factor)


@dataclass(frozen=True, kw_only=True)
class StandardCurve:
    """Cq = intercept + slope log10(quantity), by least squares; factor = 10^(-1/slope).

    `low` and `high` bound the factor; None where the interval of the slope reaches zero. `blank`
    counts the standards without a Cq, which are not in it.
    """

    gene: str
    slope: float
    intercept: float
    se_slope: float
    r2: float
    df: int
    level: float
    log_quantity: tuple[float, ...]
    cq: tuple[float, ...]
    blank: int = 0

    @property
    def factor(self) -> float:
        return float(10 ** (-1 / self.slope))

    @property
    def slope_bounds(self) -> tuple[float, float]:
        reach = t_quantile(self.level, self.df) * self.se_slope
        return self.slope - reach, self.slope + reach

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The interval of the factor, carried over from that of the slope."""
        steep, flat = self.slope_bounds
        if flat >= 0:
            return None
        return float(10 ** (-1 / steep)), float(10 ** (-1 / flat))

    @property
    def efficiency(self) -> Efficiency:
        """Var(log2 E) = (log2 10 / slope²)² Var(slope), by the delta method."""
        gradient = log(10) / log(2) / self.slope**2
        return Efficiency(
            factor=self.factor, variance_log2=(gradient * self.se_slope) ** 2, df=float(self.df)
        )

    @property
    def range(self) -> tuple[float, float]:
        """The Cq between which the series was measured."""
        return min(self.cq), max(self.cq)


def assumed(factor: float = 2.0) -> Efficiency:
    """An efficiency that nobody measured."""
    return Efficiency(factor=factor, measured=False)


def standard_curve(gene: str, wells: Iterable[Well], level: float) -> StandardCurve | str:
    """The curve through the standards of `gene`, or one line why there is none."""
    diluted = [well for well in wells if well.quantity is not None]
    points = [
        (log10(well.quantity), well.cq)
        for well in diluted
        if well.quantity is not None and well.cq is not None
    ]
    levels = {x for x, _ in points}
    if len(levels) < 3:
        return f"{len(levels)} dilution level(s); a slope with an interval needs three or more"
    x, y = np.array(points).T
    centred = x - x.mean()
    spread = float(centred @ centred)
    slope = float(centred @ y) / spread
    intercept = float(y.mean() - slope * x.mean())
    residual = y - intercept - slope * x
    df = len(points) - 2
    total = float(((y - y.mean()) ** 2).sum())
    if slope >= 0 or total == 0:
        return f"Cq does not fall with the quantity (slope {slope:.3g})"
    rss = float(residual @ residual)
    curve = StandardCurve(
        gene=gene,
        slope=slope,
        intercept=intercept,
        se_slope=(rss / df / spread) ** 0.5,
        r2=1 - rss / total,
        df=df,
        level=level,
        log_quantity=tuple(x.tolist()),
        cq=tuple(y.tolist()),
        blank=len(diluted) - len(points),
    )
    if curve.bounds is None:
        return "the interval of the slope reaches zero: the series is too scattered"
    if curve.factor > LARGEST_FACTOR:
        return (
            f"the slope {slope:.3g} would be a factor of {curve.factor:.3g} a cycle, where "
            "doubling is the most: check the quantities of the standards"
        )
    return curve


def standard_curves(
    wells: Iterable[Well], level: float
) -> tuple[dict[str, StandardCurve], dict[str, str]]:
    """The curves of the genes with standards, and for the others why there is none."""
    held: dict[str, list[Well]] = {}
    for well in wells:
        if well.role == "standard":
            held.setdefault(well.gene, []).append(well)
    curves: dict[str, StandardCurve] = {}
    refused: dict[str, str] = {}
    for gene, entries in held.items():
        curve = standard_curve(gene, entries, level)
        if isinstance(curve, str):
            refused[gene] = curve
        else:
            curves[gene] = curve
    return curves, refused
