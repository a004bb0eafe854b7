"""The operational model of agonism across conditions that differ in receptor number."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hepatica.bench.arrays import Array, Floats
from hepatica.bench.model import Model, Parameter
from hepatica.bench.models.logistic import ec_grid

__all__ = ["operational_model"]


def operational_model(conditions: int) -> Model:
    """Black and Leff's model with slope 1: one KA, Em and basal, and a tau for each condition.

    x[0] is the agonist in nM, x[1] the number of the condition (0: control). Condition k has
    tau q_k. E = basal + (Em - basal) tau A / (KA + A + tau A). The slope is held at 1: the
    Black-Leff slope distorts tau (Sci Rep 2023, doi 10.1038/s41598-023-45004-7).
    """

    def function(x: Floats, basal: Array, span: Array, ka: Array, tau: Array, *q: Array) -> Array:
        efficacy = tau
        for number, loss in enumerate(q, 1):
            efficacy = np.where(x[1] == number, tau * loss, efficacy)
        driven = efficacy * x[0]
        result: Array = basal + span * driven / (ka + x[0] + driven)
        return result

    def grid(x: Floats, y: Floats) -> Sequence[tuple[float, ...]]:
        kas = ec_grid(x[0])
        losses = (1.0, 0.4, 0.1)
        return [
            (ka * (1 + tau), tau, *([loss] * (conditions - 1)))
            for ka in kas
            for tau in (0.5, 3.0, 10.0, 50.0)
            for loss in (losses if conditions > 1 else (1.0,))
        ]

    return Model(
        name="operational model",
        parameters=(
            Parameter(name="basal", scale="plain", linear=True),
            Parameter(name="span", linear=True),
            Parameter(name="KA"),
            Parameter(name="tau"),
            *(Parameter(name=f"q{number}") for number in range(1, conditions)),
        ),
        function=function,
        formula="E = basal + (Em - basal) q tau A / (KA + A + q tau A), span = Em - basal",
        source="Black and Leff's operational model, slope 1 (GraphPad Curve Fitting Guide)",
        grid=grid,
    )
