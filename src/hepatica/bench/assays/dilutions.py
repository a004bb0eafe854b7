"""Do the replicate wells of a sample agree, and its dilutions? For every assay with standards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import exp, log, sqrt
from typing import Protocol

import msgspec
import numpy as np

from hepatica.bench.assays.calibration import Reading
from hepatica.bench.assays.standards import Plate, Sample
from hepatica.bench.distributions import t_quantile
from hepatica.bench.result import Check, Estimate, Status, Verdict

__all__ = ["dilution_checks", "over_dilutions", "well_checks", "wells_disagree"]

Found = Sequence[tuple[Sample, Reading]]


class Rules(Protocol):
    @property
    def cv(self) -> float: ...
    @property
    def linearity(self) -> float: ...
    @property
    def level(self) -> float: ...


def wells_disagree(sample: Sample, limit: float) -> str | None:
    """That the coefficient of variation of the wells is above `limit`, or None."""
    cv = _cv(sample)
    if cv is None or cv <= limit:
        return None
    return f"the wells disagree: CV {100 * cv:.0f} %, at most {100 * limit:g} % is allowed"


def _cv(sample: Sample) -> float | None:
    """The coefficient of variation of the wells; None for one well or a mean of 0 or less."""
    mean = float(np.mean(sample.signal))
    if len(sample.signal) < 2 or mean <= 0:
        return None
    return float(np.std(sample.signal, ddof=1)) / mean


def well_checks(samples: Sequence[Sample], limit: float) -> list[Check]:
    """A failed check for every sample whose wells vary by more than `limit`."""
    checks = []
    for sample in samples:
        cv = _cv(sample)
        if cv is None or cv <= limit:
            continue
        wells = ", ".join(f"{value:.4g}" for value in sample.signal)
        checks.append(
            Check(name="replicate wells", group=sample.label, status=Status.FAILED, value=cv,
                  criterion=f"CV of the signal at most {100 * limit:g} %", note=f"wells: {wells}")
        )  # fmt: skip
    return checks


def over_dilutions(
    estimates: Sequence[Estimate], inside: Mapping[str, Found], plate: Plate, rules: Rules
) -> list[Estimate]:
    """The estimates of single dilutions, and the combined one of each sample that has several.

    `inside` holds, by sample, the dilutions that read inside the range. Where they contradict one
    another none of them is `ok`; a combined value is no better than the wells that it rests on.
    """
    apart = {
        sample.label: reason
        for found in inside.values()
        if (reason := _contradiction(found, rules.linearity)) is not None
        for sample, _ in found
    }
    doubtful = {entry.group for entry in estimates if entry.verdict is Verdict.EXTRAPOLATED}
    told = [
        msgspec.structs.replace(entry, verdict=Verdict.EXTRAPOLATED, reason=apart[entry.group])
        if entry.verdict is Verdict.OK and entry.group in apart else entry
        for entry in estimates
    ]  # fmt: skip
    count = Counter(sample.name for sample in plate.samples)
    return told + [
        _combined(estimates[0].name, sample, found, plate.unit, rules,
                  [entry for entry, _ in found if entry.label in doubtful])
        for sample, found in inside.items()
        if count[sample] > 1
    ]  # fmt: skip


def _combined(
    name: str, sample: str, found: Found, unit: str, rules: Rules, doubtful: Sequence[Sample]
) -> Estimate:
    group, level = f"{sample} (all dilutions in range)", rules.level
    worst, trend = _worst(found), _trend(found)
    if worst > rules.linearity and trend is not None:
        return Estimate(
            name=name, unit=unit or None, group=group, level=level, n=len(found),
            n_of="dilutions", verdict=Verdict.NOT_ESTIMABLE,
            reason=f"{trend}: that is no scatter about one value; dilute further until the results "
            "agree",
        )  # fmt: skip
    told = None
    if worst > rules.linearity:
        told = f"the dilutions differ by up to {100 * worst:.0f} % from their median"
    elif doubtful:
        told = f"the wells disagree at {', '.join(f'1:{entry.dilution:g}' for entry in doubtful)}"
    logs = [log(reading.value * entry.dilution) for entry, reading in found]
    mean = float(np.mean(logs))
    if len(found) == 1:
        ((only, reading),) = found
        low, high = reading.low * only.dilution, reading.high * only.dilution
    else:
        curve = float(np.mean([reading.se_log**2 for _, reading in found]))
        between = float(np.var(logs, ddof=1)) / len(logs)
        # The dilutions share the curve, so its part does not shrink with their number.
        df = len(logs) - 1 if between > curve else max(len(logs) - 1, 10)
        reach = t_quantile(level, df) * sqrt(max(curve, between))
        low, high = exp(mean - reach), exp(mean + reach)
    return Estimate(
        name=name, value=exp(mean), low=low, high=high, unit=unit or None, group=group, level=level,
        n=len(logs), n_of="dilutions", verdict=Verdict.EXTRAPOLATED if told else Verdict.OK,
        reason=told,
        method="geometric mean of the dilutions in range; the wider of curve and scatter",
    )  # fmt: skip


def _contradiction(found: Found, limit: float) -> str | None:
    """Why not every dilution can tell the concentration of the sample, or None."""
    worst = _worst(found)
    if worst <= limit:
        return None
    if (trend := _trend(found)) is not None:
        return trend
    low = max(reading.low * sample.dilution for sample, reading in found)
    high = min(reading.high * sample.dilution for sample, reading in found)
    if low <= high:
        return None
    return (
        f"the dilutions of the sample differ by up to {100 * worst:.0f} % from their median, and "
        "their intervals exclude one another"
    )


def _off(found: Found) -> dict[float, float]:
    """By dilution how far its result lies from their median, as a share of it."""
    values = _results(found)
    middle = float(np.median(list(values.values())))
    return {factor: value / middle - 1 for factor, value in values.items()}


def _results(found: Found) -> dict[float, float]:
    values = {sample.dilution: reading.value * sample.dilution for sample, reading in found}
    return dict(sorted(values.items()))


def _worst(found: Found) -> float:
    return max(map(abs, _off(found).values()))


def _trend(found: Found) -> str | None:
    """That the result rises, or falls, with every one of three dilutions or more."""
    values = _results(found)
    steps = np.diff(list(values.values()))
    if len(steps) < 2 or not ((steps > 0).all() or (steps < 0).all()):
        return None
    (first, start), *_, (last, end) = values.items()
    return (
        f"the result {'rises' if steps[0] > 0 else 'falls'} with every dilution, from {start:.4g} "
        f"at 1:{first:g} to {end:.4g} at 1:{last:g}"
    )


def dilution_checks(inside: Mapping[str, Found], limit: float) -> list[Check]:
    """Whether the dilutions of a sample agree: each within `limit` of their median."""
    checks = []
    for name, found in inside.items():
        if len(found) < 2:
            continue
        off = _off(found)
        worst = _worst(found)
        order = list(off)
        trend = "rises" if off[order[-1]] > off[order[0]] else "falls"
        checks.append(
            Check(
                name="dilution linearity", group=name, value=worst,
                criterion=f"every dilution within {100 * limit:g} % of their median",
                status=Status.PASSED if worst <= limit else Status.FAILED,
                note=None if worst <= limit else
                f"the result {trend} with dilution: "
                + ", ".join(f"1:{factor:g} {100 * off[factor]:+.0f} %" for factor in order)
                + ("; a matrix effect or a hook is possible" if trend == "rises" else ""),
            )
        )  # fmt: skip
    return checks
