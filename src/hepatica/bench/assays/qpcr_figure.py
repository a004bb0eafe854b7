"""The figure of a qPCR analysis: quantities by group, wells against their median, standards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean, median, stdev

from hepatica.bench.assays.qpcr_compare import Comparer
from hepatica.bench.assays.qpcr_efficiency import StandardCurve
from hepatica.bench.assays.qpcr_wells import Replicates
from hepatica.bench.distributions import t_quantile
from hepatica.bench.result import Estimate, Panel, Series

__all__ = ["panels"]


def panels(
    held: Mapping[tuple[str, str], Replicates],
    comparer: Comparer,
    targets: Sequence[str],
    groups: Sequence[str],
    curves: Mapping[str, StandardCurve],
    stable: Sequence[Estimate] = (),
) -> tuple[Panel, ...]:
    """Without a target the stability of the reference genes stands first."""
    shown = [_quantities(comparer, target, groups) for target in targets[:4]]
    if not targets:
        shown.append(_stability(stable))
    shown.append(_wells(held, comparer.study.outlier_cycles))
    if curves:
        shown.append(_standards(curves))
    return tuple(panel for panel in shown if panel.series)


def _quantities(comparer: Comparer, target: str, groups: Sequence[str]) -> Panel:
    series = []
    for place, group in enumerate(groups, 1):
        values = list(comparer.quantities(group, target).values())
        if not values:
            continue
        steps = [place - 0.12 + 0.24 * (i + 0.5) / len(values) for i in range(len(values))]
        series.append(
            Series(label="", kind="points", x=tuple(steps), y=tuple(values), colour=place - 1)
        )
        if len(values) > 1:
            reach = t_quantile(comparer.study.level, len(values) - 1) * stdev(values)
            reach /= len(values) ** 0.5
            mean = fmean(values)
            series.append(
                Series(label="", kind="points", x=(place + 0.25,), y=(mean,), low=(mean - reach,),
                       high=(mean + reach,), colour=place - 1, hollow=True)
            )  # fmt: skip
    return Panel(
        title=f"{target}: one point a sample",
        x_label="",
        x_names=tuple(groups),
        y_label="log2 quantity (references)",
        series=tuple(series),
        note=f"open: mean, {comparer.study.level:.0%} interval",
    )


def _stability(stable: Sequence[Estimate]) -> Panel:
    found = [(e.group or "", e.value) for e in stable if e.name == "geNorm M" and e.value]
    found.sort(key=lambda entry: entry[1])
    values = tuple(m for _, m in found)
    places = tuple(float(place) for place in range(1, len(found) + 1))
    points = Series(label="", kind="points", x=places, y=values)
    return Panel(
        title="Stability of the genes", x_label="", y_label="geNorm M (lower is more stable)",
        x_names=tuple(gene for gene, _ in found), series=(points,) if found else (),
    )  # fmt: skip


def _wells(held: Mapping[tuple[str, str], Replicates], cycles: float) -> Panel:
    near: list[tuple[float, float]] = []
    far: list[tuple[float, float]] = []
    for place, replicates in enumerate(held.values(), 1):
        if len(replicates.cqs) < 2:
            continue
        middle = median(replicates.cqs)
        outliers = replicates.outliers(cycles)
        for well in replicates.wells:
            if well.cq is not None:
                (far if well in outliers else near).append((float(place), well.cq - middle))
    series = [
        Series(label=label, kind="points", x=tuple(x for x, _ in points),
               y=tuple(y for _, y in points), colour=colour)
        for label, points, colour in (("wells", near, 0), ("flagged, kept", far, 1))
        if points
    ]  # fmt: skip
    return Panel(
        title="Technical replicates",
        x_label="sample and gene, in the order of the table",
        y_label="Cq minus median of the set",
        series=tuple(series),
        y_marks=(-cycles, cycles),
    )


def _standards(curves: Mapping[str, StandardCurve]) -> Panel:
    series = []
    for colour, (gene, curve) in enumerate(curves.items()):
        x = tuple(10**value for value in curve.log_quantity)
        ends = (min(curve.log_quantity), max(curve.log_quantity))
        series += [
            Series(label=gene, kind="points", x=x, y=curve.cq, colour=colour),
            Series(label="", kind="line", x=tuple(10**v for v in ends), colour=colour,
                   y=tuple(curve.intercept + curve.slope * v for v in ends)),
        ]  # fmt: skip
    return Panel(
        title="Dilution series", x_label="quantity", y_label="Cq", x_scale="log",
        series=tuple(series),
    )  # fmt: skip
