"""BCA: protein from a quadratic standard curve, refused beyond the top standard or the vertex."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.standards import COLUMNS, Plate, Sample, load_plate, plate_of
from hepatica.bench.compare import f_test, unchanging
from hepatica.bench.distributions import t_quantile
from hepatica.bench.result import (
    AssayResult,
    Check,
    Comparison,
    Estimate,
    Panel,
    Series,
    Status,
    Verdict,
)
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Table

__all__ = ["COLUMNS", "Polynomial", "Study", "analyse", "load"]

load = load_plate
METHOD = "read back from the standard curve, times the dilution; delta method"


class Study(Base, frozen=True, kw_only=True):
    """Keys of a BCA study file beside those of every study.

    `curve: linear` is for a range shown to be straight; `linearity` is the largest relative
    difference between dilutions of a sample.
    """

    curve: Literal["quadratic", "linear"] = "quadratic"
    subtract_blank: bool = False
    linearity: float = 0.20


class Polynomial:
    """Signal = c0 + c1 x + c2 x² by least squares; `reason` says why it cannot be used."""

    def __init__(self, x: Floats, y: Floats, degree: int) -> None:
        self.x, self.y, self.degree = x, y, degree
        self.scale = float(x.max()) or 1.0
        design = np.vander(x / self.scale, degree + 1, increasing=True)
        self.df = len(y) - degree - 1
        self.reason: str | None = None
        levels = len(np.unique(x))
        if levels < degree + 2:
            self.reason = f"{levels} standard level(s); at least {degree + 2} are needed"
        self.coefficients, *_ = np.linalg.lstsq(design, y, rcond=None)
        residual = y - design @ self.coefficients
        self.ss = float(residual @ residual)
        inverse = np.linalg.pinv(design.T @ design)
        self.covariance = inverse * (self.ss / self.df if self.df > 0 else np.inf)
        if self.reason is None:
            total = float(((y - y.mean()) ** 2).sum())
            f, p = f_test(total, len(y) - 1, self.ss, self.df)
            if unchanging(total, y):
                self.reason = "the signal does not change with protein"
            elif p > 0.05:
                self.reason = f"the signal does not change with protein (F = {f:.3g}, p = {p:.3g})"
            elif self.slope(float(x.min())) <= 0:
                self.reason = "the curve does not rise from the lowest standard"

    def at(self, x: float) -> float:
        powers = (x / self.scale) ** np.arange(self.degree + 1)
        return float(powers @ self.coefficients)

    def slope(self, x: float) -> float:
        u = x / self.scale
        c = self.coefficients
        return float(c[1] + (2 * c[2] * u if self.degree == 2 else 0.0)) / self.scale

    @property
    def vertex(self) -> float:
        """Where a curve that bends down turns; infinite where it does not."""
        if self.degree < 2 or self.coefficients[2] >= 0:
            return float("inf")
        return float(-self.coefficients[1] / (2 * self.coefficients[2])) * self.scale

    def invert(self, signal: float) -> float:
        """x = (-c1 + sqrt(c1² - 4 c2 (c0 - signal))) / (2 c2), the branch below the vertex."""
        c0, c1, *rest = self.coefficients.tolist()
        c2 = rest[0] if rest else 0.0
        if abs(c2) < 1e-12 * abs(c1):
            return float((signal - c0) / c1 * self.scale)
        root = c1**2 - 4 * c2 * (c0 - signal)
        if root < 0:
            return float("nan")
        # 2 (signal - c0)/(c1 + sqrt(root)) is the same root without loss of digits near c2 = 0
        return float(2 * (signal - c0) / (c1 + sqrt(root)) * self.scale)

    def se(self, x: float, wells: int) -> float:
        """Standard error of a concentration read from the mean of `wells` wells."""
        powers = (x / self.scale) ** np.arange(self.degree + 1)
        variance = self.ss / self.df / wells + float(powers @ self.covariance @ powers)
        return float(sqrt(variance) / abs(self.slope(x)))


def analyse(table: Table, study: Study) -> AssayResult:
    """Protein of every sample with its interval; readings beyond the curve as bounds."""
    plate = plate_of(table, study, subtract_blank=study.subtract_blank)
    curve = Polynomial(plate.x, plate.y, 2 if study.curve == "quadratic" else 1)
    reason = curve.reason
    estimates = []
    for place in range(curve.degree + 1):
        name = f"c{place}"
        if reason is not None or curve.df < 1:
            why = reason or "no readings are left to judge the curve"
            estimates.append(Estimate(name=name, verdict=Verdict.NOT_ESTIMABLE, reason=why))
            continue
        value = float(curve.coefficients[place]) / curve.scale**place
        se = sqrt(float(curve.covariance[place, place])) / curve.scale**place
        reach = t_quantile(study.level, curve.df) * se
        estimates.append(
            Estimate(name=name, value=value, low=value - reach, high=value + reach, se=se,
                     level=study.level, n=len(plate.y), n_of="wells", method="least squares")
        )  # fmt: skip
    inside: dict[str, list[tuple[float, float]]] = {}
    for sample in plate.samples:
        estimate = _protein(sample, plate, curve, reason, study.level)
        estimates.append(estimate)
        if estimate.verdict is Verdict.OK and estimate.value is not None:
            inside.setdefault(sample.name, []).append((sample.dilution, estimate.value))
    return AssayResult(
        assay="bca",
        title=study.title or "Protein by BCA",
        estimates=tuple(estimates),
        checks=(*_checks(plate, curve), *_linearity(inside, study.linearity)),
        comparisons=_straight(plate, curve),
        notes=table.notes,
        methods=(
            f"Standard curve: {study.curve}, unweighted least squares.",
            "A reading above the top standard or the vertex, or below the lowest standard, is a "
            "bound. Carry the interval of the protein into fmol/mg.",
        ),
        panels=(_panel(plate, curve),),
    )


def _protein(
    sample: Sample, plate: Plate, curve: Polynomial, reason: str | None, level: float
) -> Estimate:
    signal, wells = float(np.mean(sample.signal)), len(sample.signal)
    unit = plate.unit or None

    def bound(
        verdict: Verdict, why: str, low: float | None = None, high: float | None = None
    ) -> Estimate:
        return Estimate(
            name="protein", unit=unit, group=sample.label, level=level, n=wells, n_of="wells",
            method=METHOD, verdict=verdict, reason=why, low=low, high=high,
        )  # fmt: skip

    if reason is not None or curve.df < 1:
        return bound(Verdict.NOT_ESTIMABLE, reason or "no readings are left to judge the curve")
    top, floor = min(float(plate.x.max()), curve.vertex), float(plate.x.min())
    if signal > curve.at(top):
        why = f"the signal {signal:.4g} lies above the top standard: dilute and read again"
        return bound(Verdict.ONE_SIDED, why, low=top * sample.dilution)
    if signal < curve.at(floor):
        lowest = float(plate.x[plate.x > 0].min())
        why = f"the signal {signal:.4g} lies below the lowest standard"
        return bound(Verdict.ONE_SIDED, why, high=max(floor, lowest) * sample.dilution)
    value = curve.invert(signal)
    se = curve.se(value, wells)
    reach = t_quantile(level, curve.df) * se
    other = 2 * curve.vertex - value  # past the vertex the same signal comes back
    if value + reach < other <= float(plate.x.max()):
        why = (
            f"the curve turns at {curve.vertex:.4g}, so the signal {signal:.4g} reads {value:.4g} "
            f"or {other:.4g}: dilute and read again, and leave out standards past the turn"
        )
        return bound(Verdict.NOT_ESTIMABLE, why)
    factor = sample.dilution
    return Estimate(
        name="protein", value=value * factor, low=(value - reach) * factor,
        high=(value + reach) * factor, se=se * factor, unit=unit, group=sample.label, level=level,
        n=wells, n_of="wells", method=METHOD,
    )  # fmt: skip


def _straight(plate: Plate, curve: Polynomial) -> tuple[Comparison, ...]:
    if curve.degree != 2 or curve.reason is not None or curve.df < 1:
        return ()
    line = Polynomial(plate.x, plate.y, 1)
    f, p = f_test(line.ss, line.df, curve.ss, curve.df)
    return (
        Comparison(simpler="straight line", other="quadratic", f=min(f, 1e300), p=p, df1=1,
                   df2=curve.df, prefers="quadratic" if p < 0.05 else "straight line"),
    )  # fmt: skip


def _checks(plate: Plate, curve: Polynomial) -> list[Check]:
    turned = curve.vertex < float(plate.x.max())
    status = Status.FAILED if turned else Status.PASSED
    note = f"it turns at {curve.vertex:.4g}" if turned else None
    if curve.reason is not None:
        falls = len(np.unique(plate.x)) >= curve.degree + 2
        status, note = Status.FAILED if falls else Status.NOT_ASSESSED, curve.reason
    checks = [
        Check(name="curve rises over its range", status=status, note=note,
              criterion="it rises from the lowest standard, and turns above the top one if at all")
    ]  # fmt: skip
    for sample in plate.samples:
        mean = float(np.mean(sample.signal))
        if len(sample.signal) > 1 and mean > 0:
            cv = float(np.std(sample.signal, ddof=1)) / mean
            if cv > 0.15:
                checks.append(
                    Check(name="replicate wells", group=sample.label, status=Status.FAILED,
                          value=cv, criterion="CV of the signal at most 15 % (laboratory default)")
                )  # fmt: skip
    return checks


def _linearity(inside: dict[str, list[tuple[float, float]]], limit: float) -> list[Check]:
    checks = []
    for name, found in inside.items():
        if len(found) < 2:
            continue
        middle = float(np.median([value for _, value in found]))
        worst = max(abs(value / middle - 1) for _, value in found)
        checks.append(
            Check(name="dilution linearity", group=name, value=worst,
                  criterion=f"every dilution within {100 * limit:g} % of their median",
                  status=Status.PASSED if worst <= limit else Status.FAILED)
        )  # fmt: skip
    return checks


def _panel(plate: Plate, curve: Polynomial) -> Panel:
    smooth = np.linspace(float(plate.x.min()), float(plate.x.max()), 100).tolist()
    series = [
        Series(
            label="standards", kind="points", x=tuple(plate.x.tolist()), y=tuple(plate.y.tolist())
        )
    ]
    if curve.reason is None:
        line = tuple(curve.at(x) for x in smooth)
        series.append(Series(label="curve", kind="line", x=tuple(smooth), y=line))
        read = [(curve.invert(float(np.mean(s.signal))), float(np.mean(s.signal)))
                for s in plate.samples]  # fmt: skip
        top = min(float(plate.x.max()), curve.vertex)
        found = [(x, y) for x, y in read if plate.x.min() <= x <= top]
        if found:
            series.append(
                Series(label="samples", kind="points", x=tuple(x for x, _ in found),
                       y=tuple(y for _, y in found), colour=1, hollow=True)
            )  # fmt: skip
    label = f"protein ({plate.unit})" if plate.unit else "protein"
    return Panel(title="Standard curve", x_label=label, y_label="signal", series=tuple(series))
