"""How a saturation curve is drawn: binding, specific binding, Scatchard (never fitted)."""

from __future__ import annotations

import numpy as np

from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.curves import tuples
from hepatica.bench.fit import Fit
from hepatica.bench.groups import Curve
from hepatica.bench.result import Series

__all__ = ["draw_curve"]


def draw_curve(
    curve: Curve, fitted: Fit, bound: Bound, label: str, colour: int, fits: bool
) -> None:
    top = float(bound.ligand.max())
    least = float(bound.ligand[bound.ligand > 0].min()) if (bound.ligand > 0).any() else 1.0
    smooth = np.unique(np.concatenate([np.linspace(0, top, 80), np.geomspace(least, top, 60)]))
    series: list[Series] = []
    for kind, flag in (("total", 1.0), ("nonspecific", 0.0)):
        rows = bound.total == bool(flag)
        if not rows.any():
            continue
        word = "specific" if bound.specific else kind
        series.append(
            Series(
                label=f"{label} {word}".strip(),
                kind="points",
                x=tuples(bound.ligand[rows]),
                y=tuples(bound.y[rows]),
                colour=colour,
                hollow=not flag,
            )
        )
        if fits:
            line = fitted.predict(np.array([smooth, np.full_like(smooth, flag)]))
            series.append(
                Series(
                    label="",
                    kind="line",
                    x=tuples(smooth),
                    y=tuples(line),
                    colour=colour,
                    dashed=not flag,
                )
            )
    curve.series["binding"] = series
    if not fits:
        return
    rows = bound.total & (bound.ligand > 0)
    flat = np.array([bound.ligand[rows], np.zeros(int(rows.sum()))])
    specific = bound.y[rows] - fitted.predict(flat)
    free = smooth[smooth > 0]
    line = fitted.predict(np.array([free, np.ones_like(free)])) - fitted.predict(
        np.array([free, np.zeros_like(free)])
    )
    points = Series(
        label=label, kind="points", x=tuples(bound.ligand[rows]), y=tuples(specific),
        colour=colour,
    )  # fmt: skip
    curve.series["specific"] = [
        points,
        Series(label="", kind="line", x=tuples(free), y=tuples(line), colour=colour),
    ]
    curve.series["scatchard"] = [
        Series(
            label=label, kind="points", x=tuples(specific),
            y=tuples(specific / bound.ligand[rows]), colour=colour,
        ),
        Series(label="", kind="line", x=tuples(line), y=tuples(line / free), colour=colour),
    ]  # fmt: skip
