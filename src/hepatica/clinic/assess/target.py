"""The ends of terlipressin that labels tie to creatinine: the Philippines label, the US label."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hepatica.clinic.assess.doses import first_dose
from hepatica.clinic.assess.record import Record
from hepatica.clinic.times import moment
from hepatica.clinic.units import MILLION

if TYPE_CHECKING:
    from hepatica.clinic.assess.course import Course

BELOW = 130 * MILLION  # millionths of a micromole per litre
AFTER = timedelta(hours=24)  # from the second creatinine of a reversal to the end, US label


def label_end(record: Record) -> datetime | None:
    """When the US label ends terlipressin after reversal; None without it."""
    second = moment(record.one("verified_reversal_fda_label").get("second_t"))
    return None if second is None else second + AFTER


def reached(record: Record, found: Course) -> None:
    """Whether the end of the US label has passed."""
    end = label_end(record)
    if end is not None:
        shown = (
            f"the second at {end - AFTER:%Y-%m-%d %H:%M}, 24 hours after it {end:%Y-%m-%d %H:%M}"
        )
        found.put("label_end_passed", record.at >= end, shown)
    elif record.one("verified_reversal_fda_label").get("status") != "unknown":
        found.put("label_end_passed", False)


def target(record: Record, found: Course) -> None:
    """Whether the last creatinine is below 130 micromol/L or has dropped by at least 30%.

    The label counts from the value at diagnosis, here the last one before the first dose.
    """
    start = first_dose(record)
    if start is None:
        return
    values = [r for r in record.of("creatinine") if r.time and r.micro is not None]
    last = max(values, key=lambda row: row.time or record.at, default=None)
    before = record.one("terlipressin_day4").get("baseline")
    if last is None or last.time is None or last.time <= start or last.micro is None:
        return
    if record.one("renal_replacement").get("current"):
        found.leave("philippines_end", "a creatinine that renal replacement has not lowered")
    elif last.micro < BELOW or (before is not None and 10 * last.micro <= 7 * before):
        found.put("philippines_end", True, str(last))
    elif before is not None:
        found.put("philippines_end", False, str(last))
