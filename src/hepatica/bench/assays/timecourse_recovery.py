"""Recovery of the response after washout."""

from __future__ import annotations

import msgspec
import numpy as np

from hepatica.bench.assays.timecourse_study import Study
from hepatica.bench.curves import misfit, refuted, tuples
from hepatica.bench.fit import fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.models.accumulation import RECOVERY
from hepatica.bench.result import Series
from hepatica.bench.table import Table
from hepatica.bench.tested import rate_range
from hepatica.bench.verdicts import demoted, judge_fitted, no_effect

__all__ = ["recovery"]


def recovery(
    curve: Curve, rows: Table, study: Study, unit: str, label: str, colour: int, group: str | None
) -> None:
    x, y = rows.numbers["time"], rows.numbers["signal"]
    weight = weights(y, study.weights)
    fitted = fit(RECOVERY, x, y, weight=weight)
    level = float(np.average(y, weights=weight))
    nothing = no_effect(
        float((weight * (y - level) ** 2).sum()), len(y) - 1, fitted, "recovery", "a constant"
    )
    spans = rate_range(x)
    fits = misfit(x, x, fitted, study.weights, group)
    curve.checks.append(msgspec.structs.replace(fits, name=f"{fits.name}, recovery"))
    estimates = []
    for name, parameter, which, where in (
        ("recovery", "krec", "per min", spans),
        ("lost at washout", "lost", None, None),
    ):
        estimates.append(
            judge_fitted(
                fitted, parameter, study.level, name=name, unit=which, group=group, tested=where,
                nothing=nothing,
            )
        )  # fmt: skip
    curve.estimates += demoted(estimates, refuted(fits, fitted))
    curve.series.setdefault("recovery", []).append(
        Series(label=label, kind="points", x=tuples(x), y=tuples(y), colour=colour)
    )
    if nothing is None:
        smooth = np.linspace(0, float(x.max()), 100)
        curve.series["recovery"].append(
            Series(
                label="",
                kind="line",
                x=tuples(smooth),
                y=tuples(fitted.predict(smooth)),
                colour=colour,
            )
        )
