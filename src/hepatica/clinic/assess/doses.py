"""Whether a drug runs and since when: as a course, or dose by dose as it was charted."""

from __future__ import annotations

from datetime import datetime, timedelta

from hepatica.clinic.assess.asof import EVERY
from hepatica.clinic.assess.record import Record, begin, limit
from hepatica.clinic.concepts import concept
from hepatica.clinic.observations import Observation
from hepatica.clinic.times import moment

LABEL_DOSE, LABEL_HOURS = 850_000, 6.0  # the US label's, in millionths of a mg of the base
SINGLE = timedelta(hours=1)  # a bolus is charted with its time, or with the minutes that it took


def first_dose(record: Record) -> datetime | None:
    """First dose of the current course of terlipressin."""
    return moment(record.one("terlipressin_course").get("first_dose_t"))


def terlipressin(record: Record) -> tuple[bool | None, str | None]:
    """Whether terlipressin runs, by the criterion that registries use, and how that is shown."""
    state, start = record.one("terlipressin_course").get("running"), first_dose(record)
    if state and start is not None:
        return True, f"terlipressin since {start:%Y-%m-%d %H:%M}"
    return state, "none running on a complete list of drugs"


def infused(record: Record) -> tuple[bool | None, str | None]:
    """Whether terlipressin runs as an infusion, by the unit of its dose: a rate, as in mg a day."""
    rates = {unit.code for unit in concept("terlipressin").rates}
    for row in record.of("terlipressin"):
        if _holds(row, record.at) and row.unit in rates:
            return True, str(row)
    return (False if record.one("terlipressin_course").get("running") else None), None


def dosed(record: Record) -> tuple[bool | None, bool | None, str | None]:
    """Whether the last dose is another than that of the US label, and whether it was raised.

    Both are unknown where the dose cannot be used. Doses without an interval are taken as given
    every 6 h; an infusion is no dose of the label, and is asked for by `infused`.
    """
    begun = [row for row in record.of("terlipressin") if begin(row)]
    if not begun or not record.one("terlipressin_course").get("running"):
        return None, None, None
    if infused(record)[0]:
        return False, False, None
    last = max(begun, key=lambda row: begin(row) or record.at)
    if last.micro is None:
        return None, None, None
    every = EVERY.search(last.text or "")
    hours = float(every[1]) if every else LABEL_HOURS
    other = (last.micro, hours) != (LABEL_DOSE, LABEL_HOURS)
    raised = last.micro / hours >= 2 * LABEL_DOSE / LABEL_HOURS
    return other, raised, str(last)


def running(record: Record, *concepts: str) -> tuple[bool | None, str | None]:
    """Whether one of these drugs runs: True, False only on a complete list of drugs, else None.

    A drug charted dose by dose runs for `dose_hours` after the last one; from then to `gap_hours`
    nothing is said.
    """
    rows = record.of(*concepts)
    for row in rows:
        if _holds(row, record.at):
            return True, f"{row.concept} since {row.start:%Y-%m-%d %H:%M}"
    times = [(when, row.concept) for row in rows if _single(row) and (when := begin(row))]
    if times:
        last, name = max(times)
        if record.at - last <= timedelta(hours=limit("dose_hours")):
            return True, f"{name}, last dose {last:%Y-%m-%d %H:%M}"
        if record.at - last <= timedelta(hours=limit("gap_hours")):
            return None, None
    return (False, "none on a complete list of drugs") if record.complete("drug") else (None, None)


def begun(record: Record, drug: str) -> datetime | None:
    """When the last course of a drug began: doses at most `gap_hours` apart are one."""
    start = end = None
    rows = [(when, row) for row in record.of(drug) if (when := begin(row)) is not None]
    for when, row in sorted(rows, key=lambda one: one[0]):
        if end is None or when - end > timedelta(hours=limit("gap_hours")):
            start = when
        until = row.time or record.at
        end = until if end is None else max(end, until)
    return start


def _holds(row: Observation, at: datetime) -> bool:
    return row.start is not None and (row.time is None or row.time >= at)


def _single(row: Observation) -> bool:
    return row.time is not None and (row.start is None or row.time - row.start <= SINGLE)
