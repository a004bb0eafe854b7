"""A course of terlipressin of this AKI that has ended: what came of it, and what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hepatica.clinic.assess.doses import first_dose
from hepatica.clinic.assess.record import Record
from hepatica.clinic.observations import Observation
from hepatica.clinic.times import moment

if TYPE_CHECKING:
    from hepatica.clinic.assess.course import Course

REVERSED = 132_600_000  # 1.5 mg/dL, in millionths of a micromole per litre
STEP, STEP_UMOL = 26_520_000, 26_500_000  # 0.3 mg/dL; 26.5 micromol/L where measured in that


def ended(record: Record, found: Course) -> None:
    """Whether terlipressin has ended in this AKI, and whether the AKI came back after reversal."""
    course, start = record.one("terlipressin_course"), first_dose(record)
    if start is None or not found.values.get("terlipressin_in_episode") or course["running"]:
        found.put("terlipressin_ended", False)
        found.put("terlipressin_recurrence", False)
        return
    last = moment(course["last_dose_t"]) or start
    if course["running"] is False:
        said = f"terlipressin from {start:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
        found.put("terlipressin_ended", True, f"{said}; {_outcome(record, found)}")
    reversal = record.one("verified_reversal_fda_label")
    since = [r for r in record.of("creatinine") if r.time and r.time > last and r.micro is not None]
    if not since or reversal["status"] == "not_met":
        found.put("terlipressin_recurrence", False)
    elif reversal["status"] == "met":
        low = record.rows[reversal["second_row"]]
        newest = max(since, key=lambda row: (row.time or last, row.micro or 0))
        found.put("terlipressin_recurrence", _up(low, newest), f"{low}, then {newest}")


def _up(low: Observation, newest: Observation) -> bool:
    now, step = newest.micro or 0, STEP_UMOL if newest.unit == "umol/L" else STEP
    return now > REVERSED and now - (low.micro or 0) >= step


def _outcome(record: Record, found: Course) -> str:
    """What came of the course: the response by ICA, and reversal as the US label words it."""
    reversal = record.one("verified_reversal_fda_label")
    second = moment(reversal["second_t"])
    when = f", {second:%Y-%m-%d %H:%M}" if second is not None else ""
    return (
        f"response by ICA 2015: {found.values.get('response') or 'unknown'}; verified reversal "
        f"(US label): {reversal['status'].replace('_', ' ')}{when}"
    )
