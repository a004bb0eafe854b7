"""The operational model of agonism across conditions that differ in receptor number.

Black and Leff's transducer slope multiplies into the operational efficacy (tau^n), which distorts
tau (Sci Rep 2023, doi 10.1038/s41598-023-45004-7). The Hill form puts the slope on the occupancy
and leaves tau as it is. Both are the same model at slope 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.logistic import ec_grid

__all__ = ["FORMS", "Form", "operational_model"]

Form = Literal["one", "black-leff", "hill"]
FORMS: dict[Form, str] = {"one": "slope 1", "black-leff": "Black-Leff slope", "hill": "Hill slope"}
FORMULAS = {
    "one": "q tau A / (KA + A + q tau A)",
    "black-leff": "(q tau A)^n / ((KA + A)^n + (q tau A)^n)",
    "hill": "q tau A^n / (KA^n + A^n + q tau A^n)",
}


def operational_model(conditions: int, form: Form = "one") -> Model:
    """One KA, Em and basal, a tau for each condition, and a slope `n` unless `form` is "one".

    x[0] is the agonist in nM, x[1] the number of the condition (0: control). Condition k has
    tau q_k. E = basal + (Em - basal) f; slope 1: f = tau A/(KA + A + tau A); Black and Leff:
    f = tau^n A^n/((KA + A)^n + tau^n A^n); Hill: f = tau A^n/(KA^n + A^n + tau A^n).
    """
    sloped = form != "one"

    def function(
        x: Floats, basal: Array, span: Array, ka: Array, tau: Array, *rest: Array
    ) -> Array:
        n, q = (rest[0], rest[1:]) if sloped else (np.ones_like(np.asarray(tau)), rest)
        efficacy = tau
        for number, loss in enumerate(q, 1):
            efficacy = np.where(x[1] == number, tau * loss, efficacy)
        given = x[0] > 0
        dose = np.where(given, x[0], 1.0)
        if form == "black-leff":
            against = _power((ka + dose) / (efficacy * dose), n)
        else:
            against = (1 + _power(ka / dose, n)) / efficacy
        result: Array = basal + span * np.where(given, 1 / (1 + against), 0.0)
        return result

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        losses = (1.0, 0.4, 0.1) if conditions > 1 else (1.0,)
        slopes = ((0.7,), (1.0,), (1.5,)) if sloped else ((),)
        return [
            (ka * (1 + tau), tau, *slope, *([loss] * (conditions - 1)))
            for ka in ec_grid(x[0])
            for tau in (0.5, 3.0, 10.0, 50.0)
            for slope in slopes
            for loss in losses
        ]

    return Model(
        name="operational model" if not sloped else f"operational model, {FORMS[form]}",
        parameters=(
            Parameter(name="basal", scale="plain", linear=True),
            Parameter(name="span", linear=True),
            Parameter(name="KA"),
            Parameter(name="tau"),
            *((Parameter(name="n"),) if sloped else ()),
            *(Parameter(name=f"q{number}") for number in range(1, conditions)),
        ),
        function=function,
        formula=f"E = basal + (Em - basal) {FORMULAS[form]}, span = Em - basal",
        source="Black and Leff's operational model (GraphPad Curve Fitting Guide)"
        if form != "hill"
        else "operational model with the slope on occupancy (doi 10.1038/s41598-023-45004-7)",
        grid=grid,
    )


def _power(base: Array, n: Array) -> Array:
    exponent = n * np.log(base)
    exponent = np.where(np.real(exponent) > 600, 600.0, exponent)
    return np.asarray(np.exp(exponent))
