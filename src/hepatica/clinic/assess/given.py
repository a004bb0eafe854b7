"""Drugs and procedures that bear on the kidney course, for whoever draws it."""

from __future__ import annotations

from datetime import datetime

from hepatica.clinic.assess.model import Given
from hepatica.clinic.assess.record import Record, begin
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.units import with_unit

GROUPS = ("diuretic", "vasoconstrictor", "vasopressor", "nephrotoxin", "renal_replacement")


def given(record: Record) -> tuple[Given, ...]:
    """Courses in order of their start."""
    wanted = {name for group in GROUPS for name in in_group(group)}
    wanted |= {"albumin_infusion", "liver_transplant"}
    found = []
    for row in record.rows:
        start = begin(row)
        if row.concept in wanted and start is not None:
            dose = "" if row.value is None else " " + with_unit(f"{row.value:f}", row.unit or "1")
            found.append(
                Given(
                    name=concept(row.concept).name,
                    start=start,
                    end=row.time,
                    running=row.start is not None and (row.time is None or row.time >= record.at),
                    shown=f"{concept(row.concept).name}{dose}",
                )
            )
    return tuple(sorted(found, key=lambda one: (one.start, one.name)))


def transplanted(record: Record) -> datetime | None:
    """When the liver was last transplanted; the time of asking where no time is on record."""
    rows = record.of("liver_transplant")
    return max((begin(row) or record.at for row in rows), default=None)


def discharged(record: Record) -> datetime | None:
    """When the patient was last discharged, unless admitted again since."""
    out = max((row.time for row in record.of("discharge") if row.time), default=None)
    again = [row.time for row in record.of("admission") if row.time and out and row.time > out]
    return None if again else out
