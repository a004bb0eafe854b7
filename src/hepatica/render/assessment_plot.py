"""Creatinine over time with stages, thresholds and treatment, as SVG, PNG or PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.clinic.assess.model import Assessment
from hepatica.errors import InputError, MissingExtraError
from hepatica.render.assessment import title
from hepatica.render.assessment_course import Mark, elided, values

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FORMATS = (".svg", ".png", ".pdf")
COLOURS = {None: "#555555", 0: "#2e7d32", 1: "#f9a825", 2: "#ef6c00", 3: "#c62828"}
LANES = {"Terlipressin": "#1565c0", "Albumin, infused": "#8e24aa"}
_SETTINGS: Any = {
    "font.size": 9,
    "text.parse_math": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.hashsalt": "hepatica",
    "svg.fonttype": "none",
}
_METADATA: dict[str, dict[str, Any]] = {
    ".svg": {"Date": None, "Creator": "hepatica"},
    ".pdf": {"CreationDate": None, "Producer": "hepatica", "Creator": "hepatica"},
    ".png": {"Software": "hepatica"},
}


def save(found: Assessment, path: Path) -> None:
    """Write the figure in the format of the file's ending; InputError if it cannot."""
    from hepatica.files import write_bytes

    write_bytes(draw(found, path.suffix.lower(), name=path.name), path)


def draw(found: Assessment, ending: str, *, name: str = "the figure") -> bytes:
    """The figure's bytes, the same for the same assessment.

    Raises InputError for another ending or without a creatinine, MissingExtraError without
    matplotlib.
    """
    if ending not in FORMATS:
        raise InputError(f"{name!r}: expected a file ending in {', '.join(FORMATS)}")
    marks = values(found)
    if not marks:
        raise InputError("there is no creatinine to draw: give at least one with its time")
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError(what="a figure", extra="assay") from error
    with matplotlib.rc_context(_SETTINGS):
        figure = Figure(figsize=(9, 5.2), layout="constrained")
        FigureCanvasAgg(figure)
        _compose(figure, found, marks)
        held = io.BytesIO()
        figure.savefig(held, format=ending[1:], dpi=150, metadata=_METADATA[ending])
    return held.getvalue()


def _compose(figure: Figure, found: Assessment, marks: list[Mark]) -> None:
    lanes = list(dict.fromkeys(one.name for one in found.given))
    top, below = figure.subplots(2, 1, sharex=True, height_ratios=(4, max(0.3, 0.32 * len(lanes))))
    _creatinine(top, found, marks)
    _given(below, found, lanes, marks)
    top.set_title(title(found), loc="left")


def _creatinine(axes: Axes, found: Assessment, marks: list[Mark]) -> None:
    times: Any = [mark.time for mark in marks]
    axes.plot(times, [mark.mg_dl for mark in marks], color="#777777", linewidth=1, zorder=1)
    for mark in elided(marks, lambda one: (one.stage, one.label)):
        if isinstance(mark, int):
            continue  # the line shows them
        when: Any = mark.time
        axes.scatter([when], [mark.mg_dl], s=34, zorder=3, color=COLOURS[mark.stage])
        axes.annotate(
            mark.label.replace("stage ", ""),
            (when, mark.mg_dl),
            xytext=(0, 7),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    _thresholds(axes, found, marks)
    axes.set_ylabel("creatinine, mg/dL")
    axes.set_ylim(0, 1.2 * max(max(mark.mg_dl for mark in marks), 1.5))
    span = marks[-1].time - marks[0].time
    axes.margins(x=0.06 if span else 0.5)


def _thresholds(axes: Axes, found: Assessment, marks: list[Mark]) -> None:
    base = found.episode.baseline.mg_dl
    highest = 1.2 * max(max(mark.mg_dl for mark in marks), 1.5)
    lines = [(1.5, "1.5 mg/dL: reversal; 1B", "-")]
    if base is not None:
        lines += [(fold * base, f"{fold:g} x baseline", ":") for fold in (1.5, 2, 3)]
    drawn: list[float] = []
    for value, label, style in lines:
        if value > highest:
            continue
        axes.axhline(value, linewidth=0.8, linestyle=style, color="#1565c0", alpha=0.6, zorder=0)
        near = any(abs(value - other) < 0.045 * highest for other in drawn)
        drawn.append(value)
        axes.annotate(
            label,
            (1.01, value),
            xycoords=("axes fraction", "data"),
            xytext=(0, -11 if near else -3),
            textcoords="offset points",
            ha="left",
            annotation_clip=False,
            fontsize=7.5,
            color="#1565c0",
        )


def _given(axes: Axes, found: Assessment, lanes: list[str], marks: list[Mark]) -> None:
    first: Any = marks[0].time
    last: Any = found.at or marks[-1].time
    for one in found.given:
        row = lanes.index(one.name)
        start: Any = max(one.start, first)
        end: Any = last if one.running or one.end is None else one.end
        if end < first:
            continue
        colour = LANES.get(one.name, "#607d8b")
        if one.end is None and not one.running:
            end = start
        axes.plot([start, end], [row, row], color=colour, linewidth=5, solid_capstyle="butt")
        if one.start >= first:  # a drug that was begun before the plot has no start in it
            axes.scatter([start], [row], marker="|", s=60, color=colour)
    axes.set_yticks(range(len(lanes)), lanes)
    axes.set_ylim(max(len(lanes), 1) - 0.5, -0.5)
    axes.tick_params(axis="x", rotation=0)
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator: Any = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    if not lanes:
        axes.set_yticks([])
