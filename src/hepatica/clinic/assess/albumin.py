"""Albumin that was given: how much lately, on how many days, and since a peritonitis was found."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from hepatica.clinic.assess.record import Record, begin, limit
from hepatica.clinic.observations import Observation
from hepatica.clinic.units import MILLION, with_unit

if TYPE_CHECKING:
    from hepatica.clinic.assess.course import Course

NEUTROPHILS = 250 * MILLION  # per microlitre, in millionths: more make the diagnosis
EPOCH = date(1970, 1, 1)
SBP = "spontaneous_bacterial_peritonitis"


def albumin(record: Record, found: Course) -> None:
    """Every fact on albumin that `facts.yaml` takes from the course."""
    _lately(record, found)
    _challenge(record, found)
    _peritonitis(record, found)


def counted(number: int, unit: str) -> str:
    """
    >>> counted(1, "day"), counted(2, "day")
    ('1 day', '2 days')
    """
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _lately(record: Record, found: Course) -> None:
    rows = _of_late(record)
    if rows:
        found.put("albumin_lately", True, f"albumin given: {_said(rows, record.at)}")
    elif record.complete("drug"):
        found.put("albumin_lately", False)


def _of_late(record: Record) -> list[Observation]:
    """Albumin that runs, or was given within `albumin_hours`."""
    since = record.at - timedelta(hours=limit("albumin_hours"))
    rows = [row for row in record.of("albumin_infusion") if (row.time or record.at) >= since]
    return sorted(rows, key=_begun)


def _said(rows: list[Observation], at: datetime) -> str:
    return "; ".join(_given(row, at) for row in rows)


def _given(row: Observation, at: datetime) -> str:
    grams = with_unit(f"{row.value:f}", row.unit or "1") if row.value is not None else "a dose"
    when = begin(row)
    runs = row.start is not None and (row.time is None or row.time >= at)
    return grams + (f" begun {when:%Y-%m-%d %H:%M}" if when else "") + (", running" if runs else "")


def _begun(row: Observation) -> datetime:
    return begin(row) or datetime.min


def _challenge(record: Record, found: Course) -> None:
    days = record.criteria["albumin_days"]
    admitted = record.of("admission")
    since = max((r.time for r in admitted if r.time and r.time <= record.at), default=None)
    if since is not None:
        first = (since.date() - EPOCH).days
        days = [d for d in days if d["day"] >= first]
    days = [d for d in days if d["since_aki"] is not False]
    if any(row.time is None for row in record.of("albumin_infusion")):
        found.leave("albumin_days_enough", "the albumin of each day: its course has no end")
    enough = sum(d["enough"] is True for d in days)
    settled = record.complete("drug") and all(d["enough"] is not None for d in days)
    if enough >= 2 or settled:
        shown = f"{counted(enough, 'day')} with albumin of at least 1 g/kg so far"
        found.put("albumin_days_enough", enough, shown)


def _peritonitis(record: Record, found: Course) -> None:
    """Albumin since the day on which the peritonitis was found, and whether a dose was reached.

    A day with at least 1 g/kg counts as one with its dose, as in the challenge (`albumin_days`).
    What was given lately and before is no part of these doses; it is shown with them.
    """
    rows = sorted(record.of("albumin_infusion"), key=_begun)
    day_1 = _found(record)
    if day_1 is None:
        found.leave("sbp_albumin_given", "when the peritonitis was found")
        if late := _of_late(record):
            found.shown["sbp_albumin_given"] = f"albumin given: {_said(late, record.at)}"
        if not rows and record.complete("drug"):
            found.put("sbp_albumin_given", False)
        return
    day = (record.at.date() - day_1).days + 1
    found.put("sbp_day", day, f"day {day} since the peritonitis was found on {day_1}")
    since = [row for row in rows if begin(row) is None or _begun(row).date() >= day_1]
    if since:
        found.put("sbp_albumin_given", True)
    elif record.complete("drug"):
        found.put("sbp_albumin_given", False)
    before = [row for row in _of_late(record) if row not in since]
    parts = ((f"albumin given since {day_1}", since), (f"albumin given before {day_1}", before))
    if said := "; ".join(f"{when}: {_said(given, record.at)}" for when, given in parts if given):
        found.shown["sbp_albumin_given"] = said
    for name, first in (("sbp_first_dose", day_1), ("sbp_day3_dose", day_1 + timedelta(days=2))):
        days = [d for d in record.criteria["albumin_days"] if d["day"] >= (first - EPOCH).days]
        if any(d["enough"] for d in days):
            found.put(name, True)
        elif record.complete("drug") and all(d["enough"] is False for d in days):
            found.put(name, False)


def _found(record: Record) -> date | None:
    """The first tap of those that have shown it since, or the beginning of the condition."""
    first: datetime | None = None
    taps = [r for r in record.of("ascitic_neutrophils") if r.time and r.micro is not None]
    for row in sorted(taps, key=_begun):
        if (row.micro or 0) <= NEUTROPHILS:
            first = None
        elif first is None:
            first = row.time
    if first is None and record.flags.get(SBP):
        states = [r for r in record.of(SBP) if r.text == "present"]
        first = min((when for r in states if (when := begin(r)) is not None), default=None)
    return first.date() if first is not None else None
