"""Groups and experiments: curves fitted apart, summed up at the level that repeats.

A group with several experiments is summarised over experiments; one without is one curve, and its
interval counts wells. Ratios to the control group follow the same rule.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hepatica.bench.replicates import over_experiments, ratio_of_fits, ratio_of_means
from hepatica.bench.result import Check, Comparison, Estimate, Scalar, Series, Verdict
from hepatica.bench.study import Study
from hepatica.bench.table import Table
from hepatica.bench.wording import p_value
from hepatica.errors import InputError

__all__ = ["Collected", "Curve", "collect", "control_of"]


@dataclass
class Curve:
    """What one curve gave. `logs` holds value and standard error of the logarithm, for ratios."""

    estimates: list[Estimate] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    series: dict[str, list[Series]] = field(default_factory=dict)
    logs: dict[str, tuple[float, float]] = field(default_factory=dict)
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
    per_group: dict[str, list[Curve]] = {}
    listed: list[tuple[str, str, Estimate]] = []
    for colour, group in enumerate(groups):
        rows = table.where(group=group)
        experiments = rows.groups("experiment") if "experiment" in rows.labels else ()
        curves = []
        for experiment in experiments or ("",):
            part = rows.where(experiment=experiment) if experiment else rows
            label = " / ".join(
                word for word in (group if len(groups) > 1 else "", experiment) if word
            )
            curve = analyse(part, label, colour)
            curves.append(curve)
            _add(found, curve)
            if experiment:
                listed += [(group, experiment, entry) for entry in curve.estimates]
        per_group[group] = curves
        name = group if len(groups) > 1 else None
        if len(curves) > 1:
            found.estimates += _summary(curves, name, study.level, plain)
        else:
            found.estimates += curves[0].estimates
    if listed:
        found.table = _table(listed)
    _balance(found, per_group)
    if control is not None:
        _ratios(found, per_group, control, ratios, study.level)
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


def _summary(
    curves: list[Curve], group: str | None, level: float, plain: Sequence[str]
) -> list[Estimate]:
    estimates = []
    for first in curves[0].estimates:
        entries = [e for curve in curves for e in curve.estimates if e.name == first.name]
        values = [e.value for e in entries if e.verdict is Verdict.OK and e.value is not None]
        estimates.append(
            over_experiments(
                first.name,
                values,
                unit=first.unit,
                group=group,
                level=level,
                failed=len(curves) - len(values),
                plain=first.name in plain,
            )
        )
    return estimates


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


def _balance(found: Collected, per_group: dict[str, list[Curve]]) -> None:
    sizes = {group: len(curves) for group, curves in per_group.items()}
    if len(set(sizes.values())) > 1:
        told = ", ".join(f"{group} {size}" for group, size in sizes.items())
        found.warnings.append(f"the groups differ in their number of experiments: {told}")


def _ratios(
    found: Collected, per_group: dict[str, list[Curve]], control: str, names: Sequence[str],
    level: float,
) -> None:  # fmt: skip
    base = per_group[control]
    for group, curves in per_group.items():
        if group == control:
            continue
        for name in names:
            title = f"{name} / {control}"
            if len(curves) > 1 or len(base) > 1:
                own = [curve.logs[name][0] for curve in curves if name in curve.logs]
                other = [curve.logs[name][0] for curve in base if name in curve.logs]
                estimate, p = ratio_of_means(title, own, other, group=group, level=level)
                found.estimates.append(estimate)
                if p is not None:
                    found.notes.append(
                        f"{name}, {group} against {control}: Welch {p_value(p)} "
                        f"({len(own)} and {len(other)} experiments)"
                    )
                continue
            if name not in curves[0].logs or name not in base[0].logs:
                found.estimates.append(
                    Estimate(
                        name=title,
                        group=group,
                        level=level,
                        method="ratio of two curves",
                        verdict=Verdict.NOT_ESTIMABLE,
                        reason=f"{name} is not estimable in {group} or in {control}",
                    )
                )
                continue
            value, se = curves[0].logs[name]
            other_value, other_se = base[0].logs[name]
            found.estimates.append(
                ratio_of_fits(
                    title,
                    value,
                    se,
                    other_value,
                    other_se,
                    curves[0].df + base[0].df,
                    group=group,
                    level=level,
                )
            )
        if len(curves) == 1 and len(base) == 1 and names:
            found.warnings.append(
                f"{group} and {control} hold one experiment each: the ratios say whether these two "
                "curves differ, not whether the difference repeats"
            )
