"""Binding kinetics: kon, koff and Kd from association and dissociation, a competitor's rates."""

from __future__ import annotations

from math import log
from typing import Literal

import msgspec
import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.assays.kinetics_readings import (
    NONSPECIFIC,
    Nonspecific,
    Readings,
    after_removal,
    nonspecific_of,
)
from hepatica.bench.curves import misfit, refuted, tuples
from hepatica.bench.fit import Fit, fit, fit_many, weights
from hepatica.bench.groups import Curve, collect
from hepatica.bench.models.joint_kinetics import joint_kinetics
from hepatica.bench.models.kinetics import DISSOCIATION, motulsky_mahan
from hepatica.bench.replicates import agreement
from hepatica.bench.result import AssayResult, Check, Panel, Series, Status
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table
from hepatica.bench.tested import Tested, Within, affinity_range, plateau, rate_range
from hepatica.bench.verdicts import demoted, judge_fitted, no_effect
from hepatica.bench.wording import number
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

COLUMNS = (
    Column(
        name="phase", label=True, required=False,
        choices=("association", "dissociation", "assoc", "dissoc"),
    ),
    Column(name="kind", label=True, required=False, choices=("total", "nonspecific", "specific")),
    Column(name="ligand", unit="nM", zero=False),
    Column(name="time", unit="min"),
    Column(name="signal", negative=True, missing=True),
    Column(name="competitor", unit="nM", required=False),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)  # fmt: skip


class Study(Base, frozen=True, kw_only=True):
    """The study of a kinetic experiment.

    Time runs from the addition of ligand in association, from its removal in dissociation. With a
    column "competitor" the rows are association in its presence and signals are specific binding
    (Motulsky and Mahan). `nonspecific`: fitted (proportional to the ligand beside a background, and
    a level of its own after each removal), constant (one level for all rows: one concentration, or
    blanks of the filters), or none (specific binding). A column "kind" marks rows that were read as
    total, nonspecific or specific binding.
    """

    weights: Literal["none", "1/y", "1/y2"] = "none"
    nonspecific: Nonspecific = "fitted"


def analyse(table: Table, study: Study) -> AssayResult:
    """kon, koff, Kd and Bmax of every group; the time to equilibrium."""
    competing = "competitor" in table.numbers and bool((table.numbers["competitor"] > 0).any())
    unit = table.units.get("signal", "units")
    how = nonspecific_of(table, study.nonspecific, competing=competing)
    study = msgspec.structs.replace(study, nonspecific=how)

    def curve(rows: Table, label: str, colour: int) -> Curve:
        return (_competition if competing else _simple)(rows, study, unit, label, colour)

    found = collect(
        table,
        study,
        curve,
        ratios=("kon", "koff", "Kd", *(("Ki",) if competing else ())),
        plain=("NS", "background", "nonspecific", *map(after_removal, table.numbers["ligand"])),
    )
    panels = [
        Panel(
            title=title, x_label=axis, y_label=f"bound ({unit})", series=found.drawn(key),
        )
        for key, title, axis in (
            ("association", "Association", "time after ligand (min)"),
            ("dissociation", "Dissociation", "time after removal (min)"),
        )
    ]  # fmt: skip
    return AssayResult(
        assay="kinetics",
        title=study.title or "Binding kinetics",
        estimates=tuple(found.estimates),
        checks=tuple(found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(found.notes),
        diagnostics=found.diagnostics,
        methods=(
            "Association of the radioligand beside a competitor, all rows fitted together "
            "(Motulsky and Mahan 1984, closed form); Kd = koff/kon, and Ki the same of the "
            "competitor, each fitted as a parameter for its own interval."
            if competing
            else "All times and concentrations fitted together; kobs = kon L + koff, Kd = "
            f"koff/kon; {NONSPECIFIC[how]}.",
            "Intervals: profile likelihood, SS = SSmin (1 + F/df); wells counted.",
        ),
        panels=tuple(panel for panel in panels if panel.series),
        table=found.table,
    )


def _simple(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
    read = Readings(rows, study.nonspecific)
    x, y, fixed = read.x, read.y, read.fixed
    ligand, time = x[0], x[1]
    rising = bool(read.rising.any())
    several = np.unique(ligand[read.rising]).size > 1 or (rising and len(read.removals) > 0)
    model = joint_kinetics(len(read.removals), by_kd=False, rests=read.rests)
    if len(y) <= len(model.names) - len(fixed):
        raise InputError(
            f"{rows.source}: {len(y)} readings for {len(model.names) - len(fixed)} parameters"
        )
    weight = weights(y, study.weights)
    fitted = fit(model, x, y, weight=weight, fixed=fixed)
    curve = Curve(df=fitted.df)
    group = label or None
    null, null_df, without = read.null(weight)
    nothing = no_effect(null, null_df, fitted, "binding over time", without)
    spans = rate_range(time)
    lone = None if several else (
        "one concentration and no dissociation: kobs cannot be split into kon and koff"
    )  # fmt: skip
    if rising:
        _add(curve, fitted, "kon", "per nM per min", study, group, nothing or lone)
    _add(
        curve, fitted, "koff", "per min", study, group, nothing or (lone if rising else None),
        tested=spans,
    )  # fmt: skip
    if rising:
        other = joint_kinetics(len(read.removals), by_kd=True, rests=read.rests)
        by_kd = fit(other, x, y, weight=weight, fixed=fixed)
        _add(
            curve, by_kd, "Kd", "nM", study, group, nothing or lone,
            within=affinity_range(ligand[read.rising]),
        )  # fmt: skip
        _add(curve, fitted, "Bmax", unit, study, group, nothing or lone)
        curve.checks.append(_equilibrium(fitted, read, nothing, group))
        if lone is not None:
            own = read.rising
            _observed(curve, x[:, own], y[own], weight[own], study, group, nothing)
    for name, shown in read.shown().items():
        curve.estimates.append(
            judge_fitted(
                fitted, name, study.level, name=shown, group=group, nothing=nothing,
                unit=f"{unit}/nM" if name == "NS" else unit,
                within=None if name == "NS" else plateau(y),
            )
        )  # fmt: skip
    fits = misfit(x, time, fitted, study.weights, group)
    curve.estimates = demoted(curve.estimates, refuted(fits, fitted))
    curve.checks += [agreement(x, y, group), fits]
    _draw(curve, fitted, x, y, label, colour, nothing is None)
    return curve


def _change(y: Floats, weight: Floats, fitted: Fit) -> str | None:
    level = float(np.average(y, weights=weight))
    null = float((weight * (y - level) ** 2).sum())
    return no_effect(null, len(y) - 1, fitted, "binding over time", "a constant")


def _add(
    curve: Curve, fitted: Fit, name: str, unit: str, study: Study, group: str | None,
    nothing: str | None, shown: str | None = None, tested: Tested | None = None,
    within: Within | None = None,
) -> None:  # fmt: skip
    curve.estimates.append(
        judge_fitted(
            fitted, name, study.level, name=shown, unit=unit, group=group, tested=tested,
            within=within, nothing=nothing,
        )
    )  # fmt: skip


def _observed(
    curve: Curve, x: Floats, y: Floats, weight: Floats, study: Study, group: str | None,
    nothing: str | None,
) -> None:  # fmt: skip
    """kobs where one concentration leaves kon and koff inseparable.

    What is missing to a level above all readings falls like a dissociation, at the rate kobs.
    """
    ceiling = float(y.max() + 0.1 * np.ptp(y))
    turned = fit(DISSOCIATION, x[1], ceiling - y, weight=weight)
    _add(
        curve,
        turned,
        "koff",
        "per min",
        study,
        group,
        nothing,
        shown="kobs",
        tested=rate_range(x[1]),
    )


def _equilibrium(fitted: Fit, read: Readings, nothing: str | None, group: str | None) -> Check:
    criterion = (
        "the last reading at the lowest concentration later than 5 half-lives (97 %) of its "
        "association"
    )
    if nothing is not None:
        return Check(
            name="time to equilibrium", status=Status.NOT_ASSESSED, criterion=criterion, group=group
        )
    ligand = read.x[0][read.rising]
    lowest = float(ligand.min())
    measured = float(read.x[1][read.rising][ligand == lowest].max())
    kobs = fitted.value("kon") * lowest + fitted.value("koff")
    needed = 5 * log(2) / kobs
    return Check(
        name="time to equilibrium",
        status=Status.PASSED if measured >= needed else Status.FAILED,
        criterion=criterion, group=group,
        value=f"{number(needed, 3)} min needed at {number(lowest, 3)} nM, "
        f"{number(measured, 3)} min measured there",
    )  # fmt: skip


def _competition(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
    ligand, rival = rows.numbers["ligand"], rows.numbers["competitor"]
    time, y = rows.numbers["time"], rows.numbers["signal"]
    x = np.array([ligand, rival, time])
    model = motulsky_mahan()
    if len(y) <= len(model.names):
        raise InputError(f"{rows.source}: {len(y)} readings for {len(model.names)} parameters")
    weight = weights(y, study.weights)
    fitted = fit(model, x, y, weight=weight)
    curve = Curve(df=fitted.df)
    group = label or None
    nothing = _change(y, weight, fitted)
    by_affinity = _affinities(fitted, x, y, weight)
    spans = rate_range(time)
    for source, name, which, tested, within in (
        (fitted, "kon", "per nM per min", None, None),
        (fitted, "koff", "per min", spans, None),
        (by_affinity, "Kd", "nM", None, affinity_range(ligand)),
        (fitted, "kon of competitor", "per nM per min", None, None),
        (fitted, "koff of competitor", "per min", spans, None),
        (by_affinity, "Ki", "nM", None, affinity_range(rival)),
        (fitted, "Bmax", unit, None, None),
    ):
        _add(curve, source, name, which, study, group, nothing, tested=tested, within=within)
    if not (rival == 0).any():
        curve.warnings.append(
            f"{label + ': ' if label else ''}no row is without competitor: the radioligand's own "
            "rates rest on the model alone"
        )
    fits = misfit(x, time, fitted, study.weights, group)
    curve.estimates = demoted(curve.estimates, refuted(fits, fitted))
    curve.checks += [agreement(x, y, group), fits]
    smooth = np.linspace(0, float(time.max()), 100)
    for place, dose in enumerate(np.unique(rival)):
        here = rival == dose
        shown = f"{label} {number(float(dose), 3)} nM competitor".strip()
        curve.series.setdefault("association", []).append(
            Series(
                label=shown, kind="points", x=tuples(time[here]), y=tuples(y[here]), colour=place
            )
        )
        if nothing is None:
            design = np.array(
                [np.full_like(smooth, ligand[here][0]), np.full_like(smooth, dose), smooth]
            )
            curve.series["association"].append(
                Series(
                    label="",
                    kind="line",
                    x=tuples(smooth),
                    y=tuples(fitted.predict(design)),
                    colour=place,
                )
            )
    return curve


def _affinities(fitted: Fit, x: Array, y: Floats, weight: Floats) -> Fit:
    """The same fit with Kd and Ki as parameters, so that each has an interval of its own."""
    bmax, kon, koff, rival_on, rival_off = fitted.fits.values[0].tolist()
    start = [bmax, koff / kon, koff, rival_off / rival_on, rival_off]
    model = motulsky_mahan(by_affinity=True)
    return Fit(fits=fit_many(model, x, y, weight=weight, start=start, tolerance=1e-9), base=model)


def _draw(
    curve: Curve, fitted: Fit, x: Array, y: Floats, label: str, colour: int, fits: bool
) -> None:
    cells = np.unique(x[[0, 2, 3]], axis=1).T.tolist()
    for dose, index, total in cells:
        key = "dissociation" if index else "association"
        here = (x[0] == dose) & (x[2] == index) & (x[3] == total)
        doses = sorted({own for own, at, _ in cells if at == index})
        shade = colour if label else doses.index(dose) if not index else int(index) - 1
        word = "" if total else " nonspecific"
        curve.series.setdefault(key, []).append(
            Series(
                label=f"{label} {number(dose, 3)} nM{word}".strip(),
                kind="points",
                x=tuples(x[1][here]),
                y=tuples(y[here]),
                colour=shade,
                hollow=not total,
            )
        )
        if not fits:
            continue
        smooth = np.linspace(0, float(x[1][here].max()), 100)
        design = np.array(
            [np.full_like(smooth, dose), smooth, *np.outer((index, total), smooth**0)]
        )
        curve.series[key].append(
            Series(
                label="",
                kind="line",
                x=tuples(smooth),
                y=tuples(fitted.predict(design)),
                colour=shade,
                dashed=not total,
            )
        )
