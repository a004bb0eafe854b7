"""Nephrotoxins on record: whether one runs, and which were given when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepatica.clinic.assess.doses import running
from hepatica.clinic.assess.record import Record, begin
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.observations import Observation

if TYPE_CHECKING:
    from hepatica.clinic.assess.course import Course


def nephrotoxins(record: Record, found: Course) -> None:
    """Contrast medium is given once and is over; every other one may still run."""
    every, once = in_group("nephrotoxin"), in_group("contrast")
    state, shown = running(record, *(name for name in every if name not in once))
    found.put("nephrotoxin_running", state, shown)
    if record.of(*every):
        found.leave("nephrotoxin_running", "whether the nephrotoxin still runs")
    if record.one("hrs_aki_2015").get("no_nephrotoxins") is False:
        last: dict[str, Observation] = {}
        for row in sorted(record.of(*every), key=lambda row: row.time or record.at):
            last[row.concept] = row
        named = "; ".join(_named(row) for row in last.values())
        found.put("nephrotoxin_given", True, named or None)
    elif record.one("hrs_aki_2015").get("no_nephrotoxins"):
        found.put("nephrotoxin_given", False)
    else:
        found.leave("nephrotoxin_given", "a complete list of drugs")


def _named(row: Observation) -> str:
    name, when = concept(row.concept).name, begin(row)
    if row.start is not None and row.time is None:
        return f"{name} since {row.start:%Y-%m-%d %H:%M}"
    return f"{name}, last on record {row.time or when:%Y-%m-%d %H:%M}"
