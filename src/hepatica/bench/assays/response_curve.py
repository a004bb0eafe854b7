"""One concentration-response curve: its estimates, checks and picture."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.response_study import MODELS, Study, held
from hepatica.bench.compare import compare
from hepatica.bench.curves import draw, fit_curve
from hepatica.bench.distributions import t_quantile
from hepatica.bench.effective_dose import effective_dose
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.intervals import Interval
from hepatica.bench.models.logistic import THREE
from hepatica.bench.replicates import agreement, lack_of_fit
from hepatica.bench.result import Check, Status, Verdict
from hepatica.bench.table import Table
from hepatica.bench.verdicts import Tested, judge

__all__ = ["Ready", "curve_of"]

Ready = dict[tuple[str, tuple[int, ...]], Fit]


def curve_of(
    rows: Table,
    study: Study,
    unit: str,
    label: str,
    colour: int,
    ready: Ready,
) -> Curve:
    curve = Curve()
    group = label or None
    x, y = rows.numbers["dose"], rows.numbers["response"]
    weight, fixed = weights(y, study.weights), held(study)
    model = MODELS[study.model]
    made = ready.get((model.name, rows.lines))
    fitted, nothing = fit_curve(model, x, y, weight, fixed, made)
    doses = x[x > 0]
    tested = Tested(float(doses.min()), float(doses.max()), "nM", "doses") if doses.size else None
    ec50 = judge(
        "EC50", fitted.value("EC50"), fitted.interval("EC50", study.level), unit="nM",
        se=fitted.se("EC50"), group=group, tested=tested, nothing=nothing, n=fitted.n,
        n_of="wells",
    )  # fmt: skip
    curve.estimates.append(ec50)
    beyond = None
    if tested is not None and fitted.value("EC50") > tested.high:
        beyond = "the highest dose does not reach half of the effect"
    zero, end = fitted.value("zero"), fitted.value("end")
    falling = end < zero
    for name, parameter in (("bottom", "end"), ("top", "zero")) if falling else (
        ("bottom", "zero"), ("top", "end"),
    ):  # fmt: skip
        if parameter in fixed:
            continue
        curve.estimates.append(
            judge(
                name,
                fitted.value(parameter),
                fitted.interval(parameter, study.level),
                unit=unit,
                se=fitted.se(parameter),
                group=group,
                nothing=nothing,
                beyond=beyond if parameter == "end" else None,
                n=fitted.n,
                n_of="wells",
            )
        )
    _span(curve, fitted, ec50.verdict, unit, group, nothing, beyond, study)
    for name in ("Hill", "asymmetry"):
        if name in fitted.names:
            curve.estimates.append(
                judge(
                    name,
                    fitted.value(name),
                    fitted.interval(name, study.level),
                    group=group,
                    se=fitted.se(name),
                    nothing=nothing,
                    n=fitted.n,
                    n_of="wells",
                )
            )
    for percent in study.effective_doses:
        dose, se = effective_dose(fitted, percent / 100)
        factor = np.exp(t_quantile(study.level, fitted.df) * se) if fitted.df > 0 else np.inf
        bounded = np.isfinite(factor) and factor < 1e6
        curve.estimates.append(
            judge(
                f"EC{percent:g}",
                dose,
                Interval(dose / factor, dose * factor, study.level)
                if bounded
                else Interval(None, None, study.level),
                unit="nM",
                group=group,
                tested=tested,
                n=fitted.n,
                n_of="wells",
                nothing=nothing or (ec50.reason if ec50.verdict is Verdict.NOT_ESTIMABLE else None),
                method="delta method on the logarithm",
            )
        )
    if ec50.verdict in (Verdict.OK, Verdict.EXTRAPOLATED):
        curve.logs["EC50"] = fitted.value("EC50"), fitted.se("EC50") / fitted.value("EC50")
    curve.checks += [
        agreement(x, y, group),
        lack_of_fit(x, y, fitted.ss, fitted.df, group),
        _plateaus(x, fitted, nothing, group),
    ]
    if study.model == "four" and fitted.df > 1 and nothing is None:
        simple = ready.get((THREE.name, rows.lines)) or fit(THREE, x, y, weight=weight, fixed=fixed)
        found = compare(("slope 1", simple), ("free slope", fitted), group=group)
        if found is not None and simple.ss >= fitted.ss:
            curve.comparisons.append(found)
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _span(
    curve: Curve, fitted: Fit, verdict: Verdict, unit: str, group: str | None,
    nothing: str | None, beyond: str | None, study: Study,
) -> None:  # fmt: skip
    """The effect between the plateaus, by the delta method on zero and end."""
    zero, end = fitted.names.index("zero"), fitted.names.index("end")
    covariance = fitted.fits.covariance[0]
    held = ~fitted.fits.free
    parts = np.where(held[:, None] | held[None, :], 0.0, covariance)
    with np.errstate(invalid="ignore"):
        variance = parts[zero, zero] + parts[end, end] - 2 * parts[zero, end]
    span = abs(fitted.value("end") - fitted.value("zero"))
    se = float(np.sqrt(variance)) if variance >= 0 else float("inf")
    half = t_quantile(study.level, fitted.df) * se if fitted.df > 0 else float("inf")
    fine = np.isfinite(half) and half < 10 * span
    interval = Interval(span - half if fine else None, span + half if fine else None, study.level)
    curve.estimates.append(
        judge(
            "span",
            span,
            interval,
            unit=unit,
            se=se,
            group=group,
            nothing=nothing,
            beyond=beyond,
            n=fitted.n,
            n_of="wells",
            method="top - bottom, delta method",
        )
    )
    if curve.estimates[-1].verdict is Verdict.OK and span > 0:
        curve.logs["span"] = span, se / span


def _plateaus(x: Floats, fitted: Fit, nothing: str | None, group: str | None) -> Check:
    criterion = "doses that reach below 20 % and above 80 % of the effect (our choice)"
    if nothing is not None:
        return Check(
            name="both plateaus", status=Status.NOT_ASSESSED, criterion=criterion, group=group
        )
    zero, end = fitted.value("zero"), fitted.value("end")
    share = (fitted.predict(np.array([x.min(), x.max()])) - zero) / (end - zero)
    status = Status.PASSED if share[0] <= 0.2 and share[1] >= 0.8 else Status.FAILED
    return Check(
        name="both plateaus", status=status, criterion=criterion, group=group,
        value=f"{100 * share[0]:.0f} % to {100 * share[1]:.0f} %",
    )  # fmt: skip
