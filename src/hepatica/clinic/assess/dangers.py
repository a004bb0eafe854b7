"""What terlipressin stops for, on the day on which it was there: hypoxia, overload, ischaemia."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING

from hepatica.clinic.assess.doses import first_dose
from hepatica.clinic.assess.record import Record, begin
from hepatica.clinic.observations import Observation
from hepatica.clinic.times import moment
from hepatica.clinic.units import MILLION

if TYPE_CHECKING:
    from hepatica.clinic.assess.course import Course

LOWEST = 90 * MILLION  # SpO2 in millionths of a percent; the label stops below 90%
CONDITIONS = (
    "hypoxia", "volume_overload", "ongoing_coronary_ischaemia", "ongoing_peripheral_ischaemia",
    "ongoing_mesenteric_ischaemia",
)  # fmt: skip


def dangers(record: Record, day: date) -> tuple[str, ...]:
    """Each low saturation of a day, and each of these conditions that was present on it."""
    low = (row for row in _low(record) if row.time and row.time.date() == day)
    lasting = (
        row
        for row, since, until in _present(record, *CONDITIONS)
        if since.date() <= day <= until.date()
    )
    return tuple(dict.fromkeys(map(str, (*low, *lasting))))


def hypoxia_on_course(record: Record, found: Course) -> None:
    """Whether the label's rule to stop was reached while the course ran, whatever came since."""
    start = first_dose(record)
    last = moment(record.one("terlipressin_course").get("last_dose_t"))
    if start is None or last is None:
        found.put("hypoxia_on_course", False)
        return
    low = [row for row in _low(record) if row.time and start <= row.time <= last]
    low += [
        row for row, since, until in _present(record, "hypoxia") if since <= last and until >= start
    ]
    found.put("hypoxia_on_course", bool(low), "; ".join(map(str, low)))


def _low(record: Record) -> list[Observation]:
    rows = [r for r in record.of("spo2") if r.time and r.micro is not None and r.micro < LOWEST]
    return sorted(rows, key=lambda row: row.time or record.at)


def _present(record: Record, *concepts: str) -> Iterator[tuple[Observation, datetime, datetime]]:
    """Conditions with a date, each until its end, the next statement on it, or now."""
    for name in concepts:
        rows = [(when, row) for row in record.of(name) if (when := begin(row)) is not None]
        for since, row in rows:
            later = min((when for when, _ in rows if when > since), default=record.at)
            until = row.time if row.start is not None and row.time is not None else later
            if row.text == "present":
                yield row, since, min(until, later)
