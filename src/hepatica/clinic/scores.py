"""Every score of a patient from the observations in an engine, with the values that went in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

from msgspec.structs import replace

from hepatica.clinic.compiled import compiled
from hepatica.clinic.concepts import LASTING, Concept, concept, exact
from hepatica.clinic.definition import AGE, Input, definition
from hepatica.clinic.engine import Engine
from hepatica.clinic.parameters import settings
from hepatica.clinic.records import names
from hepatica.clinic.score import Result, Used, evaluate
from hepatica.clinic.times import moment
from hepatica.clinic.units import MILLION, express, per_kg, plain, to_micro, with_unit
from hepatica.clinic.wide import criteria_of, score_order

Row = Mapping[str, Any]


def scores(engine: Engine, wanted: Iterable[str] | None = None) -> dict[str, dict[str, Result]]:
    """Results by patient and score, as of the engine's time of asking, by its disputed rules.

    Inputs that only a person can answer stay unknown.
    """
    chosen = score_order(wanted if wanted is not None else names("scores"))
    courses = _courses(engine, criteria_of(chosen))
    for course in courses:
        for name in chosen:
            form = compiled(name, settings(definition(name), engine.parameters))
            hours = int(form.parameters.get(AGE, 0))
            course.since = course.at_t - hours * 3600 if hours else None
            course.left_out = {}
            inputs = form.score.inputs.items()
            found = [one for key, given in inputs if (one := course.input(key, given)) is not None]
            values = {item.name: item.value for item in found}
            result = evaluate(form, values, used=tuple(found))
            course.answers[name] = replace(result, left_out=course.left_out)
    return {course.patient: course.answers for course in courses}


def _courses(engine: Engine, criteria: tuple[str, ...]) -> list[_Course]:
    """What the criteria found of each patient, in order of their names."""
    engine.compute(*criteria)
    subjects = engine.select("SELECT patient, at_t FROM subject ORDER BY patient")
    found = {row["patient"]: _Course(engine, row["patient"], row["at_t"]) for row in subjects}
    for row in engine.select("SELECT patient, concept, present FROM flags"):
        found[row["patient"]].flags[row["concept"]] = row["present"]
    for name in criteria:
        for row in engine.rows(name):
            course = found[row["patient"]]
            if name == "latest_values":
                course.latest[row["concept"]] = row
            elif name == "doses":
                course.rates[row["concept"]] = row
            else:
                course.criteria[name] = row
    return list(found.values())


@dataclass(slots=True)
class _Course:
    """One patient's last values, rates, conditions and criteria, and the scores found so far.

    Of measurements from before `since` only those that last are taken; the others are noted in
    `left_out`.
    """

    engine: Engine
    patient: str
    at_t: int
    since: int | None = None
    latest: dict[str, Row] = field(default_factory=dict)
    rates: dict[str, Row] = field(default_factory=dict)
    flags: dict[str, bool | None] = field(default_factory=dict)
    criteria: dict[str, Row] = field(default_factory=dict)
    answers: dict[str, Result] = field(default_factory=dict)
    left_out: dict[str, datetime] = field(default_factory=dict)

    def input(self, key: str, given: Input) -> Used | None:
        """The input's value; None where it is unknown."""
        origin, _, column = (given.source or "").partition(".")
        if origin == "asked":
            return None
        if origin == "dose":
            kg = self.latest.get("weight", {}).get("micro")
            return self._measured(key, given, self.rates.get(column), kg)
        if origin in self.answers:
            value = self.answers[origin].outputs.get(column)
            return None if value is None else Used(name=key, given=f"{origin} {value}", value=value)
        if origin:
            return self._found(key, given, origin, column)
        if given.flag:
            present = self.flags.get(given.concept or key)
            return None if present is None else Used(name=key, given=str(present), value=present)
        item = concept(given.concept or key)
        last = self._fresh(key, item.id, self.latest.get(item.id))
        if given.unit is None:
            text = last["text"] if last else None
            return None if text is None else Used(name=key, given=text, value=text)
        if last is None or last["micro"] is None:
            return self._other(key, given, item)
        return self._measured(key, given, last)

    def _found(self, key: str, given: Input, origin: str, column: str) -> Used | None:
        """What a criterion picks: a measurement, or a verdict."""
        row = self.criteria.get(origin, {})
        value = row.get(column)
        if value is not None and given.unit is not None:
            picked = {"micro": value, "row": row.get(f"{column}_row"), "t": row.get(f"{column}_t")}
            return self._measured(key, given, self._fresh(key, key, picked))
        return None if value is None else Used(name=key, given=f"{origin}: {value}", value=value)

    def _fresh(self, key: str, name: str, row: Row | None) -> Row | None:
        """The row of a measurement, unless it is too old to count."""
        if row is None or self.since is None or name in LASTING:
            return row
        if row["t"] is None or row["t"] >= self.since:
            return row
        when = moment(row["t"])
        assert when is not None
        self.left_out[key] = when
        return None

    def _measured(
        self, key: str, given: Input, row: Row | None, kg: int | None = None
    ) -> Used | None:
        if row is None or row["micro"] is None:
            return None
        assert given.unit is not None
        item = concept(given.concept or key)
        value = express(item, row["micro"], given.unit)
        shown = with_unit(plain(round(value, 6)), given.unit)
        observed = self.engine.observation(row["row"])
        if observed is not None and observed.micro is None and kg is not None:
            body = per_kg(item, observed.unit)  # a rate of the whole body
            steps = f" x {body.factor}" if body is not None and exact(body.factor) != 1 else ""
            shown = f"{observed}{steps} / {plain(kg / MILLION)} kg = {shown}"
        elif observed is not None and observed.unit != given.unit:
            described = observed.describe()
            shown = f"{described} = {shown}" if item.unit != given.unit else described
        elif observed is not None:
            shown = str(observed)
        return Used(name=key, given=shown, value=value, unit=given.unit)

    def _other(self, key: str, given: Input, item: Concept) -> Used | None:
        """Another concept that serves for this one, such as urea nitrogen for urea."""
        for also in item.also_from:
            row = self._fresh(key, also.concept, self.latest.get(also.concept))
            if row is not None and row["micro"] is not None and given.unit is not None:
                self.left_out.pop(key, None)
                micro = to_micro(Fraction(row["micro"], MILLION) * exact(also.factor))
                value = express(item, micro, given.unit)
                shown = f"{self.engine.observation(row['row'])} x {also.factor}"
                return Used(name=key, given=shown, value=value, unit=given.unit)
        return None
