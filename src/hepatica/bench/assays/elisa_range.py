"""Between which standards an immunoassay may be read: limits of quantification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.assays.calibration import Calibration
from hepatica.bench.result import Check, Status

__all__ = ["Level", "Limits", "limits_of", "standard_checks"]


class Rules(Protocol):
    """The limits that a study sets."""

    @property
    def accuracy(self) -> float: ...
    @property
    def accuracy_ends(self) -> float: ...
    @property
    def cv(self) -> float: ...
    @property
    def cv_ends(self) -> float: ...


@dataclass(frozen=True, kw_only=True)
class Level:
    """One standard read back: relative error (None beyond the curve), CV of its concentrations."""

    level: float
    error: float | None
    cv: float | None

    def passes(self, rules: Rules, *, end: bool) -> bool:
        accuracy = rules.accuracy_ends if end else rules.accuracy
        cv = rules.cv_ends if end else rules.cv
        if self.error is None or abs(self.error) > accuracy:
            return False
        return self.cv is None or self.cv <= cv


@dataclass(frozen=True, kw_only=True)
class Limits:
    """LLOQ and ULOQ, both None where no two neighbouring standards meet the limits."""

    lower: float | None
    upper: float | None
    levels: tuple[Level, ...]
    reason: str | None = None


def limits_of(x: Floats, y: Floats, calibration: Calibration, rules: Rules) -> Limits:
    """The longest run of neighbouring standards that meets the limits of the study.

    A standard's wells are read back one by one; their mean gives the error, their SD the CV. A well
    beyond the curve fails its level.
    """
    levels = []
    for value in np.unique(x[x > 0]).tolist():
        found = [calibration.invert(float(signal)) for signal in y[x == value]]
        back = [entry for entry in found if entry is not None]
        if len(back) < len(found):
            levels.append(Level(level=value, error=None, cv=None))
            continue
        mean = float(np.mean(back))
        cv = float(np.std(back, ddof=1)) / mean if len(back) > 1 else None
        levels.append(Level(level=value, error=mean / value - 1, cv=cv))
    best: tuple[int, int] | None = None
    for first in range(len(levels)):
        for last in range(first + 1, len(levels)):
            run = levels[first : last + 1]
            inner = all(entry.passes(rules, end=False) for entry in run[1:-1])
            ends = run[0].passes(rules, end=True) and run[-1].passes(rules, end=True)
            if inner and ends and (best is None or last - first > best[1] - best[0]):
                best = (first, last)
    if best is None:
        reason = "no two neighbouring standards meet the limits"
        return Limits(lower=None, upper=None, levels=tuple(levels), reason=reason)
    return Limits(lower=levels[best[0]].level, upper=levels[best[1]].level, levels=tuple(levels))


def standard_checks(x: Floats, y: Floats, limits: Limits, rules: Rules) -> list[Check]:
    """ICH M10: how many standards meet the limits, over how many levels; replicate wells.

    The wider limits of the ends are those of the LLOQ and the ULOQ, and of the outermost standards
    where there is no range.
    """
    name, criterion = "standards read back", "75 % of levels and at least 6 of them (ICH M10)"
    single = [value for value in np.unique(x) if int((x == value).sum()) == 1]
    checks = []
    if limits.levels:
        outer = (limits.levels[0].level, limits.levels[-1].level)
        ends = outer if limits.lower is None else (limits.lower, limits.upper)
        good = [entry for entry in limits.levels if entry.passes(rules, end=entry.level in ends)]
        bad = [entry for entry in limits.levels if entry not in good]
        share = len(good) / len(limits.levels)
        told = [
            f"{entry.level:g}: "
            + ("beyond the curve" if entry.error is None else f"error {100 * entry.error:+.0f} %")
            + (f", CV {100 * entry.cv:.0f} %" if entry.cv is not None else "")
            for entry in bad
        ]
        checks.append(
            Check(name=name, criterion=criterion, value=share,
                  status=Status.PASSED if share >= 0.75 and len(good) >= 6 else Status.FAILED,
                  note=f"{len(good)} of {len(limits.levels)} pass"
                  + (f"; not {'; '.join(told)}" if told else ""))
        )  # fmt: skip
    else:
        checks.append(
            Check(name=name, criterion=criterion, status=Status.NOT_ASSESSED, note=limits.reason)
        )
    checks.append(
        Check(name="replicate standards", criterion="two or more wells of every standard",
              status=Status.FAILED if single else Status.PASSED,
              note=f"one well at {', '.join(f'{value:g}' for value in single[:8])}"
              if single else None)
    )  # fmt: skip
    return checks
