"""The network as a picture: treatments as circles, direct comparisons as lines."""

from __future__ import annotations

import textwrap
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING

from hepatica.bench.pool.network.analysis import Network
from hepatica.bench.pool.picture import drawing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["graph"]

BLUE, GREY, INK = "#0072b2", "#999999", "#333333"
LARGEST, SMALLEST = 0.17, 0.06  # radii of the circles, the ring of treatments having 1


def graph(found: Network) -> Figure:
    """Circles sized by patients, lines by trials, each with the number of its trials.

    Treatments without a line between them are compared only through others.
    """
    with drawing(6.4, 5.6) as figure:
        axes = figure.add_axes((0.02, 0.05, 0.96, 0.82))
        _draw(axes, found)
        figure.text(0.02, 0.98, textwrap.fill(found.title, 70), va="top", fontsize=10,
                    fontweight="bold")  # fmt: skip
        figure.text(
            0.02, 0.90, "circles: patients; lines: direct comparisons, with their trials",
            va="top", fontsize=8, color="#555555",
        )  # fmt: skip
        arms = [study.label for study in found.studies if len(study.arms) > 2]
        if arms:
            note = f"with three arms or more, counted on each line: {', '.join(arms)}"
            figure.text(0.02, 0.02, textwrap.shorten(note, 110, placeholder=" …"), fontsize=7.5,
                        color="#555555")  # fmt: skip
    return figure


def _draw(axes: Axes, found: Network) -> None:
    count = len(found.treatments)
    places = {
        name: (cos(pi / 2 - 2 * pi * k / count), sin(pi / 2 - 2 * pi * k / count))
        for k, name in enumerate(found.treatments)
    }
    most = max(found.patients[name] for name in found.treatments)
    radius = {
        name: max(SMALLEST, LARGEST * sqrt(found.patients[name] / most))
        for name in found.treatments
    }
    for pair in found.pairs:
        if pair.first < pair.second and pair.direct:
            _line(axes, places[pair.first], places[pair.second], len(pair.direct))
    for name, (x, y) in places.items():
        from matplotlib.patches import Circle

        axes.add_patch(Circle((x, y), radius[name], color=BLUE, zorder=2))
        outward = 1 + radius[name] + 0.05
        axes.text(
            x * outward, y * outward, f"{_wrapped(found.names[name])}\n{found.patients[name]}",
            ha="center" if abs(x) < 0.3 else "left" if x > 0 else "right",
            va="center" if abs(y) < 0.3 else "bottom" if y > 0 else "top",
            fontsize=9, color=INK, zorder=3,
        )  # fmt: skip
    axes.set_xlim(-1.9, 1.9)
    axes.set_ylim(-1.5, 1.5)
    axes.set_aspect("equal")
    axes.set_axis_off()


def _line(axes: Axes, start: tuple[float, float], end: tuple[float, float], trials: int) -> None:
    axes.plot(
        [start[0], end[0]], [start[1], end[1]], color=GREY, linewidth=1 + 1.4 * trials, zorder=1,
        solid_capstyle="butt",
    )  # fmt: skip
    middle = (0.55 * start[0] + 0.45 * end[0], 0.55 * start[1] + 0.45 * end[1])
    axes.text(
        *middle, str(trials), ha="center", va="center", fontsize=9, color=INK, zorder=4,
        bbox={"boxstyle": "circle,pad=0.25", "facecolor": "white", "edgecolor": GREY},
    )  # fmt: skip


def _wrapped(name: str) -> str:
    return textwrap.fill(name, 20, break_long_words=False)
