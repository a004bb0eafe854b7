"""Western blot: log ratios to the loading inside a shown linear range, blot as block."""

from __future__ import annotations

from collections.abc import Sequence
from math import log2
from statistics import fmean

from hepatica.bench.assays.western_blocks import Lane, block_effect
from hepatica.bench.assays.western_figure import panels
from hepatica.bench.assays.western_lanes import COLUMNS, Row, rows_of
from hepatica.bench.assays.western_range import Range, linear_range
from hepatica.bench.distributions import t_quantile
from hepatica.bench.result import AssayResult, Check, Estimate, Status, Verdict
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Table
from hepatica.errors import InputError

__all__ = ["COLUMNS", "Study", "analyse"]

ALIKE = 1.5
FULL_SCALE = (255, 4095, 65535)  # 2^8 - 1, 2^12 - 1, 2^16 - 1


class Study(Base, frozen=True, kw_only=True):
    """Keys of a Western blot study file beside those of every study.

    `loading` says what the loading signal is. `linearity` is the largest relative departure of
    signal per amount from its median inside the linear range (a laboratory default).
    """

    loading: str = "total protein"
    linearity: float = 0.20

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < self.linearity < 1:
            raise ValueError(f"linearity: {self.linearity!r}; expected a share, such as 0.2")


def analyse(table: Table, study: Study) -> AssayResult:
    """Fold change of every group against the control, from the lanes inside the linear range.

    Rows with an `amount` are the dilution series of a blot; the others are lanes of samples.
    """
    rows = rows_of(table, study)
    lanes = [row for row in rows if row.amount is None]
    if not lanes:
        raise InputError(f"{table.source}: every row is a dilution; no lane holds a sample")
    ranges = {
        (blot, which): linear_range(
            [(r.amount, getattr(r, which)) for r in rows
             if r.blot == blot and r.amount is not None and not r.saturated],
            study.linearity,
        )
        for blot in dict.fromkeys(row.blot for row in rows)
        for which in ("band", "loading")
    }  # fmt: skip
    groups = tuple(dict.fromkeys(row.group for row in lanes))
    if len(groups) < 2:
        raise InputError(f"one group only ({groups[0]!r}): a ratio needs two")
    if study.control is not None and study.control not in groups:
        known = ", ".join(groups)
        raise InputError(f"study: no lanes of the control {study.control!r}; there are: {known}")
    control = study.control or groups[0]
    checks = _checks(lanes, ranges, study)
    checks += [
        _loading([row for row in lanes if row.group in (group, control)], group, control)
        for group in groups
        if group != control
    ]
    estimates = []
    for group in groups:
        if group != control:
            part = [row for row in lanes if row.group in (group, control)]
            estimates += _compare(part, ranges, group, control, study)
    return AssayResult(
        assay="western",
        title=study.title or "Western blot densitometry",
        estimates=tuple(estimates),
        checks=tuple(checks),
        notes=table.notes,
        warnings=tuple(_at_top(lanes)),
        methods=(
            f"log2 of band over {study.loading}, lanes of one sample on one blot averaged; blot as "
            f"block{_fitted(estimates)}; n is the number of biological samples.",
            "A saturated lane, or one outside the linear range that the blot's own dilution series "
            "shows, is no number.",
        ),
        panels=panels(lanes, rows, groups, ranges, table.units),
    )


def _fitted(estimates: Sequence[Estimate]) -> str:
    """How the blots were taken out, as the estimates that could be had say."""
    used = dict.fromkeys(e.method.removeprefix("log2 ratios, ") for e in estimates if e.method)
    return f" ({'; '.join(used)})" if used else ""


def _why_not(row: Row, ranges: dict[tuple[str, str], Range]) -> str | None:
    if row.saturated:
        return "saturated pixels"
    for which in ("band", "loading"):
        value = getattr(row, which)
        if value <= 0:
            return f"the {which} signal is {value:g} after background"
        shown = ranges[row.blot, which]
        if (
            shown.low is not None
            and shown.high is not None
            and not shown.low <= value <= shown.high
        ):
            side = "above" if value > shown.high else "below"
            return f"the {which} signal lies {side} the linear range of {row.blot}"
    return None


def _compare(
    lanes: Sequence[Row],
    ranges: dict[tuple[str, str], Range],
    group: str,
    control: str,
    study: Study,
) -> list[Estimate]:
    label = f"{group} / {control}"

    def none(reason: str) -> list[Estimate]:
        return [
            Estimate(name=name, group=label, verdict=Verdict.NOT_ESTIMABLE, reason=reason)
            for name in ("fold change", "log2 fold change")
        ]

    bad = [(row, why) for row in lanes if (why := _why_not(row, ranges)) is not None]
    if bad:
        told = "; ".join(f"{row.sample} on {row.blot}: {why}" for row, why in bad[:4])
        more = f" and {len(bad) - 4} more" if len(bad) > 4 else ""
        return none(
            f"{told}{more}. Leaving lanes out by their signal would bias the ratio: load less or "
            "expose shorter, and blot again"
        )
    found = block_effect(
        [
            Lane(blot=row.blot, sample=row.sample, treated=row.group == group,
                 value=log2(row.band / row.loading))
            for row in lanes
        ]
    )  # fmt: skip
    if isinstance(found, str):
        return none(found)
    reach = t_quantile(study.level, found.df) * found.se
    low, high = found.log2 - reach, found.log2 + reach
    unshown = sorted({b for (b, _), r in ranges.items() if r.low is None}
                     & {row.blot for row in lanes})  # fmt: skip
    reason = (
        f"no linear range was shown on {', '.join(unshown)}: the ratio holds only if the signals "
        "were proportional to protein"
        if unshown
        else None
    )
    method = f"log2 ratios, {found.method}"
    verdict = Verdict.EXTRAPOLATED if reason else Verdict.OK

    def estimate(
        name: str, value: float, bounds: tuple[float, float], se: float | None
    ) -> Estimate:
        return Estimate(
            name=name, value=value, low=bounds[0], high=bounds[1], se=se, group=label,
            level=study.level, n=found.n, n_of="biological samples", method=method,
            verdict=verdict, reason=reason,
        )  # fmt: skip

    return [
        estimate("fold change", 2**found.log2, (2**low, 2**high), None),
        estimate("log2 fold change", found.log2, (low, high), found.se),
    ]


def _checks(
    lanes: Sequence[Row], ranges: dict[tuple[str, str], Range], study: Study
) -> list[Check]:
    saturated = [row for row in lanes if row.saturated]
    blots = list(dict.fromkeys(row.blot for row in lanes))
    checks = [
        _saturation(lanes, saturated),
        Check(name="blots", criterion="two or more blots", value=float(len(blots)),
              status=Status.PASSED if len(blots) > 1 else Status.FAILED,
              note=None if len(blots) > 1 else "one blot cannot tell a group from its place on it"),
    ]  # fmt: skip
    for (blot, which), shown in ranges.items():
        if blot not in blots:
            continue
        checks.append(
            Check(name=f"linear range of the {which}", group=blot,
                  criterion=f"three or more amounts within {100 * study.linearity:g} % of "
                  "proportional (laboratory default)",
                  status=shown.status, note=shown.note)
        )  # fmt: skip
    for group in dict.fromkeys(row.group for row in lanes):
        n = len({row.sample for row in lanes if row.group == group})
        checks.append(
            Check(name="biological samples", group=group, value=float(n),
                  status=Status.PASSED if n >= 3 else Status.FAILED,
                  criterion="3 or more (laboratory default); lanes are not n")
        )  # fmt: skip
    return checks


def _saturation(lanes: Sequence[Row], saturated: Sequence[Row]) -> Check:
    """Not assessed where no lane says anything; lanes at the very top of a detector fail it."""
    name, criterion = "saturation", "no lane holds saturated pixels"
    top = _at_top(lanes)
    if saturated or top:
        told = [f"{row.sample} on {row.blot}" for row in saturated]
        return Check(name=name, criterion=criterion, status=Status.FAILED,
                     note="; ".join([*told, *top]))  # fmt: skip
    if all(row.saturated is None for row in lanes):
        note = "nothing says whether anyone looked: fill the column 'saturated' with yes or no"
        return Check(name=name, criterion=criterion, status=Status.NOT_ASSESSED, note=note)
    return Check(name=name, criterion=criterion, status=Status.PASSED)


def _at_top(lanes: Sequence[Row]) -> list[str]:
    """Where two lanes or more read exactly the largest number of an 8, 12 or 16 bit image."""
    told = []
    for which in ("band", "loading"):
        values = [getattr(row, which) for row in lanes]
        most = max(values)
        if most in FULL_SCALE and values.count(most) > 1:
            told.append(
                f"{values.count(most)} lanes have a {which} of exactly {most:g}, the top of a "
                "detector: they are probably saturated"
            )
    return told


def _loading(lanes: Sequence[Row], group: str, control: str) -> Check:
    """Whether the loading itself differs between the groups, which dividing by it would hide."""
    criterion = f"mean loading within {ALIKE:g}-fold (laboratory default)"
    steps = []
    for blot in dict.fromkeys(row.blot for row in lanes):
        here = [row for row in lanes if row.blot == blot and row.loading > 0]
        sides = [[log2(r.loading) for r in here if r.group == name] for name in (group, control)]
        if all(sides):
            steps.append(fmean(sides[0]) - fmean(sides[1]))
    if not steps:
        return Check(name="loading alike", group=f"{group} / {control}", criterion=criterion,
                     status=Status.NOT_ASSESSED, note="no blot holds both groups")  # fmt: skip
    fold = 2 ** fmean(steps)
    fine = 1 / ALIKE <= fold <= ALIKE
    return Check(
        name="loading alike", group=f"{group} / {control}", criterion=criterion, value=fold,
        status=Status.PASSED if fine else Status.FAILED,
        note=None if fine else
        "the loading differs between the groups: unequal lanes, or a loading control that the "
        "condition itself changes; then the ratio is not the band's",
    )  # fmt: skip
