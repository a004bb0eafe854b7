"""Samples of an immunoassay: every dilution read, bounds outside the range, dilution linearity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Protocol

import numpy as np

from hepatica.bench.assays.calibration import Calibration, Reading
from hepatica.bench.assays.elisa_range import Limits
from hepatica.bench.assays.standards import Plate, Sample
from hepatica.bench.distributions import t_quantile
from hepatica.bench.result import Check, Estimate, Status, Verdict

__all__ = ["Readings", "dilution_checks", "measured"]

METHOD = "read back from the standard curve, times the dilution"


class Rules(Protocol):
    @property
    def cv(self) -> float: ...
    @property
    def linearity(self) -> float: ...
    @property
    def level(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Readings:
    """Estimates, checks, and for every sample the readings inside the range by dilution."""

    estimates: tuple[Estimate, ...]
    checks: tuple[Check, ...]
    inside: dict[str, list[tuple[Sample, Reading]]]


def measured(plate: Plate, calibration: Calibration, limits: Limits, rules: Rules) -> Readings:
    """Every sample at every dilution; those at several dilutions also combined."""
    estimates: list[Estimate] = []
    checks: list[Check] = []
    inside: dict[str, list[tuple[Sample, Reading]]] = {}
    for sample in plate.samples:
        estimate, reading = _one(sample, plate, calibration, limits, rules)
        estimates.append(estimate)
        if reading is not None:
            inside.setdefault(sample.name, []).append((sample, reading))
        checks += _replicates(sample, rules.cv)
    for name, found in inside.items():
        several = [sample for sample in plate.samples if sample.name == name]
        if len(several) > 1:
            estimates.append(_combined(name, found, plate.unit, rules))
    return Readings(estimates=tuple(estimates), checks=tuple(checks), inside=inside)


def _one(
    sample: Sample, plate: Plate, calibration: Calibration, limits: Limits, rules: Rules
) -> tuple[Estimate, Reading | None]:
    unit = plate.unit or None
    signal = float(np.mean(sample.signal))
    wells = len(sample.signal)
    level = rules.level
    cv = _cv(sample)
    wide = cv is not None and cv > rules.cv
    own = float(np.var(sample.signal, ddof=1)) if wide else None

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
    rising = calibration.slope(limits.lower) > 0
    ends = [float(np.mean(plate.y[plate.x == end])) for end in (limits.lower, limits.upper)]
    above = signal > ends[1] if rising else signal < ends[1]
    below = signal < ends[0] if rising else signal > ends[0]
    if reading is not None:
        above, below = reading.value > limits.upper, reading.value < limits.lower
    factor = sample.dilution
    if above:
        reason = f"the signal {signal:.4g} reads above the ULOQ: dilute the sample and read again"
        return bound(Verdict.ONE_SIDED, reason, low=limits.upper * factor), None
    if below:
        reason = f"the signal {signal:.4g} reads below the LLOQ"
        return bound(Verdict.ONE_SIDED, reason, high=limits.lower * factor), None
    if reading is None:
        reason = "the curve is too flat or too uncertain at this signal"
        return bound(Verdict.NOT_ESTIMABLE, reason), None
    told = None
    if wide and cv is not None:
        told = f"the wells disagree: CV {100 * cv:.0f} %, at most {100 * rules.cv:g} % is allowed"
        reading = own_reading
        if reading is None or (reading.low < limits.lower and reading.high > limits.upper):
            return bound(Verdict.NOT_ESTIMABLE, f"{told}; read the sample again"), None
        told += "; the interval is that of the wells"
    value = reading.value * factor
    return Estimate(
        name="concentration", value=value, low=reading.low * factor, high=reading.high * factor,
        se=value * reading.se_log, unit=unit, group=sample.label, level=level, n=wells,
        n_of="wells", method=METHOD, reason=told,
        verdict=Verdict.EXTRAPOLATED if told else Verdict.OK,
    ), reading  # fmt: skip


def _cv(sample: Sample) -> float | None:
    """The coefficient of variation of the wells; None for one well or a mean of 0 or less."""
    mean = float(np.mean(sample.signal))
    if len(sample.signal) < 2 or mean <= 0:
        return None
    return float(np.std(sample.signal, ddof=1)) / mean


def _replicates(sample: Sample, limit: float) -> list[Check]:
    cv = _cv(sample)
    if cv is None or cv <= limit:
        return []
    wells = ", ".join(f"{value:.4g}" for value in sample.signal)
    return [
        Check(name="replicate wells", group=sample.label, status=Status.FAILED, value=cv,
              criterion=f"CV of the signal at most {100 * limit:g} %", note=f"wells: {wells}")
    ]  # fmt: skip


def _combined(
    name: str, found: Sequence[tuple[Sample, Reading]], unit: str, rules: Rules
) -> Estimate:
    group, level = f"{name} (all dilutions in range)", rules.level
    off = _off(found)
    worst = max(map(abs, off.values()))
    if worst > rules.linearity and _trend(off) and len(off) > 2:
        last = max(off)
        values = {sample.dilution: reading.value * sample.dilution for sample, reading in found}
        return Estimate(
            name="concentration", unit=unit or None, group=group, level=level, n=len(found),
            n_of="dilutions", verdict=Verdict.NOT_ESTIMABLE,
            reason=f"the result {_trend(off)} with every dilution, from {values[min(off)]:.4g} at "
            f"1:{min(off):g} to {values[last]:.4g} at 1:{last:g}: that is no scatter about one "
            "value; dilute further until the results agree",
        )  # fmt: skip
    told = None
    if worst > rules.linearity:
        told = f"the dilutions differ by up to {100 * worst:.0f} % from their median"
    logs = [log(reading.value * sample.dilution) for sample, reading in found]
    mean = float(np.mean(logs))
    curve = float(np.mean([reading.se_log**2 for _, reading in found]))
    between = float(np.var(logs, ddof=1)) / len(logs) if len(logs) > 1 else 0.0
    # The dilutions share the curve, so its part does not shrink with their number.
    spread = sqrt(max(curve, between))
    df = len(logs) - 1 if between > curve else max(len(logs) - 1, 10)
    reach = t_quantile(level, df) * spread
    return Estimate(
        name="concentration", value=exp(mean), low=exp(mean - reach), high=exp(mean + reach),
        unit=unit or None, group=group, level=level, n=len(logs), n_of="dilutions",
        verdict=Verdict.EXTRAPOLATED if told else Verdict.OK, reason=told,
        method="geometric mean of the dilutions in range; the wider of curve and scatter",
    )  # fmt: skip


def _off(found: Sequence[tuple[Sample, Reading]]) -> dict[float, float]:
    """By dilution how far its result lies from their median, as a share of it."""
    values = {sample.dilution: reading.value * sample.dilution for sample, reading in found}
    middle = float(np.median(list(values.values())))
    return {factor: values[factor] / middle - 1 for factor in sorted(values)}


def _trend(off: dict[float, float]) -> str | None:
    """'rises' or 'falls' where the result does so with every dilution."""
    steps = np.diff(list(off.values()))
    if (steps > 0).all():
        return "rises"
    return "falls" if (steps < 0).all() else None


def dilution_checks(readings: Readings, rules: Rules) -> list[Check]:
    """Whether the dilutions of a sample agree: each within the limit of their median."""
    checks = []
    criterion = f"every dilution within {100 * rules.linearity:g} % of their median"
    for name, found in readings.inside.items():
        if len(found) < 2:
            continue
        off = _off(found)
        worst = max(abs(entry) for entry in off.values())
        order = sorted(off)
        trend = "rises" if off[order[-1]] > off[order[0]] else "falls"
        checks.append(
            Check(
                name="dilution linearity", group=name, criterion=criterion, value=worst,
                status=Status.PASSED if worst <= rules.linearity else Status.FAILED,
                note=None if worst <= rules.linearity else
                f"the result {trend} with dilution: "
                + ", ".join(f"1:{factor:g} {100 * off[factor]:+.0f} %" for factor in order)
                + ("; a matrix effect or a hook is possible" if trend == "rises" else ""),
            )
        )  # fmt: skip
    return checks
