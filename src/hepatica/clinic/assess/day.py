"""A course of terlipressin day by day: given, measured, what each authority does, reversal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from hepatica.clinic.assess.applied import reference
from hepatica.clinic.assess.conditions import Outcome
from hepatica.clinic.assess.course import mg_dl
from hepatica.clinic.assess.dangers import dangers
from hepatica.clinic.assess.doses import first_dose
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Day, Finding, Standing, State, Treatment
from hepatica.clinic.assess.plan import before, stands
from hepatica.clinic.assess.response import dialysed, hours, transplanted
from hepatica.clinic.assess.rules import claims_of
from hepatica.clinic.assess.steps import steps
from hepatica.clinic.assess.target import label_end
from hepatica.clinic.concepts import concept, in_group
from hepatica.clinic.observations import Observation
from hepatica.clinic.times import moment
from hepatica.clinic.units import plain, with_unit

AHEAD = 3  # days of the schedule that are shown beyond today
DRUGS = ("terlipressin", "albumin_infusion", "norepinephrine")
LAST = 15  # the first day on which the US label has terlipressin ended


def treatment(
    found: Gathered, outcome: Outcome, *, died: datetime | None = None
) -> Treatment | None:
    """The course as known at the time of asking; None where no terlipressin was given."""
    start = first_dose(found.record)
    if start is None:
        return None
    at = found.record.at
    row = found.one("terlipressin_course")
    last = moment(row["last_dose_t"]) or start
    running = bool(row["running"]) and died is None
    overdue = bool(row["overdue"]) and died is None
    end = ((at if running else last).date() - start.date()).days + 1
    # Nothing is due any more on the last day of a course; what was due on the last of all stays so.
    today = min(end, LAST) if running else end + 1
    day4 = found.one("terlipressin_day4")
    ahead = min(end + AHEAD, LAST - 1) if running else 1
    if (over := label_end(found.record)) is not None:
        ahead = min(ahead, (over.date() - start.date()).days + 1)
    shown_until = min(max(end, ahead), LAST)
    goes_on = running or overdue
    overtaken = found.shown.get("day4_overtaken") if goes_on else None
    standing = _standing(day4["action"], found, outcome)
    return Treatment(
        first_dose=start,
        last_dose=None if running else last,
        running="yes" if running else "unknown" if overdue else "no",
        day_now=(at.date() - start.date()).days + 1,
        days=tuple(
            _day(found, outcome, start, number, today) for number in range(1, shown_until + 1)
        ),
        day4=day4["action"],
        day4_standing=standing if goes_on and overtaken is None else Standing.NOT_NOW,
        day4_overtaken_by=overtaken,
        day4_missing=(day4["action_missing"],) if day4["action"] == "unknown" else (),
        reversal=tuple(_reversal(found, name) for name in REVERSAL),
        claims=claims_of()["treatment"],
    )


def _standing(action: str, found: Gathered, outcome: Outcome) -> Standing:
    """Going on needs the precautions of the drug to let it; stopping needs nothing.

    What stands against one step of one dose stands with that step.
    """
    if action not in ("increase", "continue"):
        return Standing.UNDECIDED if action == "unknown" else Standing.APPLIES
    return stands(True, before(("terlipressin", "vasoconstrictors-together"), found, outcome))


REVERSAL = {
    "verified_reversal_fda_label": "reversal_label",
    "verified_reversal_nejm": "reversal_nejm",
}
_REVERSED: dict[str, State] = {"met": "met", "not_met": "not_met"}


def _reversal(found: Gathered, name: str) -> Finding:
    row = found.one(name)
    state = _REVERSED.get(row["status"], "unknown")
    values = [found.row(row["first_row"]), found.row(row["second_row"])]
    shown = " and ".join(value for value in values if value) or None
    return Finding(
        id=name,
        about=_about(name),
        state=state,
        decided_by=_final(found, row) if state == "not_met" else shown,
        missing=(row["status_missing"],) if state == "unknown" else (),
        claims=claims_of()[REVERSAL[name]],
        note=reference(name),
    )


def _final(found: Gathered, row: Mapping[str, Any]) -> str | None:
    """Why reversal cannot be met any more, whatever creatinine does; None where it still can."""
    stop = found.engine.observation(row["stop_row"])
    deadline = moment(row["deadline_t"])
    if stop is not None:
        return f"{_dose(stop)}, after which it cannot be met"
    if deadline is not None and deadline < found.record.at:
        return f"by {deadline:%Y-%m-%d %H:%M}"
    return None


def _about(name: str) -> str:
    from hepatica.clinic.criterion import criterion

    item = criterion(name)
    return f"{item.name}: {item.about}"


def _day(found: Gathered, outcome: Outcome, start: datetime, number: int, today: int) -> Day:
    date = start.date() + timedelta(days=number - 1)
    values = [r for r in found.record.of("creatinine") if r.time and r.time.date() == date]
    values.sort(key=lambda row: row.time or start)
    return Day(
        number=number,
        date=date.isoformat(),
        given=_given(_on(found, start, date)),
        creatinine=tuple(row.describe() for row in values),
        change=_change(found, values, start),
        dangers=dangers(found.record, date),
        steps=steps(found, outcome, number, today),
    )


def _on(found: Gathered, start: datetime, date: Any) -> list[Observation]:
    rows = []
    for row in found.record.of(*DRUGS, *_procedures()):
        begin = row.start or row.time
        end = row.time or (found.record.at if row.start else begin)
        if begin and end and begin.date() <= date <= end.date():
            rows.append(row)
    return rows


def _given(rows: list[Observation]) -> tuple[str, ...]:
    """What was given on a day; single doses of one size once, with how many there were."""
    counts = Counter(map(_dose, rows))
    return tuple(f"{text} ({n} times)" if n > 1 else text for text, n in counts.items())


def _procedures() -> tuple[str, ...]:
    """What by itself changes creatinine."""
    return (*in_group("renal_replacement"), "liver_transplant")


def _dose(row: Observation) -> str:
    if row.concept in _procedures():
        begin = row.start or row.time
        return f"{concept(row.concept).name}, {begin:%Y-%m-%d %H:%M}"
    dose = "dose not usable" if row.value is None else with_unit(f"{row.value:f}", row.unit or "1")
    return ", ".join(part for part in (row.concept.replace("_", " "), dose, row.text) if part)


def _change(found: Gathered, values: list[Observation], start: datetime) -> str | None:
    """The last creatinine of the day against the one before the first dose, and what altered it."""
    before = found.engine.observation(found.one("terlipressin_day4").get("baseline_row"))
    after = [v for v in values if v.time and v.time > start and v.micro is not None]
    if before is None or not before.micro or not after:
        return None
    last = after[-1]
    assert last.time is not None
    percent = 100 * ((last.micro or 0) - before.micro) / before.micro
    said = f"{percent:+.1f}% from {plain(mg_dl(before.micro))} mg/dL before the first dose"
    said += f", {hours(start, last.time)} after it"
    if transplanted(found.record, before, last):
        said += "; after the liver transplant"
    if dialysed(found.record, before, last):
        said += "; after renal replacement, which lowers creatinine by itself"
    return said
