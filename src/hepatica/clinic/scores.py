"""Every score of a patient from the observations in an engine, with the values that went in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from hepatica.clinic.compiled import compiled
from hepatica.clinic.concepts import Concept, concept, exact
from hepatica.clinic.definition import Input, Scalar, definition
from hepatica.clinic.engine import Engine
from hepatica.clinic.records import names
from hepatica.clinic.score import Result, Used, evaluate
from hepatica.clinic.units import MILLION, express, per_kg, plain, to_micro, with_unit
from hepatica.clinic.wide import criteria_of, order

Long = Mapping[tuple[str, str], dict[str, Any]]


def scores(
    engine: Engine,
    wanted: Iterable[str] | None = None,
    *,
    parameters: Mapping[str, Mapping[str, Scalar]] | None = None,
) -> dict[str, dict[str, Result]]:
    """Results by patient and score, as of the engine's time of asking.

    `parameters` sets disputed rules by score. Inputs that only a person can answer stay unknown.
    """
    chosen = order(wanted if wanted is not None else names("scores"))
    used_criteria = criteria_of(chosen)
    engine.compute(*used_criteria)
    latest = _long(engine, "latest_values")
    rates = _long(engine, "doses") if "doses" in used_criteria else {}
    flags = _flags(engine)
    wide = {
        name: {row["patient"]: row for row in engine.rows(name)}
        for name in used_criteria
        if name not in ("latest_values", "doses")
    }
    patients = [row["patient"] for row in engine.select("SELECT patient FROM subject")]
    found: dict[str, dict[str, Result]] = {}
    for patient in sorted(patients):
        answers = found.setdefault(patient, {})
        for name in chosen:
            form = compiled(name, (parameters or {}).get(name))
            used = []
            for key, given in definition(name).inputs.items():
                one = _input(engine, patient, key, given, latest, rates, flags, wide, answers)
                if one is not None:
                    used.append(one)
            values = {item.name: item.value for item in used}
            answers[name] = evaluate(form, values, used=tuple(used))
    return found


def _long(engine: Engine, name: str) -> Long:
    return {(row["patient"], row["concept"]): row for row in engine.rows(name)}


def _flags(engine: Engine) -> dict[tuple[str, str], bool | None]:
    rows = engine.select("SELECT patient, concept, present FROM flags")
    return {(row["patient"], row["concept"]): row["present"] for row in rows}


def _input(
    engine: Engine,
    patient: str,
    key: str,
    given: Input,
    latest: Long,
    rates: Long,
    flags: Mapping[tuple[str, str], bool | None],
    wide: Mapping[str, Mapping[str, dict[str, Any]]],
    answers: Mapping[str, Result],
) -> Used | None:
    """The input's value for a patient; None where it is unknown."""
    origin, _, column = (given.source or "").partition(".")
    if origin == "asked":
        return None
    if origin == "dose":
        kg = latest.get((patient, "weight"), {}).get("micro")
        return _measured(engine, key, given, rates.get((patient, column)), kg)
    if origin in answers:
        value = answers[origin].outputs.get(column)
        return None if value is None else Used(name=key, given=f"{origin} {value}", value=value)
    if origin:
        row = wide[origin].get(patient, {})
        value = row.get(column)
        if value is not None and given.unit is not None:
            observed = {"micro": value, "row": row.get(f"{column}_row")}
            return _measured(engine, key, given, observed)
        return None if value is None else Used(name=key, given=f"{origin}: {value}", value=value)
    if given.flag:
        present = flags.get((patient, given.concept or key))
        return None if present is None else Used(name=key, given=str(present), value=present)
    item = concept(given.concept or key)
    last = latest.get((patient, item.id))
    if given.unit is None:
        text = last["text"] if last else None
        return None if text is None else Used(name=key, given=text, value=text)
    if last is None or last["micro"] is None:
        return _other(engine, patient, key, given, item, latest)
    return _measured(engine, key, given, last)


def _measured(
    engine: Engine, key: str, given: Input, row: dict[str, Any] | None, kg: int | None = None
) -> Used | None:
    if row is None or row["micro"] is None:
        return None
    assert given.unit is not None
    item = concept(given.concept or key)
    value = express(item, row["micro"], given.unit)
    shown = with_unit(plain(round(value, 6)), given.unit)
    observed = engine.observation(row["row"])
    if observed is not None and observed.micro is None and kg is not None:
        body = per_kg(item, observed.unit)  # a rate of the whole body
        steps = f" x {body.factor}" if body is not None and exact(body.factor) != 1 else ""
        shown = f"{observed}{steps} / {plain(kg / MILLION)} kg = {shown}"
    elif observed is not None and observed.unit != given.unit:
        shown = (
            f"{observed.describe()} = {shown}" if item.unit != given.unit else observed.describe()
        )
    elif observed is not None:
        shown = str(observed)
    return Used(name=key, given=shown, value=value, unit=given.unit)


def _other(
    engine: Engine, patient: str, key: str, given: Input, item: Concept, latest: Long
) -> Used | None:
    """Another concept that serves for this one, such as urea nitrogen for urea."""
    for also in item.also_from:
        row = latest.get((patient, also.concept))
        if row is not None and row["micro"] is not None and given.unit is not None:
            micro = to_micro(Fraction(row["micro"], MILLION) * exact(also.factor))
            value = express(item, micro, given.unit)
            shown = f"{engine.observation(row['row'])} x {also.factor}"
            return Used(name=key, given=shown, value=value, unit=given.unit)
    return None
