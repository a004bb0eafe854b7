"""Observations: one row for everything that is known about a patient.

    patient  concept      value  unit    time              start  text
    p1       creatinine   2.6    mg/dL   2026-03-04T11:00
    p1       urine_output 200    mL      2026-03-02T14:00  08:00
    p1       terlipressin 0.85   mg      2026-03-09T20:00  03-04  (a course: first and last dose)
    p1       cirrhosis                                            present

`time` is the instant or the end of an interval, `start` its beginning. A course without an end is
still running. `value` and `unit` are as given; `micro` is the same in whole millionths of the
concept's own unit, and all definitions compute with it. A value without `micro` is the rate of a
drug for the whole body (norepinephrine in mg/h), which becomes one per kg by a known weight.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import msgspec

from hepatica.clinic.concepts import concept
from hepatica.clinic.units import Unusable, conversion, with_unit


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """One accepted row."""

    patient: str
    concept: str
    value: Decimal | None = None
    unit: str | None = None
    micro: int | None = None
    time: datetime | None = None
    start: datetime | None = None
    text: str | None = None

    def __str__(self) -> str:
        what = self.text if self.value is None else with_unit(f"{self.value:f}", self.unit or "1")
        return f"{concept(self.concept).label} {what or ''}".rstrip() + self._when()

    def _when(self) -> str:
        end = f"{self.time:%Y-%m-%d %H:%M}" if self.time else ""
        if self.start is not None and self.start != self.time:
            return f" from {self.start:%Y-%m-%d %H:%M}" + (f" to {end}" if end else "")
        return f" at {end}" if end else ""

    def describe(self) -> str:
        """The value as given and the conversion that was made of it."""
        if self.micro is None or self.value is None:
            return str(self)
        how = conversion(concept(self.concept), self.unit)
        assert not isinstance(how, Unusable)
        return f"{concept(self.concept).label} {how.describe(self.value)}{self._when()}"


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """One row as an input gave it, all texts, with the place where it stood."""

    patient: str
    concept: str
    value: str | None = None
    unit: str | None = None
    time: str | None = None
    start: str | None = None
    text: str | None = None
    where: str = ""


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """A row that is not used: what it said, why not, and the unit that would make it plausible.

    One may stand for `count` rows; of a `group` that was refused for its size, `value` is the
    lowest and `highest` the highest value.
    """

    patient: str
    concept: str
    reason: str
    value: str | None = None
    unit: str | None = None
    time: str | None = None
    likely: tuple[str, ...] = ()
    where: str = ""
    count: int = 1
    group: str = ""
    highest: str | None = None


class Unread(msgspec.Struct, frozen=True, kw_only=True):
    """That a value was given and could not be used, so that an older one may be out of date.

    `time` is None where it could not be read either: the value may be newer than any other.
    """

    patient: str
    concept: str
    time: datetime | None = None


class Unmapped(msgspec.Struct, frozen=True, kw_only=True):
    """A code or name that no mapping knows, how often it stood there, and what that means."""

    system: str
    code: str
    display: str | None
    count: int
    reason: str = "no mapping names this code"


@dataclass(slots=True)
class Report:
    """What became of an input: rows read, refused, not mapped, and what had to be assumed.

    `unused` are the entries of a user's mapping file that named nothing; None where there is none.
    """

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unused: frozenset[str] | None = None


@dataclass(slots=True)
class Observations:
    """The accepted rows of an input in time order, what could not be used, and the report."""

    rows: tuple[Observation, ...]
    report: Report
    unread: tuple[Unread, ...] = ()

    @property
    def patients(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.patient for row in self.rows))
