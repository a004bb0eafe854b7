"""The figure of a result as SVG, PNG or PDF, drawn by matplotlib without a display."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from math import isfinite, log10
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.bench.result import AssayResult, Panel, Series
from hepatica.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

__all__ = ["draw", "picture", "save_picture"]

FORMATS = ("svg", "png", "pdf")
# Okabe and Ito's colours, told apart also by readers who do not see red and green.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#999999")
MARKERS = "osD^vP*X"  # beyond eight groups the markers move on by one: 64 looks in all
ACROSS = 3
MOST = len(COLOURS) * len(MARKERS)
LONGEST = 48  # letters of a title on a line
LETTERS = 17  # of a caption on an inch
FEW = 5  # entries that a legend may have inside the axes


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
    beside = 1.9 if any(len(_looks(panel)) > FEW for panel in result.panels) else 0.0
    width = 4.6 + beside  # a long legend stands outside its axes
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
    caption = _wrapped(result.caption, int(LETTERS * width * across))
    below = 0.15 * len(caption)
    height = 3.6 * down + below
    with matplotlib.rc_context(settings):
        figure = Figure(figsize=(width * across, height))
        # fixed margins in inches: a layout engine would draw everything twice
        figure.subplots_adjust(
            left=0.75 / (width * across),
            right=1 - (0.15 + beside) / (width * across),
            bottom=(0.6 + below) / height,
            top=1 - 0.4 / height,
            wspace=0.28 + beside / 3.4,
            hspace=0.38,
        )
        FigureCanvasAgg(figure)
        for place, panel in enumerate(result.panels, 1):
            _panel(figure.add_subplot(down, across, place), panel)
        if caption:
            figure.text(
                0.1 / (width * across), 0.06 / height, "\n".join(caption), fontsize=7,
                color="#333333", va="bottom",
            )  # fmt: skip
    return figure


def _wrapped(lines: Sequence[str], letters: int) -> list[str]:
    """The lines at that length, with no break around an equals sign."""
    held = (line.replace(" = ", "\u00a0=\u00a0") for line in lines)
    return [part for line in held for part in textwrap.wrap(line, letters)]


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
    from hepatica.files import write_bytes

    write_bytes(picture(result, path.suffix.lower().lstrip(".")), path)


def _panel(axes: Axes, panel: Panel) -> None:
    left = _zero_place(panel) if panel.x_scale == "log" else None
    for series in panel.series:
        _series(axes, series, left)
    drawn_at_zero = any(value <= 0 for s in panel.series for value in s.x)
    if panel.x_scale == "log" and left is not None:
        axes.set_xscale("log")
        _plain_ticks(axes.xaxis, left if drawn_at_zero else None)
        if drawn_at_zero:
            axes.axvline(left * 1.8, color="#bbbbbb", linewidth=0.6, linestyle=":")
            axes.annotate(
                "0", (left, 0), xycoords=("data", "axes fraction"), ha="center", va="top",
                xytext=(0, -6), textcoords="offset points",
            )  # fmt: skip
    if panel.y_scale == "log":
        axes.set_yscale("log")
        _plain_ticks(axes.yaxis)
    for value in panel.x_marks:
        axes.axvline(value, color="#999999", linewidth=0.8, linestyle=":")
    for value in panel.y_marks:
        axes.axhline(value, color="#999999", linewidth=0.8, linestyle=":")
    if panel.y_range is not None:
        axes.set_ylim(*panel.y_range)
    title = textwrap.fill(textwrap.shorten(panel.title, 2 * LONGEST, placeholder="…"), LONGEST)
    axes.set_title(title, fontsize=10 if len(title) <= LONGEST else 8.5)
    axes.set_xlabel(panel.x_label)
    axes.set_ylabel(panel.y_label)
    if panel.x_names:
        _names(axes, panel.x_names)
    if panel.note:
        axes.text(
            1.0, 1.02, panel.note, transform=axes.transAxes, ha="right", va="bottom", fontsize=7,
            color="#555555",
        )  # fmt: skip
    _legend(axes, panel)


def _names(axes: Axes, names: Sequence[str]) -> None:
    """The groups below the axis, slanted where they are many or long."""
    axes.set_xticks(range(1, len(names) + 1))
    long = len(names) * max(map(len, names)) > 44
    axes.set_xticklabels(
        _distinct(names),
        rotation=25 if long else 0, ha="right" if long else "center",
        rotation_mode="anchor" if long else "default",
    )  # fmt: skip
    axes.set_xlim(0.5, len(names) + 0.6)


def _plain_ticks(axis: Axis, zero: float | None = None) -> None:
    """Powers of ten as 0.01, 1, 1000: the usual labels are mathematics, which is switched off.

    What lies at or left of `zero` has no label: zero is drawn there.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    plain = FuncFormatter(lambda value, _: "" if zero and value < 1.8 * zero else f"{value:g}")
    axis.set_major_formatter(plain)
    low, high = axis.get_view_interval()
    if high < 100 * low:  # too short for powers of ten alone
        axis.set_minor_locator(LogLocator(subs=(2, 3, 5)))
        axis.set_minor_formatter(plain)
    else:
        axis.set_minor_formatter(NullFormatter())


def _legend(axes: Axes, panel: Panel) -> None:
    """One entry for each look; what the labels of one look have in common names it."""
    names = _looks(panel)
    if len(names) < 2:
        return
    from matplotlib.lines import Line2D

    shown = dict(zip(names, _distinct(list(names.values())), strict=True))
    handles = [
        Line2D(
            [], [], color=COLOURS[colour % len(COLOURS)], label=name,
            linestyle="none" if kind == "points" else "--" if dashed else "-",
            marker=_marker(colour) if kind == "points" else "", markersize=4,
            markerfacecolor="none" if hollow else COLOURS[colour % len(COLOURS)],
        )
        for (colour, kind, dashed, hollow), name in shown.items()
    ]  # fmt: skip
    if len(names) <= FEW:
        axes.legend(handles=handles, frameon=False, fontsize=7)
        return
    # sixteen a column at most, beside the axes, where it hides no curve
    axes.legend(
        handles=handles, frameon=False, fontsize=7 if len(names) <= 16 else 5.5,
        loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0,
        ncols=1 if len(names) <= 22 else 2, columnspacing=0.8,
    )  # fmt: skip


def _looks(panel: Panel) -> dict[tuple[int, str, bool, bool], str]:
    """The name of every look in a panel: colour, kind, dashed, hollow."""
    looks: dict[tuple[int, str, bool, bool], list[str]] = {}
    for series in panel.series:
        if series.label and series.kind != "band":
            key = (series.colour % MOST, series.kind, series.dashed, series.hollow)
            looks.setdefault(key, []).append(series.label)
    names = {
        key: labels[0] if len(set(labels)) == 1 else _common(labels)
        for key, labels in looks.items()
    }
    return {key: name for key, name in names.items() if name}


def _marker(colour: int) -> str:
    return MARKERS[(colour + colour // len(COLOURS)) % len(MARKERS)]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names of 24 letters at most; cut in the middle where the end alone tells them apart."""
    cut = [name if len(name) <= 24 else f"{name[:23]}…" for name in names]
    if len(set(cut)) < len(set(names)):
        cut = [name if len(name) <= 24 else f"{name[:5]}…{name[-18:]}" for name in names]
    return cut


def _common(labels: list[str]) -> str:
    """The words that stand in every label: 'control nonspecific' of three experiments."""
    shared = set.intersection(*(set(label.split()) for label in labels))
    return " ".join(word for word in labels[0].split() if word in shared and word != "/")


def _zero_place(panel: Panel) -> float | None:
    positive = [value for s in panel.series for value in s.x if value > 0]
    return 10 ** (log10(min(positive)) - 1) if positive else None


def _series(axes: Axes, series: Series, left: float | None) -> None:
    colour = COLOURS[series.colour % len(COLOURS)]
    x = [left if left is not None and value <= 0 else value for value in series.x]
    if series.kind == "band":
        axes.fill_between(x, series.low, series.high, color=colour, alpha=0.15, linewidth=0)
        return
    y = [value if isfinite(value) else float("nan") for value in series.y]
    if series.kind == "line":
        style, above = ("--", 3) if series.dashed else ("-", 2)  # never hidden by a full line
        axes.plot(x, y, color=colour, linewidth=1.3, linestyle=style, zorder=above)
        return
    axes.plot(
        x, y, linestyle="none", marker=_marker(series.colour), markersize=4,
        color=colour, markerfacecolor="none" if series.hollow else colour,
    )  # fmt: skip
    if series.low:
        axes.vlines(x, series.low, series.high, color=colour, linewidth=0.8)
