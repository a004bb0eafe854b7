"""The figure of a blot analysis: log ratios by group, and the dilution series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import log2

from hepatica.bench.assays.western_lanes import Row
from hepatica.bench.assays.western_range import Range
from hepatica.bench.result import Panel, Series

__all__ = ["panels"]


def panels(
    lanes: Sequence[Row], rows: Sequence[Row], groups: Sequence[str],
    ranges: Mapping[tuple[str, str], Range], units: Mapping[str, str],
) -> tuple[Panel, ...]:  # fmt: skip
    """Log ratios of the lanes by group, and the dilution series with the range found linear.

    `units` are those of the table's headers, where it gives any.
    """

    def label(name: str, column: str) -> str:
        return f"{name} ({units[column]})" if column in units else name

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
        shown_linear = ranges[blot, "band"]
        if shown_linear.amounts is not None and shown_linear.per_amount is not None:
            series.append(
                Series(label="", kind="line", x=shown_linear.amounts, colour=colour,
                       y=tuple(a * shown_linear.per_amount for a in shown_linear.amounts))
            )  # fmt: skip
    shown = [
        Panel(title="Lanes", x_label="", y_label="log2 of band / loading", x_names=tuple(groups),
              series=tuple(ratio))
    ]  # fmt: skip
    if series:
        shown.append(
            Panel(title="Dilution series", x_label=label("amount loaded", "amount"),
                  y_label=label("band signal", "band"), x_scale="log", y_scale="log",
                  series=tuple(series),
                  note="lines: the range found linear")
        )  # fmt: skip
    return tuple(panel for panel in shown if panel.series)
