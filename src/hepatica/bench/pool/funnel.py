"""Funnel plots: each study's effect against its standard error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepatica.bench.distributions import normal_quantile
from hepatica.bench.pool.numbers import natural, p_value
from hepatica.bench.pool.pairwise import Comparison
from hepatica.bench.pool.picture import drawing, ratio_ticks

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["READABLE", "funnel"]

READABLE = 10


def funnel(found: Comparison) -> Figure:
    """The funnel of a comparison, with the 95% lines about the pooled effect.

    With fewer than ten studies its shape says nothing; the plot then says so.
    """
    with drawing(5.6, 4.6) as figure:
        _draw(figure, found)
    return figure


def _draw(figure: Figure, found: Comparison) -> None:
    axes = figure.add_axes((0.13, 0.14, 0.83, 0.72))
    factor = 1.0 if found.measure.is_ratio else 100.0
    centre = found.estimate.value
    deepest = 1.1 * max(row.se for row in found.rows)
    half = normal_quantile(0.95) * deepest
    edge = [factor * natural(found.measure, x) for x in (centre - half, centre, centre + half)]
    if found.measure.is_ratio:
        axes.set_xscale("log")
        steps = [place / 40 * deepest for place in range(41)]
        z = normal_quantile(0.95)
        for sign in (-1, 1):
            axes.plot(
                [natural(found.measure, centre + sign * z * se) for se in steps], steps,
                color="#999999", linewidth=0.8, linestyle="--",
            )  # fmt: skip
    else:
        for x in (edge[0], edge[2]):
            axes.plot([edge[1], x], [0, deepest], color="#999999", linewidth=0.8, linestyle="--")
    axes.axvline(edge[1], color="#d55e00", linewidth=1)
    axes.scatter(
        [factor * natural(found.measure, row.effect) for row in found.rows],
        [row.se for row in found.rows], s=24, color="#0072b2", zorder=3,
    )  # fmt: skip
    axes.set_ylim(deepest, 0)
    if found.measure.is_ratio:
        ratio_ticks(axes)
    axes.set_xlabel(found.measure.words + ("" if found.measure.is_ratio else ", percentage points"))
    scale = "log " + found.measure.words if found.measure.is_ratio else found.measure.words
    axes.set_ylabel(f"standard error of the {scale}")
    figure.text(0.02, 0.975, f"{found.treatment} against {found.control}", va="top", fontsize=10,
                fontweight="bold")  # fmt: skip
    if found.asymmetry is not None:
        test = found.asymmetry
        figure.text(
            0.02, 0.925, f"Egger's test: t {test.t:.2f}, {test.df} df, {p_value(test.p)}.",
            va="top", fontsize=8, color="#555555",
        )  # fmt: skip
    if len(found.rows) < READABLE:
        figure.text(
            0.02, 0.925, f"{len(found.rows)} studies: too few to read anything into the shape.",
            va="top", fontsize=8, color="#555555",
        )  # fmt: skip
