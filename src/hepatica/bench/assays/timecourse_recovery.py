"""Recovery of the response after washout."""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.timecourse_study import Study
from hepatica.bench.curves import tuples
from hepatica.bench.fit import fit, weights
from hepatica.bench.groups import Curve
from hepatica.bench.models.accumulation import RECOVERY
from hepatica.bench.result import Estimate, Series
from hepatica.bench.table import Table
from hepatica.bench.verdicts import Tested, judge, no_effect

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
    times = x[x > 0]
    spans = Tested(
        0.05 / float(times.max()), 5 / float(times.min()), "per min", "times"
    ) if times.size else None  # fmt: skip
    for name, parameter, which, where in (
        ("recovery", "krec", "per min", spans),
        ("lost at washout", "lost", None, None),
    ):
        estimate: Estimate = judge(
            name, fitted.value(parameter), fitted.interval(parameter, study.level), unit=which,
            se=fitted.se(parameter), group=group, tested=where, nothing=nothing, n=fitted.n,
            n_of="wells",
        )  # fmt: skip
        curve.estimates.append(estimate)
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
