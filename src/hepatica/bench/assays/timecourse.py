"""Inositol phosphate time courses: doses and times fitted together, as a surface.

An EC50 read from an accumulation assay falls with time where the response desensitises, because
every dose ends at the same plateau; the surface has parameters that do not drift.
"""

from __future__ import annotations

from math import expm1, log1p
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.compare import compare
from hepatica.bench.curves import tuples
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve, collect
from hepatica.bench.models.accumulation import ACCUMULATION, LINE, RECOVERY
from hepatica.bench.replicates import agreement, lack_of_fit
from hepatica.bench.result import AssayResult, Estimate, Panel, Series, Verdict
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table
from hepatica.bench.verdicts import Tested, judge, no_effect
from hepatica.bench.wording import number
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse", "apparent_ec50"]

COLUMNS = (
    Column(name="agonist", unit="nM"),
    Column(name="time", unit="min"),
    Column(name="signal", negative=True, missing=True),
    Column(name="phase", label=True, required=False, choices=("accumulation", "recovery")),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)


class Study(Base, frozen=True, kw_only=True):
    """The study of an inositol phosphate time course.

    `lithium` must say yes: the model holds only where the loss of product is blocked. Rows of the
    phase "recovery" hold the response at a time after washout.
    """

    lithium: bool | None = None
    weights: Literal["none", "1/y", "1/y2"] = "none"


def apparent_ec50(ka: float, kdes: float, time: float) -> float:
    """The EC50 that an accumulation assay stopped at `time` would show, in the unit of `ka`.

    Half of 1 - exp(-kdes t) is reached at s = -ln((1 + exp(-kdes t))/2)/(kdes t), A = KA s/(1 - s).
    """
    span = kdes * time
    if span < 1e-9:
        return ka
    share = -log1p(expm1(-span) / 2) / span
    return ka * share / (1 - share)


def analyse(table: Table, study: Study) -> AssayResult:
    """Initial rate, KA and desensitisation constant of every group; recovery; the EC50's drift."""
    if study.lithium is not True:
        raise InputError(
            "study: 'lithium: true' is needed: without lithium product is lost and accumulation "
            "does not show the rate of formation"
        )
    unit = table.units.get("signal", "units")

    def curve(rows: Table, label: str, colour: int) -> Curve:
        return _curve(rows, study, unit, label, colour)

    found = collect(
        table, study, curve, ratios=("initial rate", "desensitisation", "KA"), plain=("basal",)
    )
    panels = (
        Panel(
            title="Accumulation", x_label="time (min)", y_label=f"inositol phosphates ({unit})",
            series=found.drawn("surface"),
        ),
        Panel(
            title="EC50 that each time would show", x_label="time (min)",
            y_label="apparent EC50 (nM)", y_scale="log", series=found.drawn("drift"),
        ),
        Panel(
            title="Recovery", x_label="time after washout (min)", y_label=f"response ({unit})",
            series=found.drawn("recovery"),
        ),
    )  # fmt: skip
    return AssayResult(
        assay="timecourse",
        title=study.title or "Inositol phosphate time course",
        estimates=tuple(found.estimates),
        checks=tuple(found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(found.notes),
        diagnostics=found.diagnostics,
        methods=(
            ACCUMULATION.formula + "; initial rate = rate s, plateau = rate/kdes at every dose.",
            "Intervals: profile likelihood, SS = SSmin (1 + F/df).",
        ),
        panels=tuple(panel for panel in panels if panel.series),
        table=found.table,
    )


def _curve(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    phases = rows.labels.get("phase", ("accumulation",) * len(rows))
    growing = np.array([phase == "accumulation" for phase in phases])
    if growing.any():
        _surface(curve, rows.rows(growing), study, unit, label, colour, group)
    if not growing.all():
        _recovery(curve, rows.rows(~growing), study, unit, label, colour, group)
    return curve


def _surface(
    curve: Curve, rows: Table, study: Study, unit: str, label: str, colour: int, group: str | None
) -> None:
    dose, time, y = rows.numbers["agonist"], rows.numbers["time"], rows.numbers["signal"]
    x = np.array([dose, time])
    weight = weights(y, study.weights)
    fitted = fit(ACCUMULATION, x, y, weight=weight)
    level = float(np.average(y, weights=weight))
    nothing = no_effect(
        float((weight * (y - level) ** 2).sum()), len(y) - 1, fitted, "accumulation", "a constant"
    )
    doses, times = np.unique(dose[dose > 0]), np.unique(time[time > 0])
    if nothing is None and (times.size < 2 or not doses.size):
        nothing = f"{times.size} time(s) and {doses.size} dose(s) above zero; at least 2 times"
    single = None
    if doses.size < 2:
        single = "one dose above zero: the rate at saturation and KA cannot be told apart"
    tested = Tested(float(doses.min()), float(doses.max()), "nM", "doses") if doses.size else None
    spans = Tested(
        0.05 / float(times.max()), 5 / float(times.min()), "per min", "times"
    ) if times.size else None  # fmt: skip
    steady = _steady(fitted, x, y, weight, group, curve) if nothing is None else None
    for name, parameter, which, where, reason in (
        ("initial rate", "rate", f"{unit}/min", None, nothing or single),
        ("KA", "KA", "nM", tested, nothing or single),
        ("desensitisation", "kdes", "per min", spans, nothing or single or steady),
        ("basal", "basal", unit, None, nothing),
    ):
        estimate = judge(
            name, fitted.value(parameter), fitted.interval(parameter, study.level), unit=which,
            se=fitted.se(parameter), group=group, tested=where, nothing=reason, n=fitted.n,
            n_of="wells",
        )  # fmt: skip
        curve.estimates.append(estimate)
        if estimate.verdict in (Verdict.OK, Verdict.EXTRAPOLATED) and name != "basal":
            value = fitted.value(parameter)
            curve.logs[name] = value, fitted.se(parameter) / value
    curve.checks += [agreement(x, y, group), lack_of_fit(x, y, fitted.ss, fitted.df, group)]
    curve.df = fitted.df
    _draw(curve, fitted, x, y, label, colour, nothing is None)
    if nothing is None and single is None and steady is None:
        _drift(curve, fitted, times, label, colour)


def _steady(
    fitted: Fit, x: Floats, y: Floats, weight: Floats, group: str | None, curve: Curve
) -> str | None:
    """Why there is no desensitisation to estimate: a constant rate fits as well."""
    line = fit(LINE, x, y, weight=weight)
    found = compare(("a constant rate", line), ("desensitisation", fitted), group=group)
    if found is None:
        return None
    curve.comparisons.append(found)
    if found.prefers == "desensitisation":
        return None
    return f"a constant rate fits as well (F test, p = {found.p:.2g})"


def _drift(curve: Curve, fitted: Fit, times: Floats, label: str, colour: int) -> None:
    ka, kdes = fitted.value("KA"), fitted.value("kdes")
    smooth = np.linspace(float(times.min()), float(times.max()), 60)
    points = [apparent_ec50(ka, kdes, float(t)) for t in times]
    curve.series.setdefault("drift", []).extend(
        [
            Series(
                label=f"{label} fitted surface".strip(), kind="line", x=tuples(smooth),
                y=tuple(apparent_ec50(ka, kdes, float(t)) for t in smooth), colour=colour,
            ),
            Series(
                label=f"{label} KA".strip(), kind="line", x=tuples(smooth[[0, -1]]), y=(ka, ka),
                colour=colour, dashed=True,
            ),
        ]
    )  # fmt: skip
    first, last = points[0], points[-1]
    if first / last > 1.5:
        curve.warnings.append(
            f"{label + ': ' if label else ''}an EC50 read at {number(float(times[0]), 3)} min "
            f"would be {number(first, 3)} nM, at {number(float(times[-1]), 3)} min "
            f"{number(last, 3)} nM: "
            "the response desensitises; compare groups by initial rate, KA and desensitisation"
        )


def _recovery(
    curve: Curve, rows: Table, study: Study, unit: str, label: str, colour: int, group: str | None
) -> None:
    x, y = rows.numbers["time"], rows.numbers["signal"]
    weight = weights(y, study.weights)
    fitted = fit(RECOVERY, x, y, weight=weight)
    level = float(np.average(y, weights=weight))
    nothing = no_effect(
        float((weight * (y - level) ** 2).sum()), len(y) - 1, fitted, "recovery", "a constant"
    )
    times = x[x > 0]
    spans = Tested(
        0.05 / float(times.max()), 5 / float(times.min()), "per min", "times"
    ) if times.size else None  # fmt: skip
    for name, parameter, which, where in (
        ("recovery", "krec", "per min", spans),
        ("lost at washout", "lost", None, None),
    ):
        estimate: Estimate = judge(
            name, fitted.value(parameter), fitted.interval(parameter, study.level), unit=which,
            se=fitted.se(parameter), group=group, tested=where, nothing=nothing, n=fitted.n,
            n_of="wells",
        )  # fmt: skip
        curve.estimates.append(estimate)
    curve.series.setdefault("recovery", []).append(
        Series(label=label, kind="points", x=tuples(x), y=tuples(y), colour=colour)
    )
    if nothing is None:
        smooth = np.linspace(0, float(x.max()), 100)
        curve.series["recovery"].append(
            Series(
                label="",
                kind="line",
                x=tuples(smooth),
                y=tuples(fitted.predict(smooth)),
                colour=colour,
            )
        )


def _draw(
    curve: Curve, fitted: Fit, x: Floats, y: Floats, label: str, colour: int, fits: bool
) -> None:
    smooth = np.linspace(0, float(x[1].max()), 100)
    for place, dose in enumerate(np.unique(x[0])):
        here = x[0] == dose
        shade = colour if label else place
        curve.series.setdefault("surface", []).append(
            Series(
                label=label or f"{number(float(dose), 3)} nM",
                kind="points",
                x=tuples(x[1][here]),
                y=tuples(y[here]),
                colour=shade,
            )
        )
        if fits:
            line = fitted.predict(np.array([np.full_like(smooth, dose), smooth]))
            curve.series["surface"].append(
                Series(label="", kind="line", x=tuples(smooth), y=tuples(line), colour=shade)
            )
