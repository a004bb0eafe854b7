"""What followed the start of a vasoconstrictor: creatinine and pressure against those before it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction

from hepatica.clinic.assess.course import Course, mg_dl
from hepatica.clinic.assess.doses import begun, first_dose, running
from hepatica.clinic.assess.record import Record, begin, limit
from hepatica.clinic.concepts import in_group
from hepatica.clinic.observations import Observation
from hepatica.clinic.times import moment
from hepatica.clinic.units import MILLION, plain

DIALYSED = "a creatinine that renal replacement has not lowered"
TRANSPLANTED = "a creatinine from before the liver transplant"
THREE_DAYS, FOUR_DAYS = timedelta(hours=72), timedelta(hours=96)


def response(record: Record, found: Course) -> None:
    """Facts on the course of terlipressin, and on norepinephrine and midodrine while they run."""
    label = record.one("verified_reversal_fda_label").get("status")
    found.put(
        "reversed_label", {"met": True, "not_met": False, "not_applicable": False}.get(str(label))
    )
    said = record.one("ica_response").get("response")
    found.put("response", said, f"response by ICA 2015: {said}")
    start = first_dose(record)
    if start is not None:
        _day4(record, found, start)
        _pressure(record, found, start, "map_rise")
        _creatinine(record, found, start, "not_below_before")
    _others(record, found)


def _day4(record: Record, found: Course, start: datetime) -> None:
    rule = record.one("terlipressin_day4")
    action, before = rule.get("action"), rule.get("baseline")
    told = record.rows[rule["value_row"]].time if rule.get("value_row") is not None else None
    found.put(
        "day4_action",
        action if action in ("continue", "increase", "stop") else None,
        f"creatinine of day 4, {hours(start, told)} after the first dose" if told else None,
    )
    if action == "unknown":
        found.leave("day4_action", rule["action_missing"])
    values = _after(record, start)
    last = values[-1] if values else None
    overtaken = last is not None and _day(last, start) > 4 and last.micro != rule.get("value")
    found.put("day4_overtaken", overtaken, str(last) if overtaken else None)
    third = [row for row in values if _day(row, start) == 3]
    fourth = [r for r in values if r.time and THREE_DAYS <= r.time - start <= FOUR_DAYS]
    earlier = _measured(record, "creatinine", start)
    altered = before is not None and fourth and _altered(record, earlier[-1], fourth[0])
    if altered:
        for name in ("no_fall_by_day3", "fall_by_day3_percent"):
            found.leave(name, altered)
    elif before is not None and fourth:
        after = fourth[0].micro or 0
        percent = float(Fraction(100 * (before - after), before))
        assert fourth[0].time is not None
        shown = f"creatinine {_mg_dl(before)} to {_mg_dl(after)}, "
        shown += f"{hours(start, fourth[0].time)} after the first dose"
        found.put("no_fall_by_day3", after >= before, shown)
        found.put("fall_by_day3_percent", percent, shown)
    if before is not None and third and not _altered(record, earlier[-1], third[-1]):
        after = third[-1].micro or 0
        fall = Fraction(before - after, MILLION) / Fraction("88.4")
        found.put(
            "fall_by_day3", float(fall), f"creatinine down {plain(round(float(fall), 2))} mg/dL"
        )


def _others(record: Record, found: Course) -> None:
    """Norepinephrine and midodrine; octreotide alone is as often given for bleeding."""
    starts = []
    onset = moment(record.one("aki_episode").get("onset_t"))
    for drug in ("norepinephrine", "midodrine"):
        now, shown = running(record, drug)
        found.put(f"{drug}_running", now, shown)
        start = begun(record, drug) if now else None
        if start is not None:
            starts.append(start)
            _pressure(record, found, start, f"{drug}_map_rise")
    if starts:
        if onset is not None:
            found.put("vasoconstrictor_before_aki", max(starts) < onset)
        day = (record.at.date() - min(starts).date()).days + 1
        found.put("vasoconstrictor_day", day, f"day {day} of the vasoconstrictor")
        _creatinine(record, found, min(starts), "vasoconstrictor_not_below")


def _creatinine(record: Record, found: Course, start: datetime, name: str) -> None:
    """Whether the last creatinine stands at or above the last one before the first dose."""
    earlier, later = _measured(record, "creatinine", start), _after(record, start)
    if not earlier or not later:
        return
    if altered := _altered(record, earlier[-1], later[-1]):
        found.leave(name, altered)
        return
    before, after = earlier[-1].micro or 0, later[-1].micro or 0
    percent = 100 * (after - before) / before
    shown = f"creatinine {_mg_dl(before)} before the first dose, {_mg_dl(after)}"
    found.put(name, after >= before, f"{shown} at {_at(later[-1])} ({percent:+.1f}%)")


def _altered(record: Record, earlier: Observation, later: Observation) -> str | None:
    """What would tell how the kidney did, where something else than the drug lies before a value.

    Renal replacement lowers creatinine by itself, so a value that is no lower in spite of it does
    tell.
    """
    if transplanted(record, earlier, later):
        return TRANSPLANTED
    sessions = dialysed(record, earlier, later)
    risen = (later.micro or 0) >= (earlier.micro or 0)
    if not sessions or (risen and earlier.time and min(sessions) >= earlier.time):
        return None
    return DIALYSED


def transplanted(record: Record, earlier: Observation, later: Observation) -> bool:
    """Whether the liver was transplanted between two creatinines."""
    assert earlier.time is not None
    assert later.time is not None
    times = [when for row in record.of("liver_transplant") if (when := begin(row))]
    return any(earlier.time < when < later.time for when in times)


def dialysed(record: Record, earlier: Observation, later: Observation) -> list[datetime]:
    """When renal replacement began that bears on the later of two creatinines."""
    assert earlier.time is not None
    assert later.time is not None
    since_then = earlier.time - timedelta(hours=limit("dialysis_hours"))
    return [
        start
        for row in record.of(*in_group("renal_replacement"))
        if (start := begin(row)) and start < later.time and (row.time or record.at) >= since_then
    ]


def _pressure(record: Record, found: Course, start: datetime, name: str) -> None:
    earlier = _measured(record, "map", start)
    later = [r for r in record.of("map") if r.time and r.time > start and r.micro is not None]
    if earlier and later:
        before, after = earlier[-1].micro or 0, later[-1].micro or 0
        rise = (after - before) / MILLION
        shown = f"MAP {_mmhg(before)} at {_at(earlier[-1])}, {_mmhg(after)} at {_at(later[-1])}"
        sign = "+" if rise > 0 else ""
        found.put(name, rise, f"{shown} (change {sign}{plain(round(rise, 1))} mmHg)")


def hours(start: datetime, when: datetime) -> str:
    """The time between the first dose and a value."""
    return f"{plain(round((when - start).total_seconds() / 3600, 1))} h"


def _mg_dl(micro: int) -> str:
    return f"{plain(round(mg_dl(micro), 2))} mg/dL"


def _mmhg(micro: int) -> str:
    return f"{plain(round(micro / MILLION, 1))} mmHg"


def _at(row: Observation) -> str:
    return f"{row.time:%Y-%m-%d %H:%M}"


def _measured(record: Record, what: str, until: datetime) -> Sequence[Observation]:
    rows = [r for r in record.of(what) if r.time and r.time <= until and r.micro is not None]
    return sorted(rows, key=lambda row: row.time or until)


def _after(record: Record, start: datetime) -> Sequence[Observation]:
    """Creatinines after the first dose, in order of time."""
    rows = [r for r in record.of("creatinine") if r.time and r.time > start and r.micro is not None]
    return sorted(rows, key=lambda row: (row.time or start, row.micro or 0))


def _day(row: Observation, start: datetime) -> int:
    """The calendar day of treatment on which a value was measured."""
    assert row.time is not None
    return (row.time.date() - start.date()).days + 1
