"""Competition binding: IC50, and Ki by the form that the depletion of the radioligand asks for."""

from __future__ import annotations

from hepatica.bench.assays.competition_curve import curve_of
from hepatica.bench.assays.competition_study import COLUMNS, Study
from hepatica.bench.curves import axis
from hepatica.bench.groups import Curve, collect
from hepatica.bench.models.logistic import FOUR, THREE
from hepatica.bench.result import AssayResult, Panel
from hepatica.bench.table import Table

__all__ = ["COLUMNS", "Study", "analyse"]


def analyse(table: Table, study: Study) -> AssayResult:
    """IC50 and Ki of every group; Hill slope tested against 1."""
    notes: list[str] = []
    if study.radioligand is None or (study.radioligand_kd is None and study.model != "homologous"):
        notes.append("no Ki: the study gives no radioligand concentration and Kd")
    unit = table.units["signal"]

    forms: set[str] = set()

    def curve(rows: Table, label: str, colour: int) -> Curve:
        found = curve_of(rows, study, unit, label, colour)
        forms.update(entry.method for entry in found.estimates if entry.name == "Ki")
        return found

    ratio = "Ki" if not notes and study.model in ("one-site", "depletion") else "IC50"
    found = collect(table, study, curve, ratios=(ratio,), plain=("top", "bottom"))
    panel = Panel(
        title="Competition", x_label="competitor (nM)", y_label=f"bound ({unit})",
        x_scale=axis(table.numbers["competitor"]), series=found.drawn("curve"),
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
        methods=tuple(_methods(study, " ".join(forms))),
        panels=(panel,),
        table=found.table,
    )


def _methods(study: Study, forms: str) -> list[str]:
    """What was done, and nothing else; `forms` holds the words of the Ki that were given."""
    known = "Intervals: profile likelihood, SS = SSmin (1 + F/df)"
    if study.model == "depletion":
        return [
            "Ki and Bmax by the exact mass balance of the radioligand (GraphPad Curve Fitting "
            "Guide, one site: Ki with ligand depletion); the competitor is not depleted.",
            f"{known}; that of Ki takes L and Kd as known.",
        ]
    model = FOUR if study.model == "four-parameter" else THREE
    told = [f"{model.formula} (EC50 is IC50 here)."]
    if study.model == "homologous":
        told.append("Homologous: Kd = IC50 - L, Bmax = span x IC50/L; L is the radioligand.")
    if "Cheng" in forms:
        told.append("Ki = IC50/(1 + L/Kd) (Cheng and Prusoff).")
    if "Munson" in forms:
        told.append(
            "Ki by Munson and Rodbard's form with the sign of the 1989 erratum, as more than 10 % "
            "of the radioligand is bound."
        )
    return [*told, f"{known}" + ("; that of Ki takes L and Kd as known." if forms else ".")]
