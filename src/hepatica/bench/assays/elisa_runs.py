"""Several runs of an immunoassay in one table: each on its own curve, and how far they differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec
import numpy as np

from hepatica.bench.assays.standards import Plate
from hepatica.bench.mixed_logistic import mixed_logistic
from hepatica.bench.result import AssayResult, Estimate, Panel, Verdict
from hepatica.bench.table import Table

__all__ = ["several"]

FEWEST = 3  # runs; two give a spread with one degree of freedom


class Rules(Protocol):
    @property
    def weights(self) -> str: ...
    @property
    def level(self) -> float: ...


def several(
    table: Table, runs: tuple[str, ...], one: Callable[[Table], AssayResult],
    plate: Callable[[Table], Plate], study: Rules,
) -> AssayResult:  # fmt: skip
    """The result of each run by `one`, under the run's name, and the spread between runs.

    The spread is the standard deviation of the upper plateau by maximum likelihood, over the
    average plateau as the variation between runs.
    """
    parts = {run: table.where(run=run) for run in runs}
    found = {run: one(part) for run, part in parts.items()}
    first = next(iter(found.values()))
    estimates = [
        msgspec.structs.replace(entry, group=_under(run, entry.group))
        for run, result in found.items()
        for entry in result.estimates
    ]
    estimates += _between({run: plate(part) for run, part in parts.items()}, study)
    return AssayResult(
        assay=first.assay,
        title=first.title,
        estimates=tuple(estimates),
        checks=tuple(
            msgspec.structs.replace(check, group=_under(run, check.group))
            for run, result in found.items()
            for check in result.checks
        ),
        comparisons=tuple(
            msgspec.structs.replace(entry, group=_under(run, entry.group))
            for run, result in found.items()
            for entry in result.comparisons
        ),
        diagnostics={
            f"{name}, run {run}": value
            for run, result in found.items()
            for name, value in result.diagnostics.items()
        },
        notes=table.notes,
        methods=(
            *first.methods,
            "Each run is read on its own curve. Between runs: a four-parameter logistic whose "
            "upper plateau is normal over runs, by maximum likelihood.",
        ),
        panels=_panels(found),
    )


def _under(run: str, group: str | None) -> str:
    return f"run {run}" if group is None else f"run {run}: {group}"


def _between(plates: dict[str, Plate], study: Rules) -> list[Estimate]:
    names = ("end, between runs (SD)", "variation between runs")
    if len(plates) < FEWEST:
        reason = f"{len(plates)} runs; at least {FEWEST} are needed"
        return [Estimate(name=name, verdict=Verdict.NOT_ESTIMABLE, reason=reason) for name in names]
    x = np.concatenate([plate.x for plate in plates.values()])
    y = np.concatenate([plate.y for plate in plates.values()])
    run = [name for name, plate in plates.items() for _ in plate.x]
    weight = np.concatenate([plate.weights(study.weights) for plate in plates.values()])
    curve = mixed_logistic(x, y, run, weight=weight)
    between = curve.sd_between
    rows = ((names[0], between, None), (names[1], 100 * between / abs(curve.end), "%"))
    return [
        Estimate(name=name, value=value, unit=unit, n=len(plates), n_of="runs",
                 method="maximum likelihood over runs")
        for name, value, unit in rows
    ]  # fmt: skip


def _panels(found: dict[str, AssayResult]) -> tuple[Panel, ...]:
    """The panels of the runs, one of a kind, with the run in the legend."""
    titles = dict.fromkeys(panel.title for result in found.values() for panel in result.panels)
    shown = []
    for title in titles:
        own = [
            (place, run, panel)
            for place, (run, result) in enumerate(found.items())
            for panel in result.panels
            if panel.title == title
        ]
        series = [
            msgspec.structs.replace(line, colour=place, label=f"run {run}" if number == 0 else "")
            for place, run, panel in own
            for number, line in enumerate(panel.series)
        ]
        shown.append(
            msgspec.structs.replace(own[0][2], series=tuple(series), x_marks=(), note=None)
        )
    return tuple(shown)
