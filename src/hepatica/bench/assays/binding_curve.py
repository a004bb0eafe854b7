"""One saturation curve: Bmax, Kd, what fits better than one site, and its checks."""

from __future__ import annotations

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.binding_figure import draw_curve
from hepatica.bench.assays.binding_model import MOST_DEPLETED, choose, fixed_of
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.compare import compare
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.intervals import Interval
from hepatica.bench.model import Model
from hepatica.bench.models.hill import HILL
from hepatica.bench.models.nonspecific import NONSPECIFIC, with_nonspecific
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.bench.replicates import agreement, lack_of_fit, streaks
from hepatica.bench.result import Check, Comparison, Estimate, Status, Verdict
from hepatica.bench.verdicts import Tested, judge, no_effect
from hepatica.bench.wording import number

__all__ = ["curve_of"]


def curve_of(bound: Bound, study: Study, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    name, model, held = choose(bound, study)
    share = bound.depleted()
    curve.checks.append(_depletion_check(share, group))
    if share is not None and share > MOST_DEPLETED:
        curve.warnings += _depleted(name, study, share, label)
    weight, fixed = weights(bound.y, study.weights), fixed_of(bound, study)
    fitted = fit(model, bound.design, bound.y, weight=weight, fixed=held)
    null = _null(bound, weight, fixed)
    nothing = no_effect(*null, fitted, "specific binding", "non-specific binding alone")
    doses = np.unique(bound.ligand[bound.ligand > 0])
    if doses.size < 3:
        nothing = f"{doses.size} concentration(s) above zero; at least 3 are needed"
    _estimates(curve, fitted, name, bound, study, group, nothing, doses)
    if name == "one-site":
        for other, entry in (("Hill slope", HILL), ("two sites", TWO_SITE)):
            found = _against(fitted, entry, other, bound, weight, held, group)
            if found is not None:
                curve.comparisons.append(found)
                if found.prefers == other and nothing is None:
                    curve.warnings.append(
                        f"{label + ': ' if label else ''}the data prefer a model with {other} to "
                        f"one site: see 'Models compared' and fit it with 'model' in the study"
                    )
    curve.checks += [
        agreement(bound.design, bound.y, group),
        lack_of_fit(bound.design, bound.y, fitted.ss, fitted.df, group)
        if study.weights == "none"
        else streaks(bound.ligand, fitted.residuals, group),
    ]
    draw_curve(curve, fitted, bound, label, colour, nothing is None)
    prefix = f"{label}: " if label else ""
    curve.diagnostics = {
        f"{prefix}model": model.name,
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


def _against(
    fitted: Fit, entry: Model, other: str, bound: Bound, weight: Floats, held: dict[str, float],
    group: str | None,
) -> Comparison | None:  # fmt: skip
    model = with_nonspecific(entry)
    if len(bound.y) - (len(model.names) - len(held)) < 1:
        return None
    wider = fit(model, bound.design, bound.y, weight=weight, fixed=held)
    if wider.ss > fitted.ss:
        return None
    return compare(("one site", fitted), (other, wider), group=group)


def _estimates(
    curve: Curve, fitted: Fit, name: str, bound: Bound, study: Study, group: str | None,
    nothing: str | None, doses: Floats,
) -> None:  # fmt: skip
    tested = Tested(float(doses[0]), float(doses[-1]), "nM") if doses.size else None
    kds = ("KdHi",) if name == "two-site" else ("Kd",)
    maxima = ("BmaxHi", "BmaxLo") if name == "two-site" else ("Bmax",)
    kd = fitted.value(kds[0])
    beyond = None
    if tested is not None and kd > tested.high:
        reached = tested.high / (tested.high + kd)
        beyond = f"the highest concentration occupies {100 * reached:.0f} % of the sites"
    for which in (*maxima, *kds, *(("Hill",) if name == "hill" else ())):
        estimate = judge(
            which, fitted.value(which), fitted.interval(which, study.level),
            unit=None if which == "Hill" else "nM" if which in kds else bound.unit,
            se=fitted.se(which), group=group, tested=tested if which in kds else None,
            nothing=nothing, beyond=beyond if which in maxima else None, n=fitted.n, n_of="wells",
        )  # fmt: skip
        curve.estimates.append(estimate)
        if estimate.verdict in (Verdict.OK, Verdict.EXTRAPOLATED):
            curve.logs[which] = fitted.value(which), fitted.se(which) / fitted.value(which)
    if name == "two-site":
        curve.estimates.append(_low_site(fitted, study, group, nothing, tested))
    if "NS" in fitted.names and fitted.se("NS") < float("inf"):
        curve.estimates.append(
            judge(
                "NS",
                fitted.value("NS"),
                fitted.interval("NS", study.level),
                unit="share of free" if name == "depletion" else f"{bound.unit}/nM",
                se=fitted.se("NS"),
                group=group,
                n=fitted.n,
                n_of="wells",
            )
        )
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
        nothing=nothing, tested=tested, n=fitted.n, n_of="wells",
        method="profile likelihood of KdLo/KdHi, KdHi held",
    )  # fmt: skip


def _depletion_check(share: float | None, group: str | None) -> Check:
    criterion = "at most 10 % of the radioligand bound"
    if share is None:
        return Check(
            name="ligand depletion", status=Status.NOT_ASSESSED, criterion=criterion, group=group,
            note="The study gives no volume, specific activity, efficiency or protein.",
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
