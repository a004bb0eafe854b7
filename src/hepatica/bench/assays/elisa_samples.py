"""Samples of an immunoassay: every dilution read, and bounds outside the range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hepatica.bench.assays.calibration import Calibration, Reading
from hepatica.bench.assays.dilutions import Rules, over_dilutions, well_checks, wells_disagree
from hepatica.bench.assays.elisa_range import Limits
from hepatica.bench.assays.standards import Plate, Sample
from hepatica.bench.result import Check, Estimate, Verdict

__all__ = ["Readings", "measured"]

METHOD = "read back from the standard curve, times the dilution"


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Estimates, checks, and for every sample the readings inside the range by dilution."""

    estimates: tuple[Estimate, ...]
    checks: tuple[Check, ...]
    inside: dict[str, list[tuple[Sample, Reading]]]


def measured(plate: Plate, calibration: Calibration, limits: Limits, rules: Rules) -> Readings:
    """Every sample at every dilution; those at several dilutions also combined."""
    estimates: list[Estimate] = []
    inside: dict[str, list[tuple[Sample, Reading]]] = {}
    for sample in plate.samples:
        estimate, reading = _one(sample, plate, calibration, limits, rules)
        estimates.append(estimate)
        if reading is not None:
            inside.setdefault(sample.name, []).append((sample, reading))
    return Readings(
        estimates=tuple(over_dilutions(estimates, inside, plate, rules)),
        checks=tuple(well_checks(plate.samples, rules.cv)),
        inside=inside,
    )


def _one(
    sample: Sample, plate: Plate, calibration: Calibration, limits: Limits, rules: Rules
) -> tuple[Estimate, Reading | None]:
    unit = plate.unit or None
    signal = float(np.mean(sample.signal))
    wells = len(sample.signal)
    level = rules.level
    told = wells_disagree(sample, rules.cv)
    own = float(np.var(sample.signal, ddof=1)) if told is not None else None

    def bound(
        verdict: Verdict, reason: str, low: float | None = None, high: float | None = None
    ) -> Estimate:
        return Estimate(
            name="concentration", unit=unit, group=sample.label, level=level, n=wells, n_of="wells",
            method=METHOD, verdict=verdict, reason=reason, low=low, high=high,
        )  # fmt: skip

    if limits.lower is None or limits.upper is None:
        reason = limits.reason or "the curve has no range that may be read"
        return bound(Verdict.NOT_ESTIMABLE, reason), None
    reading = calibration.read(signal, wells, level)
    own_reading = calibration.read(signal, wells, level, own)
    ends = (limits.lower, limits.upper)
    side = _side(signal, plate, calibration, ends)
    again = f"{told}; read the sample again"
    sides = {_side(well, plate, calibration, ends) for well in sample.signal}
    if told is not None and side is not None and sides != {side}:
        return bound(Verdict.NOT_ESTIMABLE, again), None
    factor = sample.dilution
    if side == "above":
        reason = f"the signal {signal:.4g} reads above the ULOQ: dilute the sample and read again"
        return bound(Verdict.ONE_SIDED, reason, low=limits.upper * factor), None
    if side == "below":
        reason = f"the signal {signal:.4g} reads below the LLOQ"
        return bound(Verdict.ONE_SIDED, reason, high=limits.lower * factor), None
    if reading is None:
        reason = "the curve is too flat or too uncertain at this signal"
        return bound(Verdict.NOT_ESTIMABLE, reason), None
    if told is not None:
        reading = own_reading
        if reading is None or (reading.low < limits.lower and reading.high > limits.upper):
            return bound(Verdict.NOT_ESTIMABLE, again), None
        told += "; the interval is that of the wells"
    value = reading.value * factor
    return Estimate(
        name="concentration", value=value, low=reading.low * factor, high=reading.high * factor,
        se=value * reading.se_log, unit=unit, group=sample.label, level=level, n=wells,
        n_of="wells", method=METHOD, reason=told,
        verdict=Verdict.EXTRAPOLATED if told else Verdict.OK,
    ), reading  # fmt: skip


def _side(
    signal: float, plate: Plate, calibration: Calibration, ends: tuple[float, float]
) -> Literal["above", "below"] | None:
    """On which side of the range between two standards a signal reads; None inside it.

    A signal beyond the curve has no concentration: it is held against those of the two standards.
    """
    value = calibration.invert(signal)
    low, high = ends
    if value is None or value <= 0:
        value = signal
        low, high = (float(np.mean(plate.y[plate.x == end])) for end in ends)
        if low > high:  # the signal of a competitive assay falls
            value, low, high = -value, -low, -high
    return "above" if value > high else "below" if value < low else None
