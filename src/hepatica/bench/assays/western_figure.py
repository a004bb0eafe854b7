"""The figure of a blot analysis: log ratios by group, and the dilution series."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from hepatica.bench.assays.western_lanes import Row
from hepatica.bench.result import Panel, Series

__all__ = ["panels"]


def panels(lanes: Sequence[Row], rows: Sequence[Row], groups: Sequence[str]) -> tuple[Panel, ...]:
    blots = list(dict.fromkeys(row.blot for row in rows))
    ratio = []
    for colour, blot in enumerate(blots):
        part = [row for row in lanes if row.blot == blot and row.band > 0 and row.loading > 0]
        if part:
            x = [groups.index(row.group) + 1 + 0.06 * (colour - len(blots) / 2) for row in part]
            y = [log2(row.band / row.loading) for row in part]
            ratio.append(Series(label=blot, kind="points", x=tuple(x), y=tuple(y), colour=colour))
    series = []
    for colour, blot in enumerate(blots):
        steps = sorted(
            (r.amount, r.band)
            for r in rows
            if r.blot == blot and r.amount is not None and r.band > 0
        )
        if steps:
            series.append(
                Series(label=blot, kind="points", x=tuple(a for a, _ in steps),
                       y=tuple(b for _, b in steps), colour=colour)
            )  # fmt: skip
    named = ", ".join(f"{place} {group}" for place, group in enumerate(groups, 1))
    shown = [
        Panel(title="Lanes", x_label=named if len(named) < 70 else "group", y_label="log2 ratio",
              series=tuple(ratio))
    ]  # fmt: skip
    if series:
        shown.append(
            Panel(title="Dilution series", x_label="amount loaded", y_label="band signal",
                  x_scale="log", y_scale="log", series=tuple(series))
        )  # fmt: skip
    return tuple(panel for panel in shown if panel.series)
