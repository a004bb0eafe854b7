"""Competition binding: IC50, and Ki by the form that the depletion of the radioligand asks for."""

from __future__ import annotations

from hepatica.bench.assays.competition_curve import curve_of
from hepatica.bench.assays.competition_study import COLUMNS, Study
from hepatica.bench.groups import Curve, collect
from hepatica.bench.result import AssayResult, Panel
from hepatica.bench.table import Table

__all__ = ["COLUMNS", "Study", "analyse"]


def analyse(table: Table, study: Study) -> AssayResult:
    """IC50 and Ki of every group; Hill slope tested against 1."""
    notes: list[str] = []
    if study.radioligand is None or (study.radioligand_kd is None and study.model != "homologous"):
        notes.append("no Ki: the study gives no radioligand concentration and Kd")
    unit = table.units["signal"]

    def curve(rows: Table, label: str, colour: int) -> Curve:
        return curve_of(rows, study, unit, label, colour)

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
