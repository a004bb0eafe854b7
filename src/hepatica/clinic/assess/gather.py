"""What is computed from a patient's rows, once: criteria, scores, and facts for rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hepatica.clinic.assess.ages import oldest
from hepatica.clinic.assess.conditions import Fact, facts
from hepatica.clinic.assess.course import Course, Value, course
from hepatica.clinic.assess.ended import ended
from hepatica.clinic.assess.failing import needed
from hepatica.clinic.assess.overtaken import leave_open, overtaken
from hepatica.clinic.assess.record import Record, age, fresh, limit
from hepatica.clinic.assess.response import response
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.concepts import concept
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import Scalar, definition
from hepatica.clinic.engine import filled
from hepatica.clinic.observations import Observation, Unread
from hepatica.clinic.score import Result
from hepatica.clinic.scores import scores
from hepatica.clinic.times import moment
from hepatica.clinic.units import express, plain, with_unit

CRITERIA = (
    "ica_baseline", "ica_path", "ica_aki", "kdigo_path", "kdigo_aki", "hrs_aki_2015",
    "hrs_aki_2024", "hrs_naki", "confirm_eligibility", "albumin_days", "ica_response",
    "terlipressin_course", "terlipressin_day4", "verified_reversal_fda_label",
    "verified_reversal_nejm", "aki_episode", "renal_replacement", "vasopressors",
    "latest_values", "oxygenation", "volume_response", "chronic_dialysis", "ascites_removed",
)  # fmt: skip
# Facts that chronic dialysis leaves unknown.
STAGED = ("ica_stage_now", "above_1a_now", "aki_unresolved")


@dataclass(slots=True)
class Gathered:
    """What the rest of the assessment is made from.

    `criteria_48h` is HRS-AKI by ADQI-ICA 2024 with a volume window of 48 h. `values` are the facts
    by name, None where unknown; `shown` says what decided a known one, `settle` what would decide
    an unknown one; `newer` is what would settle a concept of which the newest value was refused.
    """

    engine: Bedside
    record: Record
    criteria: Mapping[str, Sequence[Mapping[str, Any]]]
    criteria_48h: Mapping[str, Any]
    scores: dict[str, Result]
    newer: Mapping[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    settle: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, name: str) -> Mapping[str, Any]:
        return self.record.one(name)

    def row(self, number: int | None) -> str | None:
        """An observation as it was given, with its time."""
        found = self.engine.observation(number)
        return None if found is None else str(found)

    def settles(self, names: Sequence[str]) -> tuple[str, ...]:
        """What would settle these facts, each said once."""
        return tuple(
            dict.fromkeys(text for name in names for text in self.settle.get(name, (name,)))
        )


def gather(
    engine: Bedside,
    rows: Sequence[Observation],
    *,
    at: datetime,
    endpoint: datetime | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    unread: Sequence[Unread] = (),
) -> Gathered:
    """Criteria, scores and facts of one patient's rows, which are all known at `at`.

    `unread` is what could not be used: an older value rules nothing out any more.
    """
    chosen = dict(parameters or {})
    engine.load(rows, at=at, endpoint=endpoint, parameters=chosen, unread=unread)
    (answers,) = scores(engine).values()
    criteria = {name: engine.rows(name) for name in CRITERIA}
    window_48h = _longer_window(engine, chosen)
    flags = engine.select("SELECT concept, present FROM flags")
    states = {row["concept"]: row["present"] for row in flags}
    record = Record(rows=rows, at=at, flags=states, criteria=criteria)
    found = Gathered(engine, record, criteria, window_48h, answers)
    made = course(record)
    response(record, made)
    ended(record, made)
    made.put("hrs_2024_48h", window_48h["met"])
    found.newer = newer = overtaken(engine)
    unstaged = found.one("chronic_dialysis")["aki_missing"]
    for name, fact in facts().facts.items():
        _fill(found, name, fact, made)
        leave_open(found, name, fact, newer)
        if unstaged and name in STAGED:
            found.values[name] = None
            found.shown.pop(name, None)
            found.settle[name] = (unstaged,)
    open_ = unmet("hrs_aki_2024", window_48h)
    found.settle["hrs_2024_48h"] = open_ or found.settle["hrs_2024_48h"]
    return found


def _longer_window(engine: Bedside, chosen: Mapping[str, Scalar]) -> dict[str, Any]:
    """HRS-AKI by ADQI-ICA 2024 at 48 h, from the tables that are there for 24 h."""
    values = {**chosen, "volume_window_hours": 48}
    inner = filled(criterion("volume_response"), values)
    outer = filled(criterion("hrs_aki_2024"), values)
    return engine.select(f"WITH volume_response AS ({inner}) SELECT * FROM ({outer}) AS longer")[0]


def _fill(found: Gathered, name: str, fact: Fact, made: Course) -> None:
    kind, _, place = fact.source.partition(" ")
    fallback = (fact.settle or fact.about,)
    found.settle[name] = fallback
    match kind:
        case "course":
            found.values[name] = made.values.get(name)
            if name in made.shown:
                found.shown[name] = made.shown[name]
            if name in made.settle:
                found.settle[name] = (made.settle[name],)
        case "flag":
            state = found.record.flags.get(place)
            found.values[name] = state
            if state is not None:
                found.shown[name] = f"{fact.about}: {'present' if state else 'absent'}"
        case "latest":
            _latest(found, name, fact, place)
        case "score":
            score, _, output = place.partition(".")
            result = found.scores[score]
            found.values[name] = result.outputs.get(output)
            asked = _asked(found, score, output)
            found.settle[name] = fallback if fact.settle else asked or fallback
            if result.not_applicable:
                found.settle[name] = (f"{fact.about} ({result.not_applicable})",)
            since = oldest(found, score) if fact.within else None
            if _stale(found, name, fact, since):
                return
            if found.values[name] is not None:
                shown = f"{fact.about}: {_plain(found.values[name])}"
                found.shown[name] = shown + age(found.record.at, since)
        case _:
            _criterion(found, name, fact, place, fallback)


def _asked(found: Gathered, score: str, output: str) -> tuple[str, ...]:
    """What would settle a score's output; for an input that is a score itself, what that needs."""
    inputs, wanted = definition(score).inputs, dict[str, None]()
    for label in found.scores[score].unknown.get(output, ()):
        source = (inputs[label].source or "") if label in inputs else ""
        origin, _, column = source.partition(".")
        inner = _asked(found, origin, column) if origin in found.scores else ()
        if origin in found.scores and (why := found.scores[origin].not_applicable):
            inner = (f"{definition(origin).name} ({why})",)
        wanted |= dict.fromkeys(inner or needed(found, score, (label,)))
    return tuple(wanted)


def _criterion(
    found: Gathered, name: str, fact: Fact, place: str, fallback: tuple[str, ...]
) -> None:
    source, _, column = place.partition(".")
    row = found.one(source)
    found.values[name] = row.get(column)
    if row.get(column) is not None:
        by = found.row(row.get(f"{column}_row"))
        about = fact.about if column == "met" else criterion(source).columns[column].about
        found.shown[name] = f"{about}: {_plain(row[column])}" + (f" ({by})" if by else "")
        return
    if column == "met":
        found.settle[name] = unmet(source, row) or fallback
    else:
        default = criterion(source).columns[column].settle
        text = row.get(f"{column}_missing") or default
        found.settle[name] = (text,) if text else fallback


def unmet(name: str, row: Mapping[str, Any]) -> tuple[str, ...]:
    """What would settle the unknown criteria of a set."""
    columns = criterion(name).columns
    unknown = [c for c, about in columns.items() if about.kind == "item" and row.get(c) is None]
    texts = [row.get(f"{c}_missing") or columns[c].settle or columns[c].about for c in unknown]
    return tuple(dict.fromkeys(texts))


def _stale(found: Gathered, name: str, fact: Fact, when: datetime | None) -> bool:
    """Whether a value is too old to say how the patient is now; it is unknown then."""
    at = found.record.at
    if fact.within is None or when is None or fresh(at, when, fact.within):
        return False
    found.values[name] = None
    hours = plain(limit(fact.within))
    found.settle[name] = (f"{fact.about} from values of the last {hours} h{age(at, when)}",)
    return True


def _latest(found: Gathered, name: str, fact: Fact, place: str) -> None:
    rows = [r for r in found.criteria["latest_values"] if r["concept"] == place]
    found.values[name] = None
    if not rows:
        return
    when = moment(rows[0]["t"])
    if _stale(found, name, fact, when):
        return
    if fact.unit is None:
        found.values[name] = rows[0]["text"]
    elif rows[0]["micro"] is not None:
        found.values[name] = express(concept(place), rows[0]["micro"], fact.unit)
    value = found.values[name]
    if value is not None:
        written = value if isinstance(value, str) else with_unit(plain(value), fact.unit or "1")
        found.shown[name] = (found.row(rows[0]["row"]) or str(written)) + age(found.record.at, when)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return plain(value) if isinstance(value, float) else str(value)
