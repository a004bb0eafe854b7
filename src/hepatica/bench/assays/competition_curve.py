"""One competition curve: IC50 and its constants, or the exact form with depletion."""

from __future__ import annotations

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.competition_constants import constants
from hepatica.bench.assays.competition_study import MOST_DEPLETED, Study, impossible
from hepatica.bench.compare import compare
from hepatica.bench.curves import PLAIN, coded_zero, draw, fit_curve, misfit, refuted
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.models.competition import competition_depletion
from hepatica.bench.models.logistic import FOUR, THREE
from hepatica.bench.replicates import agreement
from hepatica.bench.result import Check, Comparison, Estimate, Status, Verdict
from hepatica.bench.table import Table
from hepatica.bench.tested import SLOPES, Tested, dose_range, plateau
from hepatica.bench.verdicts import demoted, judge_fitted
from hepatica.bench.wording import p_value
from hepatica.errors import InputError

__all__ = ["curve_of"]

CONSTANTS = ("Ki", "Kd", "Bmax")  # taken from IC50 for one site


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
    tested = dose_range(x)
    ic50 = judge_fitted(
        fitted, "EC50", study.level, name="IC50", unit="nM", group=group, tested=tested,
        nothing=nothing,
    )  # fmt: skip
    curve.estimates.append(ic50)
    lost = unsure = None
    if ic50.verdict is Verdict.NOT_ESTIMABLE:
        lost = "IC50 is not estimable"
        unsure = f"{lost}, so it is not known whether the concentrations reach this plateau"
    for name, parameter in (("top", "zero"), ("bottom", "end")):
        curve.estimates.append(
            judge_fitted(
                fitted, parameter, study.level, name=name, unit=unit, group=group,
                within=plateau(y), nothing=nothing, beyond=unsure,
            )
        )  # fmt: skip
    if study.model == "four-parameter":
        curve.estimates.append(
            judge_fitted(
                fitted, "Hill", study.level, group=group, within=SLOPES, nothing=nothing or lost
            )
        )
    share = constants(curve, fitted, ic50, study, unit, group)
    fits = misfit(x, x, fitted, study.weights, group)
    if fitted.df > 1:
        other = fit(THREE if model is FOUR else FOUR, x, y, weight=weight)
        one, free = (other, fitted) if model is FOUR else (fitted, other)
        found = compare(("slope 1", one), ("free slope", free), group=group)
        if found is not None and free.ss <= one.ss:
            curve.comparisons.append(found)
            if nothing is None:
                curve.warnings += _slope(found, free, ic50, tested, study, label)
                curve.estimates = _apparent(curve.estimates, found, study)
    curve.estimates = demoted(curve.estimates, refuted(fits, fitted))
    curve.checks += [_depletion_check(share, study, unit, group), agreement(x, y, group), fits]
    curve.warnings += coded_zero(x, label)
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _slope(
    found: Comparison, free: Fit, ic50: Estimate, tested: Tested | None, study: Study, label: str
) -> list[str]:
    """What a free slope would say against slope 1, as a warning."""
    where = f"{label}: " if label else ""
    if found.prefers == "free slope" and found.p is not None:
        return [
            f"{where}the slope differs from 1 ({p_value(found.p)}), which competition at one site "
            "has: a Ki would be apparent"
        ]
    if study.model == "four-parameter":
        return []
    loose = judge_fitted(free, "EC50", study.level, tested=tested)
    if ic50.verdict is not Verdict.OK or loose.verdict in (Verdict.OK, Verdict.EXTRAPOLATED):
        return []
    return [
        f"{where}IC50 rests on the slope being 1: with a free slope it is {loose.verdict} (model: "
        "four-parameter); more concentrations around it would show the slope"
    ]


def _apparent(estimates: list[Estimate], found: Comparison, study: Study) -> list[Estimate]:
    """The estimates, apparent where they rest on a slope of 1 that the data plainly refute.

    With a free slope the constants do; at slope 1 all but the top does, which the wells without
    competitor show.
    """
    if found.prefers != "free slope" or found.p is None or found.p >= PLAIN:
        return estimates
    reason = f"the slope differs from 1 ({p_value(found.p)}), so this is an apparent value"
    free = study.model == "four-parameter"
    if not free:
        reason += "; see 'model: four-parameter'"
    return [
        entry
        if (free and entry.name not in CONSTANTS) or entry.name == "top"
        else demoted([entry], reason)[0]
        for entry in estimates
    ]


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
    share = float(y.max() / (hot * per_nm))
    nothing = impossible(share) or nothing
    for name, which, limits in (("Ki", "nM", dose_range(x)), ("Bmax", unit, None)):
        curve.estimates.append(
            judge_fitted(
                fitted, name, study.level, unit=which, group=group, tested=limits,
                nothing=nothing, method="exact mass balance; profile likelihood",
            )
        )  # fmt: skip
    curve.warnings += coded_zero(x, label)
    fits = misfit(x, x, fitted, study.weights, group)
    curve.estimates = demoted(curve.estimates, refuted(fits, fitted))
    curve.checks += [_depletion_check(share, study, unit, group), agreement(x, y, group), fits]
    curve.df = fitted.df
    draw(curve, fitted, x, y, label, colour, line=nothing is None)
    return curve


def _depletion_check(share: float | None, study: Study, unit: str, group: str | None) -> Check:
    criterion = "at most 10 % of the radioligand bound without competitor"
    if share is None:
        return Check(
            name="ligand depletion", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note=study.no_share(unit, "" if study.radioligand else "radioligand"),
        )  # fmt: skip
    return Check(
        name="ligand depletion",
        status=Status.PASSED if share <= MOST_DEPLETED else Status.FAILED,
        criterion=criterion, value=share, group=group,
    )  # fmt: skip
