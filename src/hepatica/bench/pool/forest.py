"""Forest plots: each study's estimate with its interval, the pooled one as a diamond."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hepatica.bench.pool.effects import Measure
from hepatica.bench.pool.network.analysis import Network
from hepatica.bench.pool.numbers import interval, natural, value
from hepatica.bench.pool.pairwise import Comparison
from hepatica.bench.pool.picture import drawing, ratio_ticks
from hepatica.bench.pool.show import TOO_FEW
from hepatica.bench.pool.single import Share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["forest"]

BLUE, ORANGE, GREY = "#0072b2", "#d55e00", "#777777"
LONGEST = 36
BOUNDS = (0.02, 50.0)  # a ratio beyond them is drawn as an arrow


@dataclass(frozen=True, slots=True)
class _Line:
    """One row: middle words, estimate and interval on the natural scale, words on the right."""

    label: str
    middle: str
    effect: float
    low: float
    high: float
    words: str
    weight: float | None = None
    kind: str = "study"
    cautious: tuple[float, float] | None = None


def forest(found: Comparison | Share | Network) -> Figure:
    """The forest plot of a comparison, of shares, or of a network against its reference."""
    if isinstance(found, Comparison):
        lines, ratio, none = _comparison(found), found.measure.is_ratio, found.measure.none
        title = found.heading
        unit = found.measure.words + ("" if ratio else ", percentage points")
        sides = True
        middle = "events / patients"
    elif isinstance(found, Share):
        lines, ratio, none = _share(found), False, None
        title, unit = f"{found.title}: {found.treatment}", "share with the event, %"
        sides, middle = False, "events / patients"
    else:
        lines, ratio, none = _network(found), found.measure.is_ratio, found.measure.none
        base = found.names[found.reference]
        title = f"{found.outcome}: against {base}"
        unit = found.measure.words + ("" if ratio else ", percentage points")
        sides, middle = True, "direct trials"
    return _draw(lines, title, unit, middle, ratio=ratio, none=none, sides=sides)


def _comparison(found: Comparison) -> list[_Line]:
    m, e = found.measure, found.estimate
    lines = [
        _Line(
            row.label + ("*" if row.derived else ""),
            f"{row.events}/{row.total} : {row.control_events}/{row.control_total}",
            *_scaled(m, row.effect, row.low, row.high),
            f"{value(m, row.effect)} ({interval(m, row.low, row.high)})",
            row.weight,
        )
        for row in found.rows
    ]
    main = e.interval
    lines.append(
        _Line(
            "Pooled" if e.k > 1 else "One study",
            "",
            *_scaled(m, e.value, main.low, main.high),
            f"{value(m, e.value)} ({interval(m, main.low, main.high)})",
            kind="pooled",
        )
    )
    if e.prediction is not None and e.k > TOO_FEW:
        low, high = e.prediction
        words = interval(m, low, high)
        lines.append(_Line("A new study", "", *_scaled(m, e.value, low, high), words, kind="ahead"))
    return lines


def _share(found: Share) -> list[_Line]:
    def words(share: float, low: float, high: float) -> str:
        return f"{100 * share:.1f} ({100 * low:.1f} to {100 * high:.1f})"

    lines = [
        _Line(
            row.label + ("*" if row.derived else ""),
            f"{row.events}/{row.total}",
            100 * row.share,
            100 * row.low,
            100 * row.high,
            words(row.share, row.low, row.high),
            row.weight,
        )
        for row in found.rows
    ]
    pooled = words(found.share, found.low, found.high)
    share = 100 * found.share
    lines.append(
        _Line("Pooled", "", share, 100 * found.low, 100 * found.high, pooled, kind="pooled")
    )
    if found.prediction is not None and found.estimate.k > TOO_FEW:
        low, high = (100 * x for x in found.prediction)
        lines.append(
            _Line("A new study", "", share, low, high, f"{low:.1f} to {high:.1f}", kind="ahead")
        )
    return lines


def _network(found: Network) -> list[_Line]:
    m = found.measure
    pairs = [found.pair(n, found.reference) for n, _ in found.p_scores if n != found.reference]
    return [
        _Line(
            found.names[p.first],
            str(len(p.direct)) if p.direct else "indirect",
            *_scaled(m, p.effect, p.low, p.high),
            f"{value(m, p.effect)} ({interval(m, p.low, p.high)})",
            kind="network",
            cautious=None
            if p.t_low is None or p.t_high is None
            else _scaled(m, p.effect, p.t_low, p.t_high)[1:],
        )
        for p in pairs
    ]


def _scaled(m: Measure, effect: float, low: float, high: float) -> tuple[float, float, float]:
    factor = 1.0 if m.is_ratio else 100.0
    a, b, c = (factor * natural(m, x) for x in (effect, low, high))
    return a, b, c


def _draw(
    lines: list[_Line], title: str, unit: str, middle: str, *, ratio: bool, none: float | None,
    sides: bool,
) -> Figure:  # fmt: skip
    with drawing(10.5, 1.7 + 0.32 * len(lines)) as figure:
        _fill(figure, lines, title, unit, middle, ratio, none, sides)
    return figure


def _fill(
    figure: Figure, lines: list[_Line], title: str, unit: str, middle: str, ratio: bool,
    none: float | None, sides: bool,
) -> None:  # fmt: skip
    axes = figure.add_axes((0.40, 0.95 / (1.7 + 0.32 * len(lines)), 0.34,
                            0.32 * len(lines) / (1.7 + 0.32 * len(lines))))  # fmt: skip
    shown = [x for line in lines for x in (line.low, line.high, *(line.cautious or ()))]
    if ratio:
        axes.set_xscale("log")
        low, high = max(min(shown), BOUNDS[0]), min(max(shown), BOUNDS[1])
        axes.set_xlim(min(low, 0.8) / 1.15, max(high, 1.25) * 1.15)
        ratio_ticks(axes)
    else:
        pad = 0.05 * (max(shown) - min(shown))
        ends = [none] if none is not None else []
        axes.set_xlim(min([*shown, *ends]) - pad, max([*shown, *ends]) + pad)
    axes.set_ylim(len(lines) - 0.4, -0.6)
    if none is not None:
        axes.axvline(none, color=GREY, linewidth=0.8)
    for place, line in enumerate(lines):
        _row(axes, place, line)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(unit)
    figure.text(
        0.015,
        0.985,
        textwrap.shorten(title, 110, placeholder=" …"),
        va="top",
        fontsize=10,
        fontweight="bold",
    )
    head = {"transform": axes.get_yaxis_transform(), "fontsize": 8, "color": GREY, "va": "center"}
    axes.text(-0.36, -0.95, middle, ha="center", **head)  # type: ignore[arg-type]
    axes.text(1.03, -0.95, "estimate (95%)", ha="left", **head)  # type: ignore[arg-type]
    if lines[0].weight is not None:
        axes.text(1.72, -0.95, "weight", ha="right", **head)  # type: ignore[arg-type]
    if any(line.label.endswith("*") for line in lines):
        figure.text(0.015, 0.03, "* events calculated from a percentage", fontsize=7.5, color=GREY)
    if any(line.cautious for line in lines):
        note = "thick: normal interval; thin: Student's t, which allows for few trials"
        figure.text(0.015, 0.03, note, fontsize=7.5, color=GREY)
    if sides:
        axes.text(0.0, -0.66 / (0.32 * len(lines)), "← fewer events", fontsize=7.5, ha="left",
                  transform=axes.transAxes, va="top", color=GREY)  # fmt: skip
        axes.text(1.0, -0.66 / (0.32 * len(lines)), "more events →", fontsize=7.5, ha="right",
                  transform=axes.transAxes, va="top", color=GREY)  # fmt: skip


def _row(axes: Axes, place: int, line: _Line) -> None:
    left, right = axes.get_xlim()
    low, high = max(line.low, left), min(line.high, right)
    if line.kind == "pooled":
        y = [place, place - 0.28, place, place + 0.28]
        axes.fill([low, line.effect, high, line.effect], y, color=ORANGE, linewidth=0)
    elif line.kind == "ahead":
        axes.hlines(place, low, high, color=ORANGE, linewidth=2.2)
    else:
        if line.cautious is not None:
            ends = max(line.cautious[0], left), min(line.cautious[1], right)
            axes.hlines(place, *ends, color=BLUE, linewidth=0.8)
        axes.hlines(place, low, high, color=BLUE, linewidth=2.4 if line.cautious else 1.2)
        size = 30.0 if line.weight is None else 8 + 1.6 * line.weight
        axes.scatter([line.effect], [place], s=size, marker="s", color=BLUE, zorder=3)
    colour = ORANGE if line.kind in ("pooled", "ahead") else BLUE
    if line.low < left:
        axes.plot([left], [place], marker="<", color=colour, markersize=5, clip_on=False)
    if line.high > right:
        axes.plot([right], [place], marker=">", color=colour, markersize=5, clip_on=False)
    weight = "normal" if line.kind in ("study", "network") else "bold"
    words: dict[str, Any] = {
        "transform": axes.get_yaxis_transform(), "va": "center", "fontsize": 8.5,
        "fontweight": weight,
    }  # fmt: skip
    axes.text(-1.12, place, _short(line.label), ha="left", **words)
    axes.text(-0.36, place, line.middle, ha="center", **words)
    axes.text(1.03, place, line.words, ha="left", **words)
    if line.weight is not None:
        axes.text(1.72, place, f"{line.weight:.1f}%", ha="right", **words)


def _short(label: str) -> str:
    return label if len(label) <= LONGEST else label[: LONGEST - 1] + "…"
