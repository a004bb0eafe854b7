"""What each authority does on a day of terlipressin, held to the precautions of the drug."""

from __future__ import annotations

from functools import cache
from typing import Literal

from hepatica.clinic.assess.conditions import FOLDER, Conditions, Outcome
from hepatica.clinic.assess.doses import first_dose
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Precaution, Standing, Step
from hepatica.clinic.assess.plan import before, stands
from hepatica.clinic.assess.target import label_end
from hepatica.clinic.records import Record, read


class Scheduled(Record, frozen=True, kw_only=True):
    """What an authority does from one day of treatment to another, under a condition.

    `gives` names the drugs that the text would give, raise or go on with, and `weigh` further
    precautions, as in a guidance rule; `observed` names facts whose observations stand with the
    text. `end` says that the step is one of before or after the end that the US label sets once
    creatinine has reversed; without reversal there is no such end.
    """

    authority: str
    first: int
    last: int
    text: str
    claims: tuple[str, ...]
    when: str = "TRUE"
    gives: tuple[str, ...] = ()
    weigh: tuple[str, ...] = ()
    observed: tuple[str, ...] = ()
    end: Literal["before", "after"] | None = None


@cache
def schedule() -> tuple[tuple[Scheduled, ...], Conditions]:
    """The file `assessment/terlipressin-days.yaml`, and its conditions compiled."""
    rows = tuple(read(FOLDER, "terlipressin-days", list[Scheduled]))
    return rows, Conditions({str(number): row.when for number, row in enumerate(rows)})


def steps(found: Gathered, outcome: Outcome, number: int, today: int) -> tuple[Step, ...]:
    """The steps of one day; those of today and later as the precautions let them stand."""
    rows, compiled = schedule()
    asked = compiled.evaluate(found.values)
    made = []
    for index, row in enumerate(rows):
        value = asked.value[str(index)]
        if not row.first <= number <= row.last or value is False:
            continue
        if row.end and (row.end == "after") != _over(found, number, today):
            continue
        if row.gives and number >= today and found.values["transplanted"]:
            continue  # the schedules are for HRS-AKI; none goes on after a liver transplant
        if value is None and found.values["terlipressin_running"] is False:
            continue  # of a course that has ended nothing is left to decide
        step = Step(
            authority=row.authority,
            text=_text(row, found),
            state=_when(number, today, value),
            missing=found.settles(asked.unknown.get(str(index), ())) if value is None else (),
            claims=row.claims,
            gives=row.gives,
        )
        past = number < today
        made.append(
            step if past else _held(step, value, before((*row.gives, *row.weigh), found, outcome))
        )
    return tuple(dict.fromkeys(made))


def _over(found: Gathered, number: int, today: int) -> bool:
    """Whether the end of the US label lies before what is left of a day of treatment."""
    end, start = label_end(found.record), first_dose(found.record)
    if end is None or start is None:
        return False
    last = (end.date() - start.date()).days + 1
    return number > last or (number == last == today and found.record.at >= end)


def _text(row: Scheduled, found: Gathered) -> str:
    observed = [found.shown[name] for name in row.observed if name in found.shown]
    return f"{row.text} ({'; '.join(observed)})" if observed else row.text


def _held(step: Step, value: bool | None, first: tuple[Precaution, ...]) -> Step:
    """A step behind its precautions: withheld, or with what to check or weigh before it."""
    standing = stands(value, first)
    claims = tuple(dict.fromkeys((*step.claims, *(c for item in first for c in item.claims))))
    if standing is Standing.CONTRAINDICATED:
        against = [p for p in first if p.kind == "contraindication" and p.state == "met"]
        return Step(
            authority="; ".join(dict.fromkeys(item.authority for item in against)),
            text=f"no step is proposed while this stands: {_named(against)}",
            state="due" if step.state == "undecided" else step.state,
            claims=tuple(dict.fromkeys(c for item in against for c in item.claims)),
            gives=step.gives,
            standing=standing,
        )
    unknown = [item for item in first if item.state == "unknown"]
    present = [item for item in first if item.state == "met"]
    heads = [f"check first: {_named(unknown)}"] if unknown else []
    heads += [f"weigh first: {_named(present)}"] if present else []
    text = "; ".join((*heads, f"then: {step.text}")) if heads else step.text
    missing = (*step.missing, *(m for item in first for m in item.missing))
    return Step(
        authority=step.authority,
        text=text,
        state=step.state,
        missing=tuple(dict.fromkeys(missing)),
        claims=claims,
        gives=step.gives,
        standing=standing,
    )


def _named(items: list[Precaution]) -> str:
    """Precautions by what they are, without what the source says about them."""
    return "; ".join(dict.fromkeys(item.why.partition(":")[0] for item in items))


def _when(
    number: int, today: int, value: bool | None
) -> Literal["due", "done", "ahead", "undecided"]:
    if number > today:
        return "ahead"
    if value is None:
        return "undecided"
    return "due" if number == today else "done"
