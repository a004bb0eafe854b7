"""Saturation binding: total and non-specific binding fitted together, never subtracted."""

from __future__ import annotations

from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.compare import compare
from hepatica.bench.fit import Fit, fit, weights
from hepatica.bench.groups import Curve, collect
from hepatica.bench.intervals import Interval
from hepatica.bench.model import Model
from hepatica.bench.models.depletion import depletion_model
from hepatica.bench.models.hill import HILL
from hepatica.bench.models.nonspecific import NONSPECIFIC, with_nonspecific
from hepatica.bench.models.one_site import ONE_SITE
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.bench.radioactivity import RadioStudy, to_nm
from hepatica.bench.replicates import agreement, lack_of_fit, streaks
from hepatica.bench.result import (
    AssayResult,
    Check,
    Comparison,
    Estimate,
    Panel,
    Series,
    Status,
    Verdict,
)
from hepatica.bench.table import Column, Table
from hepatica.bench.units import quantity_of
from hepatica.bench.verdicts import Tested, judge, no_effect
from hepatica.bench.wording import number
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

SIGNALS = ("counts", "radioactivity", "amount", "density", "arbitrary")
COLUMNS = (
    Column(name="concentration", quantities=("concentration", "counts", "radioactivity")),
    Column(name="kind", label=True, required=False, choices=("total", "nonspecific", "specific")),
    Column(name="signal", quantities=SIGNALS, negative=True, missing=True),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)
MODELS = {"one-site": ONE_SITE, "hill": HILL, "two-site": TWO_SITE}
MOST_DEPLETED = 0.10


class Study(RadioStudy, frozen=True, kw_only=True):
    """The study of a saturation experiment.

    `model`: auto (one site, with depletion where more than 10 % of the ligand is bound and the
    units allow it), one-site, hill, two-site, depletion. `readings` says what the rows are where
    the table has no column "kind". `weights`: none, 1/y, 1/y2.
    """

    model: Literal["auto", "one-site", "hill", "two-site", "depletion"] = "auto"
    readings: Literal["total", "specific"] | None = None
    weights: Literal["none", "1/y", "1/y2"] = "none"
    background: Literal["fitted", "none"] = "fitted"


class _Bound:
    """Readings in the unit of Bmax, and what is needed to tell how much ligand they take up."""

    def __init__(self, table: Table, study: Study) -> None:
        signal_unit = table.units["signal"]
        self.ligand = to_nm(table.numbers["concentration"], table.units["concentration"], study)
        if "kind" in table.labels:
            kinds = table.labels["kind"]
        elif study.readings is not None:
            kinds = (study.readings,) * len(table)
        else:
            raise InputError(
                f"{table.source}: no column 'kind': say in the study what the rows are, "
                "'readings: total' or 'readings: specific'"
            )
        if "specific" in kinds and len(set(kinds)) > 1:
            raise InputError(
                f"{table.source}: specific binding stands beside total: give the rows as measured"
            )
        if "total" not in kinds and "specific" not in kinds:
            raise InputError(f"{table.source}: no row is total binding; it alone shows receptors")
        self.specific = "specific" in kinds
        self.nonspecific = "nonspecific" in kinds
        self.total = np.array([kind != "nonspecific" for kind in kinds])
        signal = table.numbers["signal"] - study.counter_background
        if not self.specific and quantity_of(signal_unit) in ("counts", "radioactivity"):
            low = np.flatnonzero(table.numbers["signal"] < 0)
            if low.size:
                raise InputError(
                    f"{table.source}, line {table.lines[int(low[0])]}: counts below zero; give "
                    "counts as measured and a blank as 'counter_background' in the study"
                )
        per_fmol, protein = study.per_fmol(signal_unit), study.protein_mg()
        self.notes: list[str] = []
        self.unit = signal_unit
        factor = 1.0
        volume = study.volume_ml()
        self.per_nm: float | None = None  # readings that 1 nM in the assay volume would give
        if per_fmol is None:
            self.notes.append(
                f"Bmax stays in {signal_unit}: the study gives no specific activity"
                + (" and efficiency" if quantity_of(signal_unit) == "counts" else "")
            )
        elif quantity_of(signal_unit) == "density":
            self.unit, factor = "fmol/mg", 1 / per_fmol
            if protein is not None and volume is not None:
                self.per_nm = volume * 1000 / protein
        else:
            self.unit, factor = "fmol", 1 / per_fmol
            if protein is not None:
                self.unit, factor = "fmol/mg", factor / protein
            else:
                self.notes.append("Bmax is in fmol a tube: the study gives no protein")
            if volume is not None:
                self.per_nm = volume * 1000 / (protein or 1.0)
        self.y = signal * factor
        self.design = np.array([self.ligand, self.total.astype(float)])

    def depleted(self) -> float | None:
        """The largest share of the ligand that is bound; None where the units do not tell."""
        if self.per_nm is None or self.specific:
            return None
        some = self.total & (self.ligand > 0)
        return (
            float((self.y[some] / (self.ligand[some] * self.per_nm)).max()) if some.any() else None
        )


def analyse(table: Table, study: Study) -> AssayResult:
    """Bmax and Kd of every group, with Hill and two-site models tested against one site."""
    notes: list[str] = []

    def curve(rows: Table, label: str, colour: int) -> Curve:
        bound = _Bound(rows, study)
        notes.extend(note for note in bound.notes if note not in notes)
        return _curve(bound, study, label, colour)

    found = collect(table, study, curve, ratios=("Bmax", "Kd"), plain=("NS", "background"))
    unit = next((e.unit for e in found.estimates if e.name.startswith("Bmax")), None)
    panels = [
        Panel(
            title="Binding", x_label="free radioligand (nM)", y_label=f"bound ({unit})",
            series=found.drawn("binding"),
        ),
        Panel(
            title="Specific binding", x_label="free radioligand (nM)", x_scale="log",
            y_label=f"specific ({unit})", series=found.drawn("specific"),
            note="readings minus fitted non-specific binding",
        ),
        Panel(
            title="Scatchard (drawn, not fitted)", x_label=f"specific bound ({unit})",
            y_label=f"bound / free ({unit}/nM)", series=found.drawn("scatchard"),
        ),
    ]  # fmt: skip
    return AssayResult(
        assay="binding",
        title=study.title or "Saturation binding",
        estimates=tuple(found.estimates),
        checks=tuple(found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(notes + found.notes),
        diagnostics=found.diagnostics,
        methods=(
            "Total and non-specific binding fitted together by least squares; non-specific "
            "binding is shared and never subtracted; Scatchard points are drawn, never fitted.",
            "Intervals: profile likelihood, SS = SSmin (1 + F/df).",
        ),
        panels=tuple(panel for panel in panels if panel.series),
        table=found.table,
    )


def _curve(bound: _Bound, study: Study, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    share = bound.depleted()
    curve.checks.append(_depletion_check(share, group))
    name = study.model
    if name == "auto":
        exact = share is not None and share > MOST_DEPLETED
        name = "depletion" if exact else "one-site"
        if exact:
            curve.warnings.append(
                f"{label + ': ' if label else ''}up to {100 * (share or 0):.0f} % of the ligand is "
                "bound, so the model with ligand depletion is fitted; the concentrations are taken "
                "as added"
            )
    elif name != "depletion" and share is not None and share > MOST_DEPLETED:
        curve.warnings.append(
            f"{label + ': ' if label else ''}up to {100 * share:.0f} % of the ligand is bound, and "
            f"the model {name} ignores that: Kd comes out too high"
        )
    weight = weights(bound.y, study.weights)
    fixed = {"NS": 0.0, "background": 0.0} if bound.specific else {}
    if study.background == "none":
        fixed["background"] = 0.0
    if name == "depletion":
        if bound.per_nm is None:
            raise InputError(
                "the depletion model needs volume, specific_activity (and efficiency for cpm, "
                "protein for fmol/mg) in the study"
            )
        model, held = depletion_model(bound.per_nm), {}
    else:
        model, held = with_nonspecific(MODELS[name]), fixed
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
    _draw(curve, fitted, model, bound, label, colour, nothing is None)
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


def _null(bound: _Bound, weight: Floats, fixed: dict[str, float]) -> tuple[float, int]:
    if len(fixed) == 2:
        return float((weight * bound.y**2).sum()), len(bound.y)
    line = fit(NONSPECIFIC, bound.design, bound.y, weight=weight, fixed=fixed)
    return line.ss, line.df


def _against(
    fitted: Fit, entry: Model, other: str, bound: _Bound, weight: Floats, held: dict[str, float],
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
    curve: Curve, fitted: Fit, name: str, bound: _Bound, study: Study, group: str | None,
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


def _draw(
    curve: Curve, fitted: Fit, model: Model, bound: _Bound, label: str, colour: int, fits: bool
) -> None:
    top = float(bound.ligand.max())
    least = float(bound.ligand[bound.ligand > 0].min()) if (bound.ligand > 0).any() else 1.0
    smooth = np.unique(np.concatenate([np.linspace(0, top, 80), np.geomspace(least, top, 60)]))
    series: list[Series] = []
    for kind, flag in (("total", 1.0), ("nonspecific", 0.0)):
        rows = bound.total == bool(flag)
        if not rows.any():
            continue
        word = "specific" if bound.specific else kind
        series.append(
            Series(
                label=f"{label} {word}".strip(),
                kind="points",
                x=_floats(bound.ligand[rows]),
                y=_floats(bound.y[rows]),
                colour=colour,
                hollow=not flag,
            )
        )
        if fits:
            line = fitted.predict(np.array([smooth, np.full_like(smooth, flag)]))
            series.append(
                Series(
                    label="",
                    kind="line",
                    x=_floats(smooth),
                    y=_floats(line),
                    colour=colour,
                    dashed=not flag,
                )
            )
    curve.series["binding"] = series
    if not fits:
        return
    rows = bound.total & (bound.ligand > 0)
    flat = np.array([bound.ligand[rows], np.zeros(int(rows.sum()))])
    specific = bound.y[rows] - fitted.predict(flat)
    free = smooth[smooth > 0]
    line = fitted.predict(np.array([free, np.ones_like(free)])) - fitted.predict(
        np.array([free, np.zeros_like(free)])
    )
    points = Series(
        label=label, kind="points", x=_floats(bound.ligand[rows]), y=_floats(specific),
        colour=colour,
    )  # fmt: skip
    curve.series["specific"] = [
        points,
        Series(label="", kind="line", x=_floats(free), y=_floats(line), colour=colour),
    ]
    curve.series["scatchard"] = [
        Series(
            label=label, kind="points", x=_floats(specific),
            y=_floats(specific / bound.ligand[rows]), colour=colour,
        ),
        Series(label="", kind="line", x=_floats(line), y=_floats(line / free), colour=colour),
    ]  # fmt: skip


def _floats(values: Floats) -> tuple[float, ...]:
    return tuple(values.tolist())
