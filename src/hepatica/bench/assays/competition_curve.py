"""One competition curve: IC50 and its constants, or the exact form with depletion."""

from __future__ import annotations

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.competition_constants import constants
from hepatica.bench.assays.competition_study import MOST_DEPLETED, Study
from hepatica.bench.compare import compare
from hepatica.bench.curves import draw, fit_curve
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.models.competition import competition_depletion
from hepatica.bench.models.logistic import FOUR, THREE
from hepatica.bench.replicates import agreement, lack_of_fit
from hepatica.bench.result import Check, Estimate, Status, Verdict
from hepatica.bench.table import Table
from hepatica.bench.verdicts import Tested, judge
from hepatica.errors import InputError

__all__ = ["curve_of"]


def curve_of(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    x = rows.numbers["competitor"]
    y = rows.numbers["signal"] - study.counter_background
    weight = weights(y, study.weights)
    if study.model == "depletion":
        return _exact(curve, x, y, weight, study, unit, label, colour)
    model = FOUR if study.model == "four-parameter" else THREE
    fitted, nothing = fit_curve(model, x, y, weight, {})
    if nothing is None and fitted.value("end") >= fitted.value("zero"):
        nothing = "binding does not fall with the competitor"
    ic50 = _location(curve, fitted, x, study, group, nothing)
    for name, parameter in (("top", "zero"), ("bottom", "end")):
        curve.estimates.append(
            judge(
                name,
                fitted.value(parameter),
                fitted.interval(parameter, study.level),
                unit=unit,
                se=fitted.se(parameter),
                group=group,
                nothing=nothing,
                n=fitted.n,
                n_of="wells",
            )
        )
    if study.model == "four-parameter":
        curve.estimates.append(
            judge(
                "Hill",
                fitted.value("Hill"),
                fitted.interval("Hill", study.level),
                se=fitted.se("Hill"),
                group=group,
                nothing=nothing,
                n=fitted.n,
                n_of="wells",
            )
        )
    share = constants(curve, fitted, ic50, study, unit, group)
    curve.checks += [
        _depletion_check(share, group),
        agreement(x, y, group),
        lack_of_fit(x, y, fitted.ss, fitted.df, group),
    ]
    if study.model != "four-parameter" and fitted.df > 1:
        free = fit(FOUR, x, y, weight=weight)
        found = compare(("slope 1", fitted), ("free slope", free), group=group)
        if found is not None and free.ss <= fitted.ss:
            curve.comparisons.append(found)
            if found.prefers == "free slope" and nothing is None:
                curve.warnings.append(
                    f"{label + ': ' if label else ''}the slope differs from 1, so this is not "
                    "competition at one site; its Ki is apparent"
                )
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _location(
    curve: Curve, fitted: Fit, x: Floats, study: Study, group: str | None, nothing: str | None
) -> Estimate:
    doses = x[x > 0]
    tested = Tested(float(doses.min()), float(doses.max()), "nM") if doses.size else None
    estimate = judge(
        "IC50", fitted.value("EC50"), fitted.interval("EC50", study.level), unit="nM",
        se=fitted.se("EC50"), group=group, tested=tested, nothing=nothing, n=fitted.n,
        n_of="wells",
    )  # fmt: skip
    curve.estimates.append(estimate)
    if estimate.verdict in (Verdict.OK, Verdict.EXTRAPOLATED):
        curve.logs["IC50"] = fitted.value("EC50"), fitted.se("EC50") / fitted.value("EC50")
    return estimate


def _exact(
    curve: Curve, x: Floats, y: Floats, weight: Floats, study: Study, unit: str, label: str,
    colour: int,
) -> Curve:  # fmt: skip
    hot, kd, per_nm = study.hot_nm(), study.kd_nm(), study.per_nm(unit)
    if hot is None or kd is None or per_nm is None:
        raise InputError(
            "the depletion model needs radioligand, radioligand_kd, volume, specific_activity "
            "(and efficiency for cpm, protein for fmol/mg) in the study"
        )
    group = label or None
    _, nothing = fit_curve(THREE, x, y, weight, {})
    fitted = fit(competition_depletion(hot, kd, per_nm), x, y, weight=weight)
    doses = x[x > 0]
    tested = Tested(float(doses.min()), float(doses.max()), "nM") if doses.size else None
    for name, which, limits in (("Ki", "nM", tested), ("Bmax", unit, None)):
        curve.estimates.append(
            judge(
                name,
                fitted.value(name),
                fitted.interval(name, study.level),
                unit=which,
                se=fitted.se(name),
                group=group,
                tested=limits,
                nothing=nothing,
                n=fitted.n,
                n_of="wells",
                method="exact mass balance; profile likelihood",
            )
        )
    if curve.estimates[0].verdict in (Verdict.OK, Verdict.EXTRAPOLATED):
        curve.logs["Ki"] = fitted.value("Ki"), fitted.se("Ki") / fitted.value("Ki")
    curve.checks += [
        _depletion_check(float(y.max() / (hot * per_nm)), group),
        agreement(x, y, group),
        lack_of_fit(x, y, fitted.ss, fitted.df, group),
    ]
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _depletion_check(share: float | None, group: str | None) -> Check:
    criterion = "at most 10 % of the radioligand bound without competitor"
    if share is None:
        return Check(
            name="ligand depletion", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note="The study gives no radioligand, volume, specific activity or efficiency.",
        )  # fmt: skip
    return Check(
        name="ligand depletion",
        status=Status.PASSED if share <= MOST_DEPLETED else Status.FAILED,
        criterion=criterion, value=share, group=group,
    )  # fmt: skip
