"""The figure of a result as SVG, PNG or PDF, drawn by matplotlib without a display."""

from __future__ import annotations

import io
from math import isfinite, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.bench.result import AssayResult, Panel, Series
from hepatica.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw", "picture", "save_picture"]

FORMATS = ("svg", "png", "pdf")
# Okabe and Ito's colours, told apart also by readers who do not see red and green.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
MARKERS = "osD^vP*X"
ACROSS = 3


def draw(result: AssayResult) -> Figure:
    """A matplotlib figure with one pair of axes for each panel of `result`."""
    try:
        import matplotlib
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError(what="a figure", extra="assay") from error
    if not result.panels:
        raise InputError(f"the assay {result.assay!r} gave nothing to draw")
    count = len(result.panels)
    across = min(count, 2 if count == 4 else ACROSS)
    down = -(-count // across)
    settings: Any = {
        "font.size": 9,
        "text.parse_math": False,  # a title is the user's text, a $ in it a dollar
        "axes.spines.top": False,
        "axes.spines.right": False,
        "svg.hashsalt": "hepatica",
        "svg.fonttype": "none",
        "axes.titlesize": 10,
        "axes.titlelocation": "left",
    }
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(4.6 * across, 3.6 * down))
        # fixed margins in inches: a layout engine would draw everything twice
        figure.subplots_adjust(
            left=0.75 / (4.6 * across),
            right=1 - 0.15 / (4.6 * across),
            bottom=0.6 / (3.6 * down),
            top=1 - 0.4 / (3.6 * down),
            wspace=0.28,
            hspace=0.38,
        )
        FigureCanvasAgg(figure)
        for place, panel in enumerate(result.panels, 1):
            _panel(figure.add_subplot(down, across, place), panel)
    return figure


def picture(result: AssayResult, shape: str = "svg") -> bytes:
    """The figure of `result` as "svg", "png" or "pdf": the same bytes for the same result."""
    if shape not in FORMATS:
        raise InputError(f"no picture format {shape!r}; there are: {', '.join(FORMATS)}")
    figure = draw(result)
    import matplotlib

    held = io.BytesIO()
    metadata: dict[str, dict[str, Any]] = {
        "svg": {"Date": None, "Creator": "hepatica"},
        "pdf": {"CreationDate": None, "Producer": "hepatica", "Creator": "hepatica"},
        "png": {"Software": "hepatica"},
    }
    settings: Any = {"svg.hashsalt": "hepatica", "svg.fonttype": "none", "text.parse_math": False}
    with matplotlib.rc_context(settings):
        figure.savefig(held, format=shape, dpi=150, metadata=metadata[shape])
    return held.getvalue()


def save_picture(result: AssayResult, path: Path) -> None:
    """Write the figure of `result` to `path`, in the format that its ending names."""
    from hepatica.bench.files import write_bytes

    write_bytes(picture(result, path.suffix.lower().lstrip(".")), path)


def _panel(axes: Axes, panel: Panel) -> None:
    left = _zero_place(panel) if panel.x_scale == "log" else None
    for series in panel.series:
        _series(axes, series, left)
    if panel.x_scale == "log":
        axes.set_xscale("log")
        if left is not None and any(value <= 0 for s in panel.series for value in s.x):
            axes.axvline(left * 1.8, color="#bbbbbb", linewidth=0.6, linestyle=":")
            axes.annotate(
                "0", (left, 0), xycoords=("data", "axes fraction"), fontsize=8, ha="center",
                xytext=(0, 2), textcoords="offset points",
            )  # fmt: skip
    if panel.y_scale == "log":
        axes.set_yscale("log")
    for value in panel.x_marks:
        axes.axvline(value, color="#999999", linewidth=0.8, linestyle=":")
    for value in panel.y_marks:
        axes.axhline(value, color="#999999", linewidth=0.8, linestyle=":")
    axes.set_title(panel.title)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if panel.note:
        axes.text(
            0.98, 0.98, panel.note, transform=axes.transAxes, ha="right", va="top", fontsize=7,
            color="#555555",
        )  # fmt: skip
    labelled = {s.label for s in panel.series if s.label}
    if 1 < len(labelled) <= 10:
        axes.legend(frameon=False, fontsize=7)


def _zero_place(panel: Panel) -> float | None:
    positive = [value for s in panel.series for value in s.x if value > 0]
    return 10 ** (log10(min(positive)) - 1) if positive else None


def _series(axes: Axes, series: Series, left: float | None) -> None:
    colour = COLOURS[series.colour % len(COLOURS)]
    x = [left if left is not None and value <= 0 else value for value in series.x]
    label = series.label or None
    if series.kind == "band":
        axes.fill_between(x, series.low, series.high, color=colour, alpha=0.15, linewidth=0)
        return
    y = [value if isfinite(value) else float("nan") for value in series.y]
    if series.kind == "line":
        style = "--" if series.dashed else "-"
        axes.plot(x, y, color=colour, linewidth=1.3, linestyle=style, label=label)
        return
    axes.plot(
        x, y, linestyle="none", marker=MARKERS[series.colour % len(MARKERS)], markersize=4,
        color=colour, markerfacecolor="none" if series.hollow else colour, label=label,
    )  # fmt: skip
    if series.low:
        axes.vlines(x, series.low, series.high, color=colour, linewidth=0.8)
