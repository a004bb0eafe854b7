"""One concentration-response curve: its estimates, checks and picture."""

from __future__ import annotations

from math import inf

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.response_study import Study, held
from hepatica.bench.compare import compare
from hepatica.bench.curves import bell, coded_zero, draw, fit_curve, misfit, refuted
from hepatica.bench.distributions import t_quantile
from hepatica.bench.effective_dose import effective_dose
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.intervals import Interval
from hepatica.bench.model import Model
from hepatica.bench.models.logistic import THREE
from hepatica.bench.replicates import agreement
from hepatica.bench.result import Check, Estimate, Status, Verdict
from hepatica.bench.table import Table
from hepatica.bench.tested import SLOPES, dose_range, plateau
from hepatica.bench.verdicts import demoted, judge, judge_fitted

__all__ = ["Ready", "curve_of"]

Ready = dict[tuple[str, tuple[int, ...]], Fit]
UNBOUNDED = (Verdict.NOT_ESTIMABLE, Verdict.ONE_SIDED)


def curve_of(
    rows: Table,
    study: Study,
    unit: str,
    label: str,
    colour: int,
    ready: Ready,
    model: Model,
) -> Curve:
    curve = Curve()
    group = label or None
    x, y = rows.numbers["dose"], rows.numbers["response"]
    weight, fixed = weights(y, study.weights), held(study)
    made = ready.get((model.name, rows.lines))
    fitted, nothing = fit_curve(model, x, y, weight, fixed, made)
    tested = dose_range(x, "doses")
    ec50 = judge_fitted(
        fitted, "EC50", study.level, unit="nM", group=group, tested=tested, nothing=nothing
    )
    curve.estimates.append(ec50)
    beyond = lost = unsure = None
    if tested is not None and fitted.value("EC50") > tested.high:
        beyond = "the highest dose does not reach half of the effect"
    if ec50.verdict is Verdict.NOT_ESTIMABLE:
        lost = "EC50 is not estimable"
        unsure = f"{lost}, so it is not known whether the doses reach this plateau"
    falling = fitted.value("end") < fitted.value("zero")
    ends = {}
    for name, parameter in (("bottom", "end"), ("top", "zero")) if falling else (
        ("bottom", "zero"), ("top", "end"),
    ):  # fmt: skip
        if parameter in fixed:
            continue
        ends[name] = judge_fitted(
            fitted, parameter, study.level, name=name, unit=unit, group=group, within=plateau(y),
            nothing=nothing, beyond=(beyond if parameter == "end" else None) or unsure,
        )  # fmt: skip
    span = _span(fitted, ends, unit, group, nothing, beyond or unsure, study)
    curve.estimates += [*ends.values(), span]
    for name in ("Hill", "asymmetry"):
        if name in fitted.names:
            curve.estimates.append(
                judge_fitted(
                    fitted, name, study.level, group=group, nothing=nothing or lost,
                    within=SLOPES if name == "Hill" else None,
                )
            )  # fmt: skip
    for percent in study.effective_doses:
        if percent == 50:  # it stands above already, with its profile interval
            continue
        dose, se = effective_dose(fitted, percent / 100)
        with np.errstate(over="ignore"):  # a dose that the data do not fix has no bounds
            factor = np.exp(t_quantile(study.level, fitted.df) * se) if fitted.df > 0 else inf
        some = bool(np.isfinite(factor))
        bounds = Interval(
            dose / factor if some else None, dose * factor if some else None, study.level
        )
        curve.estimates.append(
            judge(
                f"EC{percent:g}", dose, bounds, unit="nM", group=group,
                tested=tested, positive=True, nothing=nothing or lost, n=fitted.n, n_of="wells",
                method="delta method on the logarithm",
            )
        )  # fmt: skip
    fits = misfit(x, x, fitted, study.weights, group)
    wrong = refuted(fits, fitted)
    curve.estimates = demoted(curve.estimates, wrong)
    curve.checks += [
        agreement(x, y, group),
        fits,
        _plateaus(x, fitted, [ec50, *ends.values()], nothing or wrong, group),
    ]
    curve.warnings += coded_zero(x, label)
    if nothing is None or fits.status is Status.FAILED:
        curve.warnings += bell(x, y, unit, label)
    if study.model == "four" and fitted.df > 1 and nothing is None:
        simple = ready.get((THREE.name, rows.lines)) or fit(THREE, x, y, weight=weight, fixed=fixed)
        found = compare(("slope 1", simple), ("free slope", fitted), group=group)
        if found is not None and simple.ss >= fitted.ss:
            curve.comparisons.append(found)
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _span(
    fitted: Fit, ends: dict[str, Estimate], unit: str, group: str | None, nothing: str | None,
    beyond: str | None, study: Study,
) -> Estimate:  # fmt: skip
    """The effect between the plateaus, by the delta method on zero and end.

    Where the data do not bound a plateau, only what the bounds of both leave.
    """
    value = abs(fitted.value("end") - fitted.value("zero"))
    loose = [name for name, end in ends.items() if end.verdict in UNBOUNDED]
    if nothing is None and loose:
        held = (fitted.value("end"), fitted.value("zero"))
        least, most = _outer(ends.get("bottom"), min(held)), _outer(ends.get("top"), max(held))
        low = None if most[0] is None or least[1] is None else most[0] - least[1]
        high = None if most[1] is None or least[0] is None else most[1] - least[0]
        if low is not None and low > 0:
            high = None  # a plateau that may lie farther out
        return judge(
            "span", min(max(value, low or 0.0), high or inf), Interval(low, high, study.level),
            unit=unit, group=group, positive=True, n=fitted.n, n_of="wells",
            method="bounds of top and bottom",
        )  # fmt: skip
    se = _se_of_span(fitted)
    half = t_quantile(study.level, fitted.df) * se if fitted.df > 0 else inf
    some = bool(np.isfinite(half))
    bounds = Interval(value - half if some else None, value + half if some else None, study.level)
    return judge(
        "span", value, bounds, unit=unit, se=se, group=group,
        positive=True, nothing=nothing, beyond=beyond, n=fitted.n, n_of="wells",
        method="top - bottom, delta method",
    )  # fmt: skip


def _outer(end: Estimate | None, held: float) -> tuple[float | None, float | None]:
    return (held, held) if end is None else (end.low, end.high)


def _se_of_span(fitted: Fit) -> float:
    zero, end = fitted.names.index("zero"), fitted.names.index("end")
    held = ~fitted.fits.free
    parts = np.where(held[:, None] | held[None, :], 0.0, fitted.fits.covariance[0])
    with np.errstate(invalid="ignore"):
        variance = parts[zero, zero] + parts[end, end] - 2 * parts[zero, end]
    return float(np.sqrt(variance)) if variance >= 0 else inf


def _plateaus(
    x: Floats, fitted: Fit, rests_on: list[Estimate], nothing: str | None, group: str | None
) -> Check:
    criterion = "doses that reach below 20 % and above 80 % of the effect (our choice)"
    if nothing is not None:
        return Check(
            name="both plateaus", status=Status.NOT_ASSESSED, criterion=criterion, group=group
        )
    zero, end = fitted.value("zero"), fitted.value("end")
    share = (fitted.predict(np.array([x.min(), x.max()])) - zero) / (end - zero)
    status = Status.PASSED if share[0] <= 0.2 and share[1] >= 0.8 else Status.FAILED
    loose = [entry.name for entry in rests_on if entry.verdict in UNBOUNDED]
    if status is Status.PASSED and loose:
        return Check(
            name="both plateaus", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note=f"The data do not bound {' and '.join(loose)}, so the shares are not known.",
        )  # fmt: skip
    return Check(
        name="both plateaus", status=status, criterion=criterion, group=group,
        value=f"{round(100 * share[0])} % to {round(100 * share[1])} %",
    )  # fmt: skip
