"""One saturation curve: Bmax, Kd, what fits better than one site, and its checks."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.binding_figure import draw_curve
from hepatica.bench.assays.binding_model import (
    MOST_DEPLETED,
    choose,
    described,
    fixed_of,
    unreached,
)
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.assays.binding_wider import preferred, wider_models
from hepatica.bench.curves import coded_zero, misfit, refuted
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.intervals import Interval
from hepatica.bench.models.nonspecific import NONSPECIFIC
from hepatica.bench.replicates import agreement
from hepatica.bench.result import Check, Estimate, Status
from hepatica.bench.tested import SLOPES, Tested, dose_range
from hepatica.bench.verdicts import demoted, judge, judge_fitted, no_effect
from hepatica.bench.wording import number

__all__ = ["curve_of"]


def curve_of(bound: Bound, study: Study, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    name, model, held = choose(bound, study)
    share, wrong = bound.depleted(), bound.impossible() or bound.swapped()
    curve.checks.append(_depletion_check(share, bound, study, group))
    if share is not None and share > MOST_DEPLETED and wrong is None:
        curve.warnings += _depleted(name, study, share, label)
    weight, fixed = weights(bound.y, study.weights), fixed_of(bound, study)
    fitted = fit(model, bound.design, bound.y, weight=weight, fixed=held)
    null = _null(bound, weight, fixed)
    nothing = wrong or no_effect(*null, fitted, "specific binding", "non-specific binding alone")
    tested = dose_range(bound.ligand)
    doses = np.unique(bound.ligand[bound.ligand > 0])
    if doses.size < 3:
        nothing = f"{doses.size} concentration(s) above zero; at least 3 are needed"
    apparent = None
    if name == "one-site" and wrong is None:
        curve.comparisons = wider_models(fitted, bound, weight, held, group)
        if nothing is None:
            told, apparent = preferred(curve.comparisons, study, label)
            curve.warnings += told
    fits = misfit(bound.design, bound.ligand, fitted, study.weights, group)
    misses = refuted(fits, fitted)
    apparent = apparent or misses
    _estimates(curve, fitted, name, bound, study, group, nothing, tested, apparent)
    if "NS" in fitted.names and fitted.se("NS") < float("inf"):
        curve.estimates.append(
            judge_fitted(
                fitted, "NS", study.level, group=group, nothing=wrong,
                beyond=None if bound.nonspecific else misses,
                unit="share of free" if name == "depletion" else f"{bound.unit}/nM",
            )
        )  # fmt: skip
    curve.checks += [agreement(bound.design, bound.y, group), fits]
    curve.warnings += coded_zero(bound.ligand, label)
    draw_curve(curve, fitted, bound, label, colour, nothing is None)
    prefix = f"{label}: " if label else ""
    curve.diagnostics = {
        f"{prefix}model": described(name, bound, study)[0],
        f"{prefix}readings": fitted.n,
        f"{prefix}degrees of freedom": fitted.df,
        f"{prefix}weighted sum of squares": fitted.ss,
        f"{prefix}weights": study.weights,
        f"{prefix}converged": fitted.converged,
    }
    return curve


def _depleted(name: str, study: Study, share: float, label: str) -> list[str]:
    where = f"{label + ': ' if label else ''}up to {100 * share:.0f} % of the ligand is bound, "
    if study.model == "auto":
        return [
            f"{where}so the model with ligand depletion is fitted; the concentrations are taken "
            "as added"
        ]
    if name == "depletion":
        return []
    return [f"{where}and the model {name} ignores that: Kd comes out too high"]


def _null(bound: Bound, weight: Floats, fixed: dict[str, float]) -> tuple[float, int]:
    if len(fixed) == 2:
        return float((weight * bound.y**2).sum()), len(bound.y)
    line = fit(NONSPECIFIC, bound.design, bound.y, weight=weight, fixed=fixed)
    return line.ss, line.df


def _estimates(
    curve: Curve, fitted: Fit, name: str, bound: Bound, study: Study, group: str | None,
    nothing: str | None, tested: Tested | None, apparent: str | None,
) -> None:  # fmt: skip
    kds = ("KdHi",) if name == "two-site" else ("Kd",)
    maxima = ("BmaxHi", "BmaxLo") if name == "two-site" else ("Bmax",)
    kd = fitted.value(kds[0])
    beyond = unreached(tested, kd) or apparent
    for which in (*maxima, *kds, *(("Hill",) if name == "hill" else ())):
        curve.estimates.append(
            judge_fitted(
                fitted, which, study.level, group=group,
                unit=None if which == "Hill" else "nM" if which in kds else bound.unit,
                tested=tested if which in kds else None, within=SLOPES if which == "Hill" else None,
                nothing=nothing, beyond=beyond if which in maxima else apparent,
            )
        )  # fmt: skip
    if name == "two-site":
        curve.estimates += demoted([_low_site(fitted, study, group, nothing, tested)], apparent)
    curve.df = fitted.df
    if nothing is None and tested is not None:
        curve.checks.append(_range_check(tested, kd, group))


def _low_site(
    fitted: Fit, study: Study, group: str | None, nothing: str | None, tested: Tested | None
) -> Estimate:
    high = fitted.value("KdHi")
    edge = fitted.interval("ratio", study.level)
    bounds = Interval(
        None if edge.low is None else high * (1 + edge.low),
        None if edge.high is None else high * (1 + edge.high),
        study.level,
    )
    return judge(
        "KdLo", high * (1 + fitted.value("ratio")), bounds, unit="nM", group=group,
        nothing=nothing, tested=tested, positive=True, n=fitted.n, n_of="wells",
        method="profile likelihood of KdLo/KdHi, KdHi held",
    )  # fmt: skip


def _depletion_check(share: float | None, bound: Bound, study: Study, group: str | None) -> Check:
    criterion = "at most 10 % of the radioligand bound"
    if share is None:
        return Check(
            name="ligand depletion", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note="Total binding is needed, and the readings are specific binding."
            if bound.specific
            else study.no_share(bound.read_in),
        )  # fmt: skip
    status = Status.PASSED if share <= MOST_DEPLETED else Status.FAILED
    return Check(
        name="ligand depletion", status=status, criterion=criterion, value=share, group=group
    )


def _range_check(tested: Tested, kd: float, group: str | None) -> Check:
    reached = tested.high / (tested.high + kd)
    fine = reached >= 0.8 and tested.low < kd
    return Check(
        name="range of concentrations",
        status=Status.PASSED if fine else Status.FAILED,
        criterion="from below Kd to at least 80 % of the sites occupied (our choice)",
        value=f"{number(tested.low, 3)} to {number(tested.high, 3)} nM, "
        f"{100 * reached:.0f} % occupied at the top",
        group=group,
    )
