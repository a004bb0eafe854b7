"""Drugs and procedures that bear on the kidney course, for whoever draws it."""

from __future__ import annotations

from hepatica.clinic.assess.model import Given
from hepatica.clinic.assess.record import Record, begin
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.units import with_unit

GROUPS = ("diuretic", "vasoconstrictor", "vasopressor", "nephrotoxin", "renal_replacement")


def given(record: Record) -> tuple[Given, ...]:
    """Courses in order of their start."""
    wanted = {"albumin_infusion", *(name for group in GROUPS for name in in_group(group))}
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
