"""Inositol phosphate time courses: doses and times fitted together, as a surface.

An EC50 read from an accumulation assay falls with time where the response desensitises, because
every dose ends at the same plateau; the surface has parameters that do not drift. Without lithium
the product is lost while it is made, and the loss is one more parameter of the surface.
"""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.timecourse_drift import apparent_ec50
from hepatica.bench.assays.timecourse_recovery import recovery
from hepatica.bench.assays.timecourse_study import COLUMNS, Study
from hepatica.bench.assays.timecourse_surface import surface, surface_panels
from hepatica.bench.groups import Curve, collect
from hepatica.bench.models.accumulation import ACCUMULATION, LOSS
from hepatica.bench.result import AssayResult, Panel
from hepatica.bench.table import Table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse", "apparent_ec50"]


def analyse(table: Table, study: Study) -> AssayResult:
    """Initial rate, KA and desensitisation constant of every group; recovery; the EC50's drift."""
    if study.lithium is None:
        raise InputError(
            "study: say 'lithium: true' where lithium blocked the loss of product, or "
            "'lithium: false': its loss is then fitted beside its formation"
        )
    unit = table.units.get("signal", "units")

    def curve(rows: Table, label: str, colour: int) -> Curve:
        return _curve(rows, study, unit, label, colour)

    found = collect(
        table, study, curve, ratios=("initial rate", "desensitisation", "KA"), plain=("basal",)
    )
    panels = (
        *surface_panels(
            found.series, "Accumulation" if study.lithium else "Formation and loss",
            f"inositol phosphates ({unit})",
        ),
        Panel(
            title="EC50 that each time would show", x_label="time (min)",
            y_label="apparent EC50 (nM)", y_scale="log", series=found.drawn("drift"),
        ),
        Panel(
            title="Recovery", x_label="time after washout (min)", y_label=f"response ({unit})",
            series=found.drawn("recovery"),
        ),
    )  # fmt: skip
    return AssayResult(
        assay="timecourse",
        title=study.title or "Inositol phosphate time course",
        estimates=tuple(found.estimates),
        checks=tuple(found.checks),
        comparisons=tuple(found.comparisons),
        warnings=tuple(found.warnings),
        notes=tuple(found.notes),
        diagnostics=found.diagnostics,
        methods=(
            ACCUMULATION.formula + "; initial rate = rate s, plateau = rate/kdes at every dose."
            if study.lithium
            else LOSS.formula + "; initial rate = rate s; no plateau, as product is lost at kdeg.",
            "Intervals: profile likelihood, SS = SSmin (1 + F/df).",
        ),
        panels=tuple(panel for panel in panels if panel.series),
        table=found.table,
    )


def _curve(rows: Table, study: Study, unit: str, label: str, colour: int) -> Curve:
    curve = Curve()
    group = label or None
    phases = rows.labels.get("phase", ("accumulation",) * len(rows))
    growing = np.array([phase == "accumulation" for phase in phases])
    if growing.any():
        surface(curve, rows.rows(growing), study, unit, label, colour, group)
    if not growing.all():
        recovery(curve, rows.rows(~growing), study, unit, label, colour, group)
    return curve
