"""Competition binding: IC50, and Ki by the form that the depletion of the radioligand asks for."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.compare import compare
from hepatica.bench.curves import draw, fit_curve
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve, collect
from hepatica.bench.intervals import Interval
from hepatica.bench.models.competition import cheng_prusoff, competition_depletion, munson_rodbard
from hepatica.bench.models.logistic import FOUR, THREE
from hepatica.bench.radioactivity import RadioStudy, quantity
from hepatica.bench.replicates import agreement, lack_of_fit
from hepatica.bench.result import AssayResult, Check, Estimate, Panel, Status, Verdict
from hepatica.bench.table import Column, Table
from hepatica.bench.units import quantity_of
from hepatica.bench.verdicts import Tested, judge
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

COLUMNS = (
    Column(name="competitor", unit="nM"),
    Column(
        name="signal",
        quantities=("counts", "radioactivity", "amount", "density", "arbitrary"),
        negative=True,
        missing=True,
    ),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)
MOST_DEPLETED = 0.10


class Study(RadioStudy, frozen=True, kw_only=True):
    """The study of a competition experiment.

    `radioligand` is its concentration ("1 nM", as added), `radioligand_kd` its dissociation
    constant in the same preparation; Ki needs both. `model`: one-site (slope 1), four-parameter,
    homologous (the competitor is the radioligand unlabelled), depletion (exact).
    """

    radioligand: str | float | None = None
    radioligand_kd: str | float | None = None
    model: Literal["one-site", "four-parameter", "homologous", "depletion"] = "one-site"
    weights: Literal["none", "1/y", "1/y2"] = "none"

    def hot_nm(self) -> float | None:
        if self.radioligand is None:
            return None
        return quantity(self.radioligand, "nM", what="radioligand")

    def kd_nm(self) -> float | None:
        if self.radioligand_kd is None:
            return None
        return quantity(self.radioligand_kd, "nM", what="radioligand_kd")

    def per_nm(self, unit: str) -> float | None:
        """The readings in `unit` that 1 nM of radioligand in the assay volume gives."""
        per_fmol, volume = self.per_fmol(unit), self.volume_ml()
        if per_fmol is None or volume is None:
            return None
        if quantity_of(unit) != "density":
            return per_fmol * volume * 1000
        protein = self.protein_mg()
        return None if protein is None else per_fmol * volume * 1000 / protein


def analyse(table: Table, study: Study) -> AssayResult:
    """IC50 and Ki of every group; Hill slope tested against 1."""
    notes: list[str] = []
    if study.radioligand is None or (study.radioligand_kd is None and study.model != "homologous"):
        notes.append("no Ki: the study gives no radioligand concentration and Kd")
    unit = table.units["signal"]

    def curve(rows: Table, label: str, colour: int) -> Curve:
        return _curve(rows, study, unit, label, colour)

    ratio = "Ki" if not notes and study.model in ("one-site", "depletion") else "IC50"
    found = collect(table, study, curve, ratios=(ratio,), plain=("top", "bottom"))
    panel = Panel(
        title="Competition", x_label="competitor (nM)", y_label=f"bound ({unit})", x_scale="log",
        series=found.drawn("curve"),
    )  # fmt: skip
    return AssayResult(
        assay="competition",
        title=study.title or "Competition binding",
        estimates=tuple(found.estimates),
        checks=tuple(found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(notes + found.notes),
        diagnostics=found.diagnostics,
        methods=(
            "Ki = IC50/(1 + L/Kd) (Cheng and Prusoff); Munson and Rodbard's form with the sign of "
            "the 1989 erratum where more than 10 % of the radioligand is bound.",
            "Intervals: profile likelihood; the interval of Ki takes L and Kd as known.",
        ),
        panels=(panel,),
        table=found.table,
    )


def _curve(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
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
    share = _constants(curve, fitted, ic50, study, unit, group)
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


def _constants(
    curve: Curve, fitted: Fit, ic50: Estimate, study: Study, unit: str, group: str | None
) -> float | None:
    """Add Ki (or Kd and Bmax) to the curve; the share of radioligand bound without competitor."""
    hot, kd, per_nm = study.hot_nm(), study.kd_nm(), study.per_nm(unit)
    share = None
    if hot is not None and per_nm is not None and ic50.value is not None:
        share = max(fitted.value("zero"), 0.0) / (hot * per_nm)
    if hot is None:
        return share
    if study.model == "homologous":
        _homologous(curve, fitted, ic50, hot, unit, group)
        return share
    if kd is None:
        return share
    method, scale, shift = "Cheng and Prusoff", 1 / (1 + hot / kd), 0.0
    if share is not None and share > MOST_DEPLETED:
        specific = (fitted.value("zero") - fitted.value("end")) / per_nm  # type: ignore[operator]
        ratio = specific / max(hot * (1 - share), 1e-300)
        method = "Munson and Rodbard"
        shift = munson_rodbard(0.0, hot, kd, ratio)
        scale = munson_rodbard(1.0, hot, kd, ratio) - shift
        curve.warnings.append(
            f"{group + ': ' if group else ''}{100 * share:.0f} % of the radioligand is bound: Ki "
            "is Munson and Rodbard's; Cheng and Prusoff would say "
            f"{cheng_prusoff(fitted.value('EC50'), hot, kd):.4g} nM"
        )
    curve.estimates.append(_scaled("Ki", ic50, scale, shift, f"{method}; {ic50.method}"))
    if "IC50" in curve.logs and curve.estimates[-1].value is not None:
        value, se = curve.logs["IC50"]
        curve.logs["Ki"] = value * scale + shift, se * value * scale / (value * scale + shift)
    return share


def _scaled(name: str, source: Estimate, scale: float, shift: float, method: str) -> Estimate:
    """`source` times `scale` plus `shift`, verdict and reason kept; below zero: not estimable."""

    def change(value: float | None) -> float | None:
        return None if value is None else value * scale + shift

    value, low = change(source.value), change(source.low)
    if (value is not None and value <= 0) or (low is not None and low <= 0 and value is None):
        return Estimate(
            name=name, unit=source.unit, group=source.group, level=source.level, method=method,
            verdict=Verdict.NOT_ESTIMABLE,
            reason="IC50 is no larger than the sites and the radioligand themselves",
        )  # fmt: skip
    if low is not None and low <= 0:
        return Estimate(
            name=name, value=value, high=change(source.high), unit=source.unit,
            group=source.group, level=source.level, method=method, n=source.n, n_of=source.n_of,
            verdict=Verdict.ONE_SIDED if source.high is not None else Verdict.NOT_ESTIMABLE,
            reason="IC50 is near the concentration of the sites and the radioligand",
        )  # fmt: skip
    return Estimate(
        name=name, value=value, low=low, high=change(source.high), unit=source.unit,
        se=None if source.se is None else source.se * scale, group=source.group,
        level=source.level, method=method, n=source.n, n_of=source.n_of, verdict=source.verdict,
        reason=source.reason,
    )  # fmt: skip


def _homologous(
    curve: Curve, fitted: Fit, ic50: Estimate, hot: float, unit: str, group: str | None
) -> None:
    curve.estimates.append(_scaled("Kd", ic50, 1.0, -hot, f"IC50 - L; {ic50.method}"))
    kd = curve.estimates[-1]
    method = "span x IC50 / L, delta method"
    if kd.verdict not in (Verdict.OK, Verdict.EXTRAPOLATED):
        curve.estimates.append(
            Estimate(
                name="Bmax",
                unit=unit,
                group=group,
                level=ic50.level,
                method=method,
                verdict=Verdict.NOT_ESTIMABLE,
                reason="Kd is not estimable",
            )
        )
        return
    values, covariance = fitted.fits.values[0], fitted.fits.covariance[0]
    span, where = values[0] - values[1], fitted.value("EC50")
    bmax = span * where / hot
    slope = np.array([where / hot, -where / hot, bmax])  # by zero, end and ln EC50
    se = float(np.sqrt(slope @ covariance @ slope))
    from hepatica.bench.distributions import t_quantile

    half = t_quantile(ic50.level, fitted.df) * se
    curve.estimates.append(
        judge(
            "Bmax",
            bmax,
            Interval(bmax - half, bmax + half, ic50.level),
            unit=unit,
            se=se,
            group=group,
            n=fitted.n,
            n_of="wells",
            method=method,
        )
    )


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
