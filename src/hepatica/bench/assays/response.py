"""Concentration-response: EC50, plateaus and slope; groups compared; receptor loss by the
operational model."""

from __future__ import annotations

from typing import Literal

import msgspec
import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.compare import compare
from hepatica.bench.curves import draw, fit_curve, tuples
from hepatica.bench.distributions import t_quantile
from hepatica.bench.effective_dose import effective_dose
from hepatica.bench.fit import Fit, fit, fit_alike, fit_groups, weights
from hepatica.bench.groups import Collected, Curve, collect
from hepatica.bench.intervals import Interval
from hepatica.bench.models.logistic import FIVE, FOUR, THREE
from hepatica.bench.models.operational import operational_model
from hepatica.bench.plate import MSR_RUNS, minimum_significant_ratio, plate_checks
from hepatica.bench.replicates import agreement, lack_of_fit
from hepatica.bench.result import AssayResult, Check, Panel, Scalar, Series, Status, Verdict
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table
from hepatica.bench.verdicts import Tested, judge
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

COLUMNS = (
    Column(name="dose", unit="nM"),
    Column(name="response", negative=True, missing=True),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
    Column(name="well", label=True, required=False, choices=("sample", "high", "low")),
)
MOST_COMPARED = 8
MODELS = {"three": THREE, "four": FOUR, "five": FIVE}


class Study(Base, frozen=True, kw_only=True):
    """The study of a concentration-response experiment.

    `model`: three, four or five parameters, or operational (groups are conditions that differ in
    receptor number; the control first). `zero` and `end` hold the response without drug and at
    infinite dose at a known value. `effective_doses`: per cents of the effect whose doses are
    wanted, such as [10, 90]. `q`: measured receptor number as a share of the control's, by group,
    for the operational model. Rows whose column "well" says high or low are plate controls.
    """

    model: Literal["three", "four", "five", "operational"] = "four"
    weights: Literal["none", "1/y", "1/y2"] = "none"
    zero: float | None = None
    end: float | None = None
    effective_doses: tuple[float, ...] = ()
    q: dict[str, float] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        for percent in self.effective_doses:
            if not 0 < percent < 100:
                raise ValueError(f"effective dose {percent!r}: expected per cents such as 10")
        for group, share in self.q.items():
            if not 0 < share <= 100:
                raise ValueError(f"q of {group!r}: {share!r}; expected a ratio above 0")


def analyse(table: Table, study: Study) -> AssayResult:
    """The curve of every group, their comparison, and what the plate's controls say."""
    checks: list[Check] = []
    diagnostics: dict[str, Scalar] = {}
    if "well" in table.labels:
        wells = np.array(table.labels["well"])
        response = table.numbers["response"]
        checks, diagnostics = plate_checks(response[wells == "high"], response[wells == "low"])
        if not (wells == "sample").any():
            raise InputError(f"{table.source}: no row is a sample; all are plate controls")
        table = table.rows(wells == "sample")
    unit = table.units.get("response", "units")
    if study.model == "operational":
        found = _operational(table, study, unit)
    else:
        ready = _plate(table, study)
        found = collect(
            table, study,
            lambda rows, label, colour: _curve(rows, study, unit, label, colour, ready),
            ratios=("EC50", "span"), plain=("bottom", "top", "span", "Hill"),
        )  # fmt: skip
        _shared(found, table, study)
        _reproducibility(found, table, study)
    panel = Panel(
        title="Concentration-response", x_label="dose (nM)", y_label=f"response ({unit})",
        x_scale="log", series=found.drawn("curve"),
    )  # fmt: skip
    return AssayResult(
        assay="response",
        title=study.title or "Concentration-response",
        estimates=tuple(found.estimates),
        checks=tuple(checks + found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(found.notes),
        diagnostics={**diagnostics, **found.diagnostics},
        methods=(
            "Least squares with the logarithm of EC50 as parameter; intervals by profile "
            "likelihood, SS = SSmin (1 + F/df).",
            "No EC50 is given where the curve fits no better than a constant (F test), where the "
            "data bound it on neither side, or more than tenfold beyond the doses tested.",
        ),
        panels=(panel,),
        table=found.table,
    )


def _fixed(study: Study) -> dict[str, float]:
    return {
        name: value
        for name, value in (("zero", study.zero), ("end", study.end))
        if value is not None
    }


def _plate(table: Table, study: Study) -> dict[tuple[str, tuple[int, ...]], Fit]:
    """The fits of curves that share their doses, made at once: by model and lines of the table."""
    parts = []
    for group in table.groups():
        rows = table.where(group=group)
        labels = rows.groups("experiment") if "experiment" in rows.labels else ()
        parts += [rows.where(experiment=label) for label in labels] or [rows]
    first = parts[0].numbers["dose"]
    alike = all(np.array_equal(part.numbers["dose"], first) for part in parts)
    if len(parts) < 2 or not alike or len(first) <= len(MODELS[study.model].names):
        return {}
    y = np.array([part.numbers["response"] for part in parts])
    weight, fixed = weights(y, study.weights), _fixed(study)
    ready: dict[tuple[str, tuple[int, ...]], Fit] = {}
    for model, level in ((MODELS[study.model], study.level), (THREE, None)):
        fits = fit_alike(model, first, y, weight=weight, fixed=fixed, level=level)
        ready |= {(model.name, p.lines): entry for p, entry in zip(parts, fits, strict=True)}
    return ready


def _curve(
    rows: Table,
    study: Study,
    unit: str,
    label: str,
    colour: int,
    ready: dict[tuple[str, tuple[int, ...]], Fit],
) -> Curve:
    curve = Curve()
    group = label or None
    x, y = rows.numbers["dose"], rows.numbers["response"]
    weight, fixed = weights(y, study.weights), _fixed(study)
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


def _shared(found: Collected, table: Table, study: Study) -> None:
    """Whether the groups share EC50, plateaus or all: only where no experiments repeat them."""
    groups = table.groups()
    if len(groups) < 2 or "experiment" in table.labels:
        return
    if len(groups) > MOST_COMPARED:
        found.notes.append(f"more than {MOST_COMPARED} groups: shared parameters are not tested")
        return
    x, y = table.numbers["dose"], table.numbers["response"]
    labels, model = table.labels["group"], MODELS[study.model]
    weight, fixed = weights(y, study.weights), _fixed(study)
    if len(y) - len(groups) * len(model.names) < 1:
        return
    apart = fit_groups(model, x, y, labels, shared=set(), weight=weight, fixed=fixed)
    free = set(model.names) - set(fixed)
    cases = [("one EC50", {"EC50"}), ("one curve for all", free)]
    if "end" in free:
        cases.insert(1, ("one response at infinite dose", {"end"}))
    note = "Wells are counted: it says whether these curves differ, not whether that repeats."
    for name, shared in cases:
        if shared - set(model.names):
            continue
        together = fit_groups(model, x, y, labels, shared=shared, weight=weight, fixed=fixed)
        entry = compare((name, together), ("separate curves", apart), note=note)
        if entry is not None:
            found.comparisons.append(entry)


def _reproducibility(found: Collected, table: Table, study: Study) -> None:
    """The minimum significant ratio of the control's EC50 over experiments."""
    if not found.table:
        return
    group = study.control or table.groups()[0]
    values = [
        value
        for where, quantity, value, verdict in zip(
            found.table["group"], found.table["quantity"], found.table["value"],
            found.table["verdict"], strict=True,
        )
        if where == group and quantity == "EC50" and verdict == "ok" and value is not None
    ]  # fmt: skip
    if len(values) < 2:
        return
    ratio = minimum_significant_ratio(np.array(values, dtype=float))
    found.diagnostics["minimum significant ratio of EC50"] = ratio
    found.checks.append(
        Check(
            name="runs behind the minimum significant ratio",
            status=Status.PASSED if len(values) >= MSR_RUNS else Status.FAILED,
            criterion=f"{MSR_RUNS} runs or more of the control",
            value=str(len(values)),
            group=group,
            note=f"EC50 values of two runs that differ less than {ratio:.2g}-fold are alike.",
        )
    )


def _operational(table: Table, study: Study, unit: str) -> Collected:
    groups = table.groups()
    if len(groups) < 2:
        raise InputError(
            "the operational model needs two or more groups that differ in receptor number: one "
            "curve gives EC50 and top, and no fit of it can tell KA from tau"
        )
    control = study.control or groups[0]
    if control not in groups:
        raise InputError(f"study: the control {control!r} is no group of the table")
    if "experiment" in table.labels and len(table.groups("experiment")) > 1:
        raise InputError("the operational model fits one experiment at a time: select one")
    order = (control, *(group for group in groups if group != control))
    unknown = set(study.q) - set(order[1:])
    if unknown:
        raise InputError(
            f"study: q of {sorted(unknown)[0]!r}, which is no group beside the control"
        )
    x = np.array(
        [table.numbers["dose"], [float(order.index(group)) for group in table.labels["group"]]]
    )
    y = table.numbers["response"]
    model = operational_model(len(order))
    fixed = {f"q{order.index(group)}": share for group, share in study.q.items()}
    weight = weights(y, study.weights)
    fitted = fit(model, x, y, weight=weight, fixed=fixed)
    found = Collected(notes=list(table.notes))
    nothing = None if fitted.df > 0 else f"{fitted.n} readings cannot fix these parameters"
    single = fit(FOUR, x[0], y, weight=weight)
    doses = x[0][x[0] > 0]
    tested = Tested(float(doses.min()), float(doses.max()), "nM", "doses")
    found.notes.append(
        "Slope 1 is assumed; tau of the control is receptors over the number for half-maximal "
        "transduction, q the receptors of a condition as a share of the control's"
    )
    if fitted.df > 0 and single.ss <= fitted.ss:
        nothing = "one curve for all conditions fits as well: the conditions do not differ"
    for name, label, where in (
        ("KA", "KA", tested), ("tau", "tau", None), ("span", "Em - basal", None),
        ("basal", "basal", None),
    ):  # fmt: skip
        found.estimates.append(
            judge(
                label,
                fitted.value(name),
                fitted.interval(name, study.level),
                unit="nM" if name == "KA" else unit if name in ("span", "basal") else None,
                se=fitted.se(name),
                nothing=nothing,
                n=fitted.n,
                n_of="wells",
                tested=Tested(tested.low, tested.high * 100, "nM", "doses") if where else None,
            )
        )
    for number, group in enumerate(order[1:], 1):
        if f"q{number}" in fixed:
            continue
        found.estimates.append(
            judge(
                f"q / {control}",
                fitted.value(f"q{number}"),
                fitted.interval(f"q{number}", study.level),
                group=group,
                nothing=nothing,
                se=fitted.se(f"q{number}"),
                n=fitted.n,
                n_of="wells",
            )
        )
    smooth = np.geomspace(doses.min(), doses.max(), 120)
    for number, group in enumerate(order):
        rows = x[1] == number
        found.series.setdefault("curve", []).append(
            Series(
                label=group, kind="points", x=tuples(x[0][rows]), y=tuples(y[rows]), colour=number
            )
        )
        line = fitted.predict(np.array([smooth, np.full_like(smooth, number)]))
        found.series["curve"].append(
            Series(label="", kind="line", x=tuples(smooth), y=tuples(line), colour=number)
        )
    return found
