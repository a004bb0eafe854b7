"""Doses and times fitted together: rate, KA, desensitisation, and loss where nothing blocks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.timecourse_drift import drift
from hepatica.bench.assays.timecourse_study import Study
from hepatica.bench.compare import compare
from hepatica.bench.curves import misfit, refuted, tuples
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.models.accumulation import ACCUMULATION, LINE, LOSS, LOSS_ONLY
from hepatica.bench.replicates import agreement, turned_back
from hepatica.bench.result import Panel, Series
from hepatica.bench.table import Table
from hepatica.bench.tested import dose_range, plateau, rate_range
from hepatica.bench.verdicts import demoted, judge_fitted, no_effect
from hepatica.bench.wording import number

__all__ = ["surface", "surface_panels"]

SURFACE = "surface of "  # the curve's label follows


def surface(
    curve: Curve, rows: Table, study: Study, unit: str, label: str, colour: int, group: str | None
) -> None:
    """Adds the estimates, checks and pictures of one dose by time surface to `curve`."""
    dose, time, y = rows.numbers["agonist"], rows.numbers["time"], rows.numbers["signal"]
    x = np.array([dose, time])
    weight = weights(y, study.weights)
    fitted = fit(ACCUMULATION if study.lithium else LOSS, x, y, weight=weight)
    level = float(np.average(y, weights=weight))
    nothing = no_effect(
        float((weight * (y - level) ** 2).sum()), len(y) - 1, fitted, "accumulation", "a constant"
    )
    doses, times = np.unique(dose[dose > 0]), np.unique(time[time > 0])
    least = 2 if study.lithium else 3
    if nothing is None and (times.size < least or not doses.size):
        nothing = (
            f"{times.size} time(s) and {doses.size} dose(s) above zero; at least {least} times"
        )
    single = None
    if doses.size < 2:
        single = "one dose above zero: the rate at saturation and KA cannot be told apart"
    tested = dose_range(dose, "doses")
    spans = rate_range(time)
    steady = None if nothing else _steady(fitted, study, x, y, weight, group, curve)
    kept = None if nothing or study.lithium else _kept(fitted, x, y, weight, group, curve)
    terms = [
        ("initial rate", "rate", f"{unit}/min", None, nothing or single),
        ("KA", "KA", "nM", tested, nothing or single),
        ("desensitisation", "kdes", "per min", spans, nothing or single or steady),
        ("basal", "basal", unit, None, nothing),
    ]
    if not study.lithium:
        terms.insert(3, ("loss", "kdeg", "per min", spans, nothing or single or kept))
    for name, parameter, which, where, reason in terms:
        curve.estimates.append(
            judge_fitted(
                fitted, parameter, study.level, name=name, unit=which, group=group, tested=where,
                within=plateau(y) if name == "basal" else None, nothing=reason,
            )
        )  # fmt: skip
    fits = misfit(x, time, fitted, study.weights, group)
    wrong = refuted(fits, fitted)
    curve.estimates = demoted(curve.estimates, wrong)
    curve.checks += [agreement(x, y, group), fits]
    if study.lithium:
        curve.warnings += _falling(dose, time, y, unit, label)
    curve.df = fitted.df
    _draw(curve, fitted, x, y, label, nothing is None)
    if nothing is None and single is None and steady is None and wrong is None:
        drift(curve, fitted, times, label, colour)


def _steady(
    fitted: Fit, study: Study, x: Floats, y: Floats, weight: Floats, group: str | None, curve: Curve
) -> str | None:
    """Why there is no desensitisation to estimate: a constant rate fits as well."""
    line = fit(LINE if study.lithium else LOSS_ONLY, x, y, weight=weight)
    words = "a constant rate" if study.lithium else "a constant rate with loss"
    found = compare((words, line), ("desensitisation", fitted), group=group)
    if found is None:
        return None
    curve.comparisons.append(found)
    if found.prefers == "desensitisation":
        return None
    return f"{words} fits as well (F test, p = {found.p:.2g})"


def _kept(
    fitted: Fit, x: Floats, y: Floats, weight: Floats, group: str | None, curve: Curve
) -> str | None:
    """Why there is no loss to estimate: the product might as well be kept."""
    kept = fit(ACCUMULATION, x, y, weight=weight)
    found = compare(("no loss of product", kept), ("loss", fitted), group=group)
    if found is None:
        return None
    curve.comparisons.append(found)
    if found.prefers == "loss":
        return None
    return f"a surface without loss of product fits as well (F test, p = {found.p:.2g})"


def _falling(dose: Floats, time: Floats, y: Floats, unit: str, label: str) -> list[str]:
    """A question where product falls with time although lithium is said to keep it."""
    highest = float(dose[int(np.argmax(y))])
    found = turned_back(time[dose == highest], y[dose == highest])
    if found is None or found[2][found[0]] < found[2][0]:
        return []
    best, times, means = found
    return [
        f"{label + ': ' if label else ''}at {number(highest, 3)} nM the product falls from "
        f"{number(float(means[best]), 3)} {unit} at {number(float(times[best]), 3)} min to "
        f"{number(float(means[-1]), 3)} at {number(float(times[-1]), 3)} min, which lithium should "
        "prevent: is 'lithium: true' right? 'lithium: false' fits the loss as well"
    ]


def _draw(curve: Curve, fitted: Fit, x: Floats, y: Floats, label: str, fits: bool) -> None:
    """One panel for this curve, its doses told apart by colour."""
    drawn = curve.series.setdefault(f"{SURFACE}{label}", [])
    smooth = np.linspace(0, float(x[1].max()), 100)
    for colour, dose in enumerate(np.unique(x[0])):
        here = x[0] == dose
        drawn.append(
            Series(label=f"{float(dose):g} nM", kind="points", x=tuples(x[1][here]),
                   y=tuples(y[here]), colour=colour)
        )  # fmt: skip
        if fits:
            line = fitted.predict(np.array([np.full_like(smooth, dose), smooth]))
            drawn.append(
                Series(label="", kind="line", x=tuples(smooth), y=tuples(line), colour=colour)
            )


def surface_panels(
    drawn: Mapping[str, Sequence[Series]], title: str, y_label: str
) -> tuple[Panel, ...]:
    """A panel for every group and experiment, on the same y axis so that the eye can compare."""
    found = {key.removeprefix(SURFACE): drawn[key] for key in drawn if key.startswith(SURFACE)}
    values = [value for series in found.values() for one in series for value in one.y]
    room = 0.05 * (max(values) - min(values)) if values else 0.0
    ends = (min(values) - room, max(values) + room) if room else None
    return tuple(
        Panel(title=f"{title}: {label}" if label else title, x_label="time (min)",
              y_label=y_label, series=tuple(series), y_range=ends)
        for label, series in found.items()
    )  # fmt: skip
