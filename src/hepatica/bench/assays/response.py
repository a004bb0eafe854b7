"""Concentration-response: EC50, plateaus and slope; groups compared; receptor loss by the
operational model."""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.response_curve import curve_of
from hepatica.bench.assays.response_forms import model_of
from hepatica.bench.assays.response_groups import (
    curves_of,
    plate_fits,
    reproducibility,
    share_parameters,
)
from hepatica.bench.assays.response_operational import operational
from hepatica.bench.assays.response_study import COLUMNS, Study
from hepatica.bench.curves import axis
from hepatica.bench.groups import collect
from hepatica.bench.model import Model
from hepatica.bench.models.operational import FORMS, Form, operational_model
from hepatica.bench.plate import plate_checks
from hepatica.bench.result import AssayResult, Check, Panel, Scalar
from hepatica.bench.table import Table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]


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
        found, methods = operational(table, study, unit), _operational(study)
    else:
        parts = curves_of(table)
        model, forms, told = model_of(parts, study)
        ready = plate_fits(parts, study, model)
        found = collect(
            table, study,
            lambda rows, label, colour: curve_of(rows, study, unit, label, colour, ready, model),
            ratios=("EC50", "span"), plain=("bottom", "top", "span", "Hill"),
        )  # fmt: skip
        share_parameters(found, table, study, model)
        reproducibility(found, table, study)
        found.comparisons[:0], found.warnings[:0] = forms, told
        methods = _logistic(model)
    panel = Panel(
        title="Concentration-response", x_label="dose (nM)", y_label=f"response ({unit})",
        x_scale=axis(table.numbers["dose"]), series=found.drawn("curve"),
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
            "Least squares with the logarithm of EC50 (or KA and tau) as parameter; intervals by "
            "profile likelihood, SS = SSmin (1 + F/df).",
            *methods,
        ),
        panels=(panel,),
        table=found.table,
    )


def _logistic(model: Model) -> tuple[str, ...]:
    return (
        f"{model.name[0].upper()}{model.name[1:]}: {model.formula} ({model.source}).",
        "No EC50 is given where the curve fits no better than a constant (F test), where the "
        "data bound it on neither side, or more than tenfold beyond the doses tested.",
    )


def _operational(study: Study) -> tuple[str, ...]:
    forms: tuple[Form, ...] = ("black-leff", "hill") if study.slope == "free" else ("one",)
    return tuple(
        f"Operational model, {FORMS[form]}: {operational_model(2, form).formula}." for form in forms
    )
