"""ELISA: a weighted logistic standard curve, read backwards with intervals and limits."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.calibration import Calibration, logistic_calibration
from hepatica.bench.assays.dilutions import dilution_checks
from hepatica.bench.assays.elisa_range import Limits, limits_of, standard_checks
from hepatica.bench.assays.elisa_runs import several
from hepatica.bench.assays.elisa_samples import measured
from hepatica.bench.assays.standards import COLUMNS as WELLS
from hepatica.bench.assays.standards import Plate, plate_of
from hepatica.bench.compare import compare
from hepatica.bench.fit import Fit, fit
from hepatica.bench.models.logistic import FIVE, FOUR
from hepatica.bench.result import AssayResult, Comparison, Estimate, Panel, Series, Verdict
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column, Table, read_table
from hepatica.bench.tested import SLOPES, dose_range, plateau
from hepatica.bench.verdicts import judge_fitted, no_effect

__all__ = ["COLUMNS", "Study", "analyse", "load"]

COLUMNS = (*WELLS, Column(name="run", label=True, required=False))
CURVES = {"4PL": FOUR, "5PL": FIVE}


class Study(Base, frozen=True, kw_only=True):
    """Keys of an ELISA study file beside those of every study.

    `curve: auto` takes the 5PL where the F test prefers it (p < 0.05). `accuracy` is the largest
    relative error of a standard read back, `accuracy_ends` that at the ends of the range; `cv` and
    `cv_ends` likewise for replicate wells; `linearity` that of a dilution.
    """

    curve: Literal["4PL", "5PL", "auto"] = "auto"
    weights: Literal["none", "1/y", "1/y2"] = "1/y2"
    subtract_blank: bool = False
    accuracy: float = 0.20
    accuracy_ends: float = 0.25
    cv: float = 0.20
    cv_ends: float = 0.25
    linearity: float = 0.20

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("accuracy", "accuracy_ends", "cv", "cv_ends", "linearity"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}: {getattr(self, name)!r}; expected a share, such as 0.2")


def load(path: Path, study: Study) -> Table:
    """The table in `path`; the unit in the header of its concentrations is kept."""
    return read_table(path, COLUMNS, study)


def analyse(table: Table, study: Study) -> AssayResult:
    """The standard curve, its limits of quantification and every sample at every dilution.

    With a column `run` each run is read on its own curve, and the spread between them is given.
    """
    runs = table.groups("run") if "run" in table.labels else ()
    if len(runs) < 2:
        return _one(table, study)
    return several(table, runs, lambda part: _one(part, study), lambda part: _plate(part, study),
                   study)  # fmt: skip


def _plate(table: Table, study: Study) -> Plate:
    return plate_of(table, study, subtract_blank=study.subtract_blank)


def _one(table: Table, study: Study) -> AssayResult:
    plate = _plate(table, study)
    weight = plate.weights(study.weights)
    fitted, name, comparison = _fit(plate.x, plate.y, weight, study)
    mean = float(np.average(plate.y, weights=weight))
    null = float((weight * (plate.y - mean) ** 2).sum())
    nothing = no_effect(null, len(plate.y) - 1, fitted, f"the {name}", "a constant")
    levels = np.unique(plate.x[plate.x > 0])
    if len(levels) < 4:
        nothing = f"{len(levels)} standard level(s) above zero; at least 4 are needed"
    calibration = logistic_calibration(fitted, study.weights, plate.subtracted)
    limits = (
        Limits(lower=None, upper=None, levels=(), reason=nothing)
        if nothing is not None
        else limits_of(plate.x, plate.y, calibration, study)
    )
    estimates = [
        _parameter(fitted, key, plate.unit, plate.x, study.level, nothing) for key in fitted.names
    ]
    for key, bound in (("LLOQ", limits.lower), ("ULOQ", limits.upper)):
        estimates.append(
            Estimate(name=key, value=bound, unit=plate.unit or None, level=study.level,
                     method="outermost standard of the longest run that meets its limits")
            if bound is not None
            else Estimate(name=key, unit=plate.unit or None, verdict=Verdict.NOT_ESTIMABLE,
                          reason=limits.reason or "no run of standards meets the limits")
        )  # fmt: skip
    readings = measured(plate, calibration, limits, study)
    estimates += readings.estimates
    return AssayResult(
        assay="elisa",
        title=study.title or "ELISA",
        estimates=tuple(estimates),
        checks=(
            *standard_checks(plate.x, plate.y, limits, study),
            *dilution_checks(readings.inside, study.linearity),
            *readings.checks,
        ),
        comparisons=(comparison,) if comparison else (),
        diagnostics={"curve": name, "weights": study.weights, "residual SD": fitted.rmse}
        if fitted.df > 0
        else {"curve": name, "weights": study.weights},
        notes=table.notes,
        methods=(
            f"{fitted.base.formula} ({fitted.base.source}); weights {study.weights} "
            f"{'of the readings before the blank was taken off ' if plate.subtracted else ''}"
            "(Findlay and Dillard 2007, AAPS J 9(2):29).",
            "Intervals of concentrations: delta method on the log scale, from the curve's "
            "covariance and the scatter of wells that the weights imply.",
            "75 % of standards and at least 6 levels must meet the limits, ends included "
            "(ICH M10). The limits (20 %, 25 % at the ends) are customary: set them in the study.",
            "A reading outside LLOQ to ULOQ is given as a bound, never as a number.",
        ),
        panels=_panels(plate.x, plate.y, fitted, calibration, limits, plate.unit, nothing),
    )


def _fit(x: Floats, y: Floats, weight: Floats, study: Study) -> tuple[Fit, str, Comparison | None]:
    if study.curve != "auto":
        return fit(CURVES[study.curve], x, y, weight=weight), study.curve, None
    four = fit(FOUR, x, y, weight=weight)
    if len(y) < 6 or len(np.unique(x)) < 6:
        return four, "4PL", None
    five = fit(FIVE, x, y, weight=weight)
    comparison = compare(("4PL", four), ("5PL", five))
    if comparison is not None and comparison.prefers == "5PL":
        return five, "5PL", comparison
    return four, "4PL", comparison


def _parameter(
    fitted: Fit, name: str, unit: str, x: Floats, level: float, nothing: str | None
) -> Estimate:
    return judge_fitted(
        fitted, name, level, unit=(unit or None) if name == "EC50" else None, nothing=nothing,
        tested=dose_range(x, "standards", unit) if name == "EC50" else None,
        within=plateau(fitted.fits.y[0]) if name in ("zero", "end")
        else SLOPES if name == "Hill" else None,
    )  # fmt: skip


def _panels(
    x: Floats,
    y: Floats,
    fitted: Fit,
    calibration: Calibration,
    limits: Limits,
    unit: str,
    nothing: str | None,
) -> tuple[Panel, ...]:
    points = Series(label="standards", kind="points", x=tuple(x.tolist()), y=tuple(y.tolist()))
    series = [points]
    if nothing is None:
        smooth = np.geomspace(x[x > 0].min(), x.max(), 120)
        line = tuple(fitted.predict(smooth).tolist())
        series.append(Series(label="curve", kind="line", x=tuple(smooth.tolist()), y=line))
    marks = tuple(v for v in (limits.lower, limits.upper) if v is not None)
    label = f"concentration ({unit})" if unit else "concentration"
    shown = [
        Panel(title="Standard curve", x_label=label, y_label="signal", x_scale="log",
              series=tuple(series), x_marks=marks,
              note="dotted: limits of quantification" if marks else None)
    ]  # fmt: skip
    back = [(entry.level, entry.error) for entry in limits.levels if entry.error is not None]
    if back:
        errors = Series(
            label="",
            kind="points",
            x=tuple(level for level, _ in back),
            y=tuple(100 * error for _, error in back),
        )
        shown.append(
            Panel(
                title="Standards read back",
                x_label=label,
                y_label="error (%)",
                x_scale="log",
                y_marks=(-20.0, 20.0),
                series=(errors,),
            )
        )
    return tuple(shown)
