"""The effect of each study on the scale on which it is pooled, with its variance.

Log risk ratio, log odds ratio and risk difference from events and totals, with large-sample
variances (as metafor's escalc computes them, https://wviechtb.github.io/metafor).

Zero cells. A study in which one of the four cells is empty has no finite log ratio or no variance:
0.5 is added to its four cells (to no other study). A study without any event in either arm says
nothing about a ratio and is left out, as is one in which every patient of both arms had the event
for the odds ratio. A risk difference exists without a correction; the 0.5 then serves its variance
only, which would be 0 otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from hepatica.bench.arrays import Floats
from hepatica.bench.pool.study import LeftOut, Study

__all__ = ["CORRECTION", "Effects", "Measure", "Tables", "effects", "tables"]

CORRECTION = 0.5

Flags = NDArray[np.bool_]


class Measure(StrEnum):
    """What is pooled."""

    RISK_RATIO = "rr"
    ODDS_RATIO = "or"
    RISK_DIFFERENCE = "rd"
    PROPORTION = "proportion"

    @property
    def words(self) -> str:
        return {
            "rr": "risk ratio",
            "or": "odds ratio",
            "rd": "risk difference",
            "proportion": "proportion",
        }[self.value]

    @property
    def is_ratio(self) -> bool:
        """Whether it is pooled as a logarithm and shown back-transformed."""
        return self in (Measure.RISK_RATIO, Measure.ODDS_RATIO)

    @property
    def none(self) -> float:
        """The value that means no difference, as shown."""
        return 1.0 if self.is_ratio else 0.0


@dataclass(frozen=True, slots=True)
class Tables:
    """Two-by-two tables: events `a` of `n1` on treatment, `c` of `n2` on control."""

    labels: tuple[str, ...]
    a: Floats
    n1: Floats
    c: Floats
    n2: Floats

    @property
    def b(self) -> Floats:
        return self.n1 - self.a

    @property
    def d(self) -> Floats:
        return self.n2 - self.c

    def only(self, keep: Flags) -> Tables:
        """The tables where `keep` is true."""
        return Tables(
            labels=tuple(name for name, kept in zip(self.labels, keep, strict=True) if kept),
            a=self.a[keep],
            n1=self.n1[keep],
            c=self.c[keep],
            n2=self.n2[keep],
        )


@dataclass(frozen=True, slots=True)
class Effects:
    """Effects `y` with variances `v`; `tables` are those of the studies that entered.

    `corrected` names the studies with an empty cell to which 0.5 was added.
    """

    tables: Tables
    y: Floats
    v: Floats
    corrected: tuple[str, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.tables.labels


def tables(studies: tuple[Study, ...], treatment: str, control: str) -> Tables:
    """The tables of the studies that have both arms."""
    pairs = [
        (study.label, study.arm(treatment), study.arm(control))
        for study in studies
        if treatment in study.treatments and control in study.treatments
    ]
    return Tables(
        labels=tuple(label for label, _, _ in pairs),
        a=np.array([arm.events for _, arm, _ in pairs], dtype=float),
        n1=np.array([arm.total for _, arm, _ in pairs], dtype=float),
        c=np.array([arm.events for _, _, arm in pairs], dtype=float),
        n2=np.array([arm.total for _, _, arm in pairs], dtype=float),
    )


def uninformative(measure: Measure, given: Tables) -> tuple[Flags, list[LeftOut]]:
    """Which tables say nothing about `measure`, and a line on each."""
    none = (given.a == 0) & (given.c == 0)
    everyone = (given.b == 0) & (given.d == 0)
    if measure is Measure.RISK_DIFFERENCE:
        none, everyone = np.zeros_like(none), np.zeros_like(everyone)
    elif measure is Measure.RISK_RATIO:
        everyone = np.zeros_like(everyone)
    left_out = [
        LeftOut(what=label, why=f"no event in either arm: it says nothing about the {word}")
        for label, empty in zip(given.labels, none, strict=True)
        for word in (measure.words,)
        if empty
    ] + [
        LeftOut(what=label, why=f"all patients had the event: nothing about the {measure.words}")
        for label, full in zip(given.labels, everyone, strict=True)
        if full
    ]
    return none | everyone, left_out


def effects(measure: Measure, given: Tables, *, correction: float = CORRECTION) -> Effects:
    """The effect of each table that is informative; the others are listed in `left_out`."""
    silent, left_out = uninformative(measure, given)
    kept = given.only(~silent)
    zero = (kept.a == 0) | (kept.b == 0) | (kept.c == 0) | (kept.d == 0)
    add = np.where(zero, correction, 0.0)
    a, b, c, d = kept.a + add, kept.b + add, kept.c + add, kept.d + add
    n1, n2 = a + b, c + d
    if measure is Measure.ODDS_RATIO:
        y, v = np.log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d
    elif measure is Measure.RISK_RATIO:
        y, v = np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
    elif measure is Measure.RISK_DIFFERENCE:
        y = kept.a / kept.n1 - kept.c / kept.n2
        v = a * b / n1**3 + c * d / n2**3
    else:
        raise ValueError(f"{measure!r} compares no arms")
    named = tuple(label for label, empty in zip(kept.labels, zero, strict=True) if empty)
    return Effects(tables=kept, y=y, v=v, corrected=named, left_out=tuple(left_out))
