"""What was known at a moment: later rows are left out, and what still ran has no end yet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec.structs import replace

from hepatica.clinic.concepts import concept
from hepatica.clinic.observations import Observation, Unread

EVERY = re.compile(r"every (\d+(?:\.\d+)?) h")
HOUR = timedelta(hours=1)
MANY = 400  # doses beyond which a course without an end is more likely a forgotten one


def known_at(rows: Iterable[Observation], at: datetime) -> tuple[Observation, ...]:
    """The rows of one patient as they stood at `at`, so that no finding rests on the future."""
    known = [found for row in rows if (found := _at(row, at)) is not None]
    died = died_at(known)
    until = at if died is None else min(at, died)
    return tuple(dose for row in known for dose in _doses(_until(row, died), until))


def died_at(rows: Iterable[Observation]) -> datetime | None:
    """When the patient died, if that is on record."""
    return min((row.time for row in rows if row.concept == "death" and row.time), default=None)


def _until(row: Observation, died: datetime | None) -> Observation:
    """A course that has no end ends with the patient's death."""
    runs = row.time is None and row.start is not None
    if died is None or not runs or concept(row.concept).kind not in ("drug", "procedure"):
        return row
    assert row.start is not None
    return replace(row, time=max(row.start, died))


def _doses(row: Observation, at: datetime) -> Iterator[Observation]:
    """Repeated infusions of albumin that go on, one by one: rules on it count grams a day."""
    every = EVERY.search(row.text or "")
    first, step = row.start, timedelta(hours=float(every[1]) if every else 0)
    albumin = row.concept == "albumin_infusion" and row.time is None
    if not albumin or first is None or step < HOUR or at - first > MANY * step:
        yield row
        return
    for number in range((at - first) // step + 1):
        when = first + number * step
        yield replace(row, start=when, time=when)


def later(rows: Iterable[Observation], at: datetime) -> tuple[Observation, ...]:
    """The rows that begin after `at`, in their order, of which nothing is known then."""
    after = (row for row in rows if (begin := _begin(row)) is not None and begin > at)
    return tuple(sorted(after, key=lambda row: (_begin(row) or at, row.concept)))


def _begin(row: Observation) -> datetime | None:
    return row.start if row.start is not None else row.time


def _at(row: Observation, at: datetime) -> Observation | None:
    begin = _begin(row)
    if begin is not None and begin > at:
        return None
    if row.time is None or row.time <= at:
        return row
    if concept(row.concept).kind in ("quantity", "code"):
        return None  # an interval such as a urine volume is known when it ends
    return replace(row, time=None)


def moment_of(rows: Iterable[Observation], unread: Iterable[Unread] = ()) -> datetime | None:
    """The time of the last measurement or condition, or of the last dated row where there is none.

    One that could not be used counts beside rows with a time: it was made. A condition counts from
    when it began, for a danger that was noted after the last laboratory value stands now.
    """
    rows = tuple(rows)
    measured = [r.time for r in rows if r.time and r.micro is not None and _measured(r)]
    measured += [t for r in rows if _condition(r) and (t := _begin(r))]
    measured += [u.time for u in unread if u.time and (_measured(u) or _condition(u))]
    dated = [t for r in rows for t in (r.time, r.start) if t is not None]
    return max(measured or dated) if dated else None


def _condition(row: Observation | Unread) -> bool:
    return concept(row.concept).kind == "flag"


def _measured(row: Observation | Unread) -> bool:
    """Whether a row is a measurement, of an instant or an interval: a dose is none."""
    return concept(row.concept).kind == "quantity"
