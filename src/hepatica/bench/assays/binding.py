"""Saturation binding: total and non-specific binding fitted together, never subtracted."""

from __future__ import annotations

from hepatica.bench.assays.binding_curve import curve_of
from hepatica.bench.assays.binding_groups import share_parameters
from hepatica.bench.assays.binding_model import choose, described
from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import COLUMNS, Study
from hepatica.bench.groups import Curve, collect
from hepatica.bench.result import AssayResult, Panel
from hepatica.bench.table import Table

__all__ = ["COLUMNS", "Study", "analyse"]


def analyse(table: Table, study: Study) -> AssayResult:
    """Bmax and Kd of every group, with Hill and two-site models tested against one site."""
    notes: list[str] = []
    methods: dict[str, None] = {}

    def curve(rows: Table, label: str, colour: int) -> Curve:
        bound = Bound(rows, study)
        notes.extend(note for note in bound.notes if note not in notes)
        methods[described(choose(bound, study)[0], bound, study)[1]] = None
        return curve_of(bound, study, label, colour)

    found = collect(table, study, curve, ratios=("Bmax", "Kd"), plain=("NS", "background"))
    share_parameters(found, table, study)
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
            *methods,
            *([f"Weights {study.weights}."] if study.weights != "none" else []),
            "Intervals: profile likelihood, SS = SSmin (1 + F/df).",
        ),
        panels=tuple(panel for panel in panels if panel.series),
        table=found.table,
    )
