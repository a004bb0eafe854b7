"""Groups and experiments: curves fitted apart, summed up at the level that repeats.

A group with several experiments is summarised over experiments; one without is one curve, and its
interval counts wells. Ratios to the control group follow the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hepatica.bench.experiments import Runs, averaged, ratio_to, summed_up
from hepatica.bench.result import Check, Comparison, Estimate, Scalar, Series
from hepatica.bench.study import Study
from hepatica.bench.table import Table
from hepatica.bench.wording import p_value
from hepatica.errors import InputError

__all__ = ["Collected", "Curve", "collect", "control_of"]


@dataclass
class Curve:
    """What one curve gave; `df` are the degrees of freedom behind its standard errors."""

    estimates: list[Estimate] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    series: dict[str, list[Series]] = field(default_factory=dict)
    diagnostics: dict[str, Scalar] = field(default_factory=dict)
    df: int = 0


@dataclass
class Collected:
    """The curves of a table, put together."""

    estimates: list[Estimate] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    series: dict[str, list[Series]] = field(default_factory=dict)
    diagnostics: dict[str, Scalar] = field(default_factory=dict)
    table: dict[str, tuple[Scalar, ...]] = field(default_factory=dict)

    def drawn(self, panel: str) -> tuple[Series, ...]:
        return tuple(self.series.get(panel, ()))


def control_of(groups: Sequence[str], study: Study) -> str | None:
    """The control group, or None; InputError where the study names one that is not there."""
    if study.control is not None and study.control not in groups:
        raise InputError(
            f"study: the control {study.control!r} is no group of the table; "
            f"there are: {', '.join(groups)}"
        )
    return study.control


def collect(
    table: Table,
    study: Study,
    analyse: Callable[[Table, str, int], Curve],
    *,
    ratios: Sequence[str] = (),
    plain: Sequence[str] = (),
) -> Collected:
    """Every curve of `table` by `analyse(rows, label, colour)`, summarised by group.

    `ratios` names the positive quantities compared with the control, `plain` those averaged
    without logarithms.
    """
    groups = table.groups()
    control = control_of(groups, study)
    found = Collected(notes=list(table.notes))
    per_group: dict[str, dict[str, Curve]] = {}
    summaries: dict[str, list[Estimate]] = {}
    listed: list[tuple[str, str, Estimate]] = []
    for colour, group in enumerate(groups):
        rows = table.where(group=group)
        experiments = rows.groups("experiment") if "experiment" in rows.labels else ()
        curves = {}
        for experiment in experiments or ("",):
            part = rows.where(experiment=experiment) if experiment else rows
            label = " / ".join(
                word for word in (group if len(groups) > 1 else "", experiment) if word
            )
            curve = analyse(part, label, colour)
            curves[experiment] = curve
            _add(found, curve)
            if experiment:
                listed += [(group, experiment, entry) for entry in curve.estimates]
        per_group[group] = curves
        name = group if len(groups) > 1 else None
        if len(curves) > 1:
            summaries[group] = _summary(curves, name, study.level, plain)
        else:
            summaries[group] = next(iter(curves.values())).estimates
        found.estimates += summaries[group]
    if listed:
        found.table = _table(listed)
    _balance(found, per_group)
    if control is not None:
        _ratios(found, per_group, summaries, control, ratios, study.level)
    elif len(groups) > 1 and ratios:
        found.notes.append(
            "no group was named as control in the study, so none is compared with it"
        )
    return found


def _add(found: Collected, curve: Curve) -> None:
    found.checks += curve.checks
    found.comparisons += curve.comparisons
    found.warnings += curve.warnings
    found.diagnostics.update(curve.diagnostics)
    for panel, series in curve.series.items():
        found.series.setdefault(panel, []).extend(series)


def _runs(curves: dict[str, Curve], name: str) -> Runs:
    return {label: _named(curve.estimates, name) for label, curve in curves.items()}


def _named(estimates: Sequence[Estimate], name: str) -> Estimate | None:
    return next((entry for entry in estimates if entry.name == name), None)


def _summary(
    curves: dict[str, Curve], group: str | None, level: float, plain: Sequence[str]
) -> list[Estimate]:
    names = dict.fromkeys(entry.name for curve in curves.values() for entry in curve.estimates)
    return [
        summed_up(name, _runs(curves, name), group=group, level=level, plain=name in plain)
        for name in names
    ]


def _table(listed: list[tuple[str, str, Estimate]]) -> dict[str, tuple[Scalar, ...]]:
    return {
        "group": tuple(group for group, _, _ in listed),
        "experiment": tuple(experiment for _, experiment, _ in listed),
        "quantity": tuple(entry.name for _, _, entry in listed),
        "value": tuple(entry.value for _, _, entry in listed),
        "low": tuple(entry.low for _, _, entry in listed),
        "high": tuple(entry.high for _, _, entry in listed),
        "unit": tuple(entry.unit for _, _, entry in listed),
        "verdict": tuple(str(entry.verdict) for _, _, entry in listed),
    }


def _balance(found: Collected, per_group: dict[str, dict[str, Curve]]) -> None:
    sizes = {group: len(curves) for group, curves in per_group.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{group} {size}" for group, size in sizes.items())
        found.warnings.append(f"the groups differ in their number of experiments: {told}")


def _ratios(
    found: Collected, per_group: dict[str, dict[str, Curve]], summaries: dict[str, list[Estimate]],
    control: str, names: Sequence[str], level: float,
) -> None:  # fmt: skip
    base = per_group[control]
    for group, curves in per_group.items():
        if group == control:
            continue
        df = sum(curve.df for curve in (*curves.values(), *base.values()))
        for name in names:
            runs, others = _runs(curves, name), _runs(base, name)
            sides = _named(summaries[group], name), _named(summaries[control], name)
            estimate, p = ratio_to(name, group, control, runs, others, sides, df, level)
            found.estimates.append(estimate)
            if p is not None:
                found.notes.append(
                    f"{name}, {group} against {control}: Welch {p_value(p)} "
                    f"({len(averaged(runs))} and {len(averaged(others))} experiments)"
                )
        if len(curves) == 1 and len(base) == 1 and names:
            found.warnings.append(
                f"{group} and {control} hold one experiment each: the ratios say whether these two "
                "curves differ, not whether the difference repeats"
            )
