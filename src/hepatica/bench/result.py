"""What an assay returns: estimates with verdicts, checks, notes, and what its figure shows."""

from __future__ import annotations

from enum import StrEnum
from math import isfinite
from typing import Literal

import msgspec

__all__ = [
    "AssayResult",
    "Check",
    "Comparison",
    "Estimate",
    "Panel",
    "Scalar",
    "Series",
    "Status",
    "Verdict",
]

Scalar = float | int | str | bool | None


class Verdict(StrEnum):
    """Whether an estimate may be read as a number."""

    OK = "ok"
    NOT_ESTIMABLE = "not estimable"
    EXTRAPOLATED = "extrapolated"
    ONE_SIDED = "one-sided"


class Status(StrEnum):
    """What became of one quality check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSED = "not assessed"


class _Part(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    pass


class Estimate(_Part, frozen=True):
    """One estimated quantity, with its interval and its verdict.

    `low` and `high` bound the quantity at `level`; `se` is the standard error in the same unit.
    `group` names the curve, `n` the units that the interval counts (`n_of`: wells, experiments).
    A quantity that is not estimable holds no number at all, a one-sided one holds one bound, and
    every verdict but ok has a reason: ValueError otherwise, so that an absurd number cannot
    become a result.
    """

    name: str
    value: float | None = None
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    se: float | None = None
    level: float = 0.95
    method: str = ""
    group: str | None = None
    n: int | None = None
    n_of: str | None = None
    # a factory, because a plain default would be left out of the JSON and every estimate has one
    verdict: Verdict = msgspec.field(default_factory=lambda: Verdict.OK)
    reason: str | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.low, self.high, self.se)
        if any(number is not None and not isfinite(number) for number in numbers):
            raise ValueError(f"{self.name}: an estimate holds finite numbers only, not {numbers}")
        if self.verdict is not Verdict.OK and not self.reason:
            raise ValueError(f"{self.name}: the verdict {self.verdict} needs a reason")
        match self.verdict:
            case Verdict.NOT_ESTIMABLE:
                if any(number is not None for number in numbers):
                    raise ValueError(f"{self.name}: not estimable, so it can hold no number")
            case Verdict.ONE_SIDED:
                if (self.low is None) == (self.high is None):
                    raise ValueError(f"{self.name}: one-sided means exactly one bound")
            case _:
                if self.value is None:
                    raise ValueError(f"{self.name}: the verdict {self.verdict} needs a value")
        if self.value is not None:
            slack = 1e-9 * abs(self.value)
            if (self.low is not None and self.low > self.value + slack) or (
                self.high is not None and self.high < self.value - slack
            ):
                raise ValueError(f"{self.name}: {self.value} lies outside its own interval")


class Check(_Part, frozen=True):
    """One quality check: what was measured, against which criterion, and what came of it."""

    name: str
    status: Status
    criterion: str
    value: float | str | None = None
    note: str | None = None
    group: str | None = None


class Comparison(_Part, frozen=True):
    """Two models on the same data; `prefers` names the one that the data support, or neither.

    `f` and `p` stand only where the simpler model is nested in the other; `delta_aicc` is AICc of
    the simpler minus AICc of the other.
    """

    simpler: str
    other: str
    prefers: str
    f: float | None = None
    p: float | None = None
    df1: int | None = None
    df2: int | None = None
    delta_aicc: float | None = None
    group: str | None = None
    note: str | None = None


class Series(_Part, frozen=True):
    """Points, a line or a band of a figure; `low` and `high` are error bars or the band's edges."""

    label: str
    kind: Literal["points", "line", "band"]
    x: tuple[float, ...]
    y: tuple[float, ...] = ()
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    colour: int = 0
    dashed: bool = False
    hollow: bool = False


class Panel(_Part, frozen=True):
    """One pair of axes. On a logarithmic axis a value of zero is drawn at the left edge as zero.

    `x_names` are the groups at x = 1, 2, 3 ..., in place of numbers. `y_range` are the ends of the
    y axis where several panels are to be compared by eye.
    """

    title: str
    x_label: str
    y_label: str
    series: tuple[Series, ...]
    x_scale: Literal["linear", "log"] = "linear"
    y_scale: Literal["linear", "log"] = "linear"
    x_marks: tuple[float, ...] = ()
    y_marks: tuple[float, ...] = ()
    x_names: tuple[str, ...] = ()
    y_range: tuple[float, float] | None = None
    note: str | None = None


class AssayResult(_Part, frozen=True):
    """All that is known after one assay; JSON by `msgspec.json`, drawn by `bench.report`.

    `caption` is printed in the figure, a line each below the panels: what it is never without.
    """

    assay: str
    title: str
    estimates: tuple[Estimate, ...]
    checks: tuple[Check, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    diagnostics: dict[str, Scalar] = {}
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    panels: tuple[Panel, ...] = ()
    caption: tuple[str, ...] = ()
    table: dict[str, tuple[Scalar, ...]] = {}

    def estimate(self, name: str, group: str | None = None) -> Estimate:
        """The estimate of that name (and group); KeyError names what there is."""
        for entry in self.estimates:
            if entry.name == name and (group is None or entry.group == group):
                return entry
        known = ", ".join(sorted({entry.name for entry in self.estimates}))
        raise KeyError(f"no estimate {name!r} (group {group!r}); there are: {known}")
