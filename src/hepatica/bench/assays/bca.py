"""BCA: protein from a quadratic standard curve, refused beyond the top standard or the vertex."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.calibration import Reading, wider
from hepatica.bench.assays.dilutions import (
    dilution_checks,
    over_dilutions,
    well_checks,
    wells_disagree,
)
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

    `curve: linear` is for a range shown to be straight; `cv` is the largest coefficient of
    variation of replicate wells, `linearity` the largest relative difference between dilutions of a
    sample.
    """

    curve: Literal["quadratic", "linear"] = "quadratic"
    subtract_blank: bool = False
    cv: float = 0.15
    linearity: float = 0.20

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("cv", "linearity"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)!r}; expected a share, such as 0.2")


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

    def read(self, signal: float, wells: int, level: float, own: float | None = None) -> Reading:
        """The concentration of the mean `signal` of `wells` wells, on the linear scale.

        Var(x) = (Var(y)/wells + p' C p) / (dy/dx)², with p the powers of x: the delta method.
        Var(y) is that of the curve's residuals, or `own`, that of the sample's wells, if wider.
        """
        x = self.invert(signal)
        powers = (x / self.scale) ** np.arange(self.degree + 1)
        spread, df = wider(self.ss / self.df, self.df, own, wells)
        variance = spread / wells + float(powers @ self.covariance @ powers)
        se = float(sqrt(variance) / abs(self.slope(x)))
        reach = t_quantile(level, df) * se
        return Reading(
            value=x, low=x - reach, high=x + reach, se_log=se / x if x > 0 else float("inf")
        )


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
    proteins = []
    inside: dict[str, list[tuple[Sample, Reading]]] = {}
    for sample in plate.samples:
        estimate, reading = _protein(sample, plate, curve, reason, study)
        proteins.append(estimate)
        if reading is not None:
            inside.setdefault(sample.name, []).append((sample, reading))
    estimates += over_dilutions(proteins, inside, plate, study)
    return AssayResult(
        assay="bca",
        title=study.title or "Protein by BCA",
        estimates=tuple(estimates),
        checks=(
            _rises(plate, curve),
            *well_checks(plate.samples, study.cv),
            *dilution_checks(inside, study.linearity),
        ),
        comparisons=_straight(plate, curve),
        notes=table.notes,
        methods=(
            f"Standard curve: {study.curve}, unweighted least squares.",
            "A reading above the top standard or the vertex, or below the lowest standard, is a "
            "bound, and so is one whose interval reaches zero. Carry the interval of the protein "
            "into fmol/mg.",
            f"Replicate wells may vary by {100 * study.cv:g} % and dilutions differ by "
            f"{100 * study.linearity:g} % from their median (laboratory defaults): set the limits "
            "in the study.",
        ),
        panels=(_panel(plate, curve),),
    )


def _protein(
    sample: Sample, plate: Plate, curve: Polynomial, reason: str | None, study: Study
) -> tuple[Estimate, Reading | None]:
    signal, wells = float(np.mean(sample.signal)), len(sample.signal)
    unit = plate.unit or None

    def bound(
        verdict: Verdict, why: str, low: float | None = None, high: float | None = None
    ) -> tuple[Estimate, None]:
        return Estimate(
            name="protein", unit=unit, group=sample.label, level=study.level, n=wells,
            n_of="wells", method=METHOD, verdict=verdict, reason=why, low=low, high=high,
        ), None  # fmt: skip

    if reason is not None or curve.df < 1:
        return bound(Verdict.NOT_ESTIMABLE, reason or "no readings are left to judge the curve")
    factor = sample.dilution
    top, floor = min(float(plate.x.max()), curve.vertex), float(plate.x.min())
    lowest = float(plate.x[plate.x > 0].min())
    told = wells_disagree(sample, study.cv)
    again = f"{told}; read the sample again"
    if signal > curve.at(top):
        if told is not None and min(sample.signal) <= curve.at(top):
            return bound(Verdict.NOT_ESTIMABLE, again)
        why = f"the signal {signal:.4g} lies above the top standard: dilute and read again"
        return bound(Verdict.ONE_SIDED, why, low=top * factor)
    if signal < curve.at(floor):
        if told is not None and max(sample.signal) >= curve.at(lowest):
            return bound(Verdict.NOT_ESTIMABLE, again)
        why = f"the signal {signal:.4g} lies below the lowest standard"
        return bound(Verdict.ONE_SIDED, why, high=lowest * factor)
    own = float(np.var(sample.signal, ddof=1)) if told is not None else None
    reading = curve.read(signal, wells, study.level, own)
    other = 2 * curve.vertex - reading.value  # past the vertex the same signal comes back
    if reading.high < other <= float(plate.x.max()):
        why = (
            f"the curve turns at {curve.vertex:.4g}, so the signal {signal:.4g} reads "
            f"{reading.value:.4g} or {other:.4g}: dilute and read again, and leave out standards "
            "past the turn"
        )
        return bound(Verdict.NOT_ESTIMABLE, why)
    if reading.low < lowest and reading.high > top:
        flat = "the curve is too flat or too uncertain at this signal"
        return bound(Verdict.NOT_ESTIMABLE, again if told else flat)
    if told is not None:
        told += "; the interval is that of the wells"
    if reading.low <= 0:
        why = f"the signal {signal:.4g} cannot be told from that without protein"
        high = max(reading.high, lowest) * factor
        return bound(Verdict.ONE_SIDED, f"{why}; {told}" if told else why, high=high)
    value = reading.value * factor
    return Estimate(
        name="protein", value=value, low=reading.low * factor, high=reading.high * factor,
        se=value * reading.se_log, unit=unit, group=sample.label, level=study.level, n=wells,
        n_of="wells", method=METHOD, reason=told,
        verdict=Verdict.EXTRAPOLATED if told else Verdict.OK,
    ), reading  # fmt: skip


def _straight(plate: Plate, curve: Polynomial) -> tuple[Comparison, ...]:
    if curve.degree != 2 or curve.reason is not None or curve.df < 1:
        return ()
    line = Polynomial(plate.x, plate.y, 1)
    f, p = f_test(line.ss, line.df, curve.ss, curve.df)
    return (
        Comparison(simpler="straight line", other="quadratic", f=min(f, 1e300), p=p, df1=1,
                   df2=curve.df, prefers="quadratic" if p < 0.05 else "straight line"),
    )  # fmt: skip


def _rises(plate: Plate, curve: Polynomial) -> Check:
    turned = curve.vertex < float(plate.x.max())
    status = Status.FAILED if turned else Status.PASSED
    note = f"it turns at {curve.vertex:.4g}" if turned else None
    if curve.reason is not None:
        falls = len(np.unique(plate.x)) >= curve.degree + 2
        status, note = Status.FAILED if falls else Status.NOT_ASSESSED, curve.reason
    return Check(
        name="curve rises over its range", status=status, note=note,
        criterion="it rises from the lowest standard, and turns above the top one if at all",
    )  # fmt: skip


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
