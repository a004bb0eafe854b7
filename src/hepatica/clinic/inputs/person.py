"""A patient as a person writes one down, in YAML or JSON.

    id: p1
    patient:
      demographics: {age_y: 61, sex: female, weight_kg: 70}
      admission: 2026-03-02T08:00
      drug_list_complete: true
      observations:
      - {at: 2026-03-04T10:00, creatinine: 2.6 mg/dL, bilirubin: 4.2 mg/dL, inr: 1.8}
      - {concept: urine_output, value: 200, unit: mL, start: ..., time: ...}
      drugs:
      - {name: terlipressin, dose: 0.85, unit: mg (base), start: 2026-03-04T14:00, interval_h: 6}
      conditions:
      - {name: cirrhosis, status: present}
      procedures: []

A condition or a drug with a `start` and no `end` is still there.
A list of procedures, even an empty one, says that no other procedure was done; without the key it
is not known. A list of drugs is complete only where `drug_list_complete: true` says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from hepatica.clinic.accept import accept
from hepatica.clinic.concepts import by_word
from hepatica.clinic.inputs.mapping import bare
from hepatica.clinic.inputs.plain import parse, scalar
from hepatica.clinic.observations import Observations, Raw, Report, Unmapped
from hepatica.clinic.quantity import split
from hepatica.clinic.times import parse as moment_of
from hepatica.errors import InputError

DEMOGRAPHICS = {
    "age_y": ("age", "a"),
    "sex": ("sex", None),
    "weight_kg": ("weight", "kg"),
    "height_cm": ("height", "cm"),
    "bmi": ("bmi", "kg/m2"),
}
EVENTS = ("admission", "discharge", "last_known_alive", "death", "birth")
COMPLETE = ("drug_list_complete", "procedure_list_complete")
LISTS = ("observations", "drugs", "conditions", "procedures")
KEYS = ("id", "demographics", *EVENTS, *COMPLETE, *LISTS)
OUTER = ("id", "title", "patient", "expected")


def read(path: Path) -> Observations:
    """The observations of a person's file; InputError where it is not of this shape."""
    return read_text(path.read_text("utf-8-sig"), name=path.name, patient=path.stem)


def read_text(text: str, *, name: str, patient: str) -> Observations:
    """As `read`, from a text; `patient` names the patient where the file has no id."""
    data = parse(text, name=name)
    try:
        return _read(data, patient)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None


def _read(data: Any, patient: str) -> Observations:
    if not isinstance(data, dict):
        raise InputError(f"expected keys and values, found a {type(data).__name__}")
    body = data
    if "patient" in data and isinstance(data["patient"], dict):
        _known(data, OUTER)
        body = {"id": data.get("id", patient), **data["patient"]}
    _known(body, KEYS)
    report, names = Report(), Counter[tuple[str, str]]()
    raws = list(_rows(body, scalar(body.get("id")) or patient, names))
    found = accept(raws, report=report)
    for (kind, word), count in names.items():
        found.report.unmapped.append(_unmapped(kind, word, count))
    return found


def _known(data: dict[str, Any], allowed: tuple[str, ...], where: str = "") -> None:
    for key in data:
        if key not in allowed:
            near = get_close_matches(key, allowed, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"expected {', '.join(allowed)}"
            raise InputError(f"{where and where + ': '}unknown key {key!r}: {hint}")


def _rows(body: dict[str, Any], patient: str, unknown: Counter[tuple[str, str]]) -> Iterator[Raw]:
    for key, value in _entries(body, "demographics"):
        if key not in DEMOGRAPHICS:
            raise InputError(f"demographics has {key!r}: expected {', '.join(DEMOGRAPHICS)}")
        concept, unit = DEMOGRAPHICS[key]
        if scalar(value) is not None:
            yield Raw(patient=patient, concept=concept, value=scalar(value), unit=unit)
    for event in EVENTS:
        if scalar(body.get(event)) is not None:
            yield Raw(patient=patient, concept=event, time=scalar(body[event]), where=event)
    for key in COMPLETE:
        state = scalar(body.get(key))
        if state is None and key == "procedure_list_complete" and "procedures" in body:
            state = "true"
        if state is not None:
            yield Raw(patient=patient, concept=key, text=state, where=key)
    for index, row in _list(body, "observations"):
        yield from _observations(row, patient, f"observations[{index}]", unknown)
    for index, row in _list(body, "drugs"):
        yield from _drug(row, patient, f"drugs[{index}]", unknown)
    for index, row in _list(body, "conditions"):
        yield from _named(row, patient, f"conditions[{index}]", "flag", unknown)
    for index, row in _list(body, "procedures"):
        yield from _named(row, patient, f"procedures[{index}]", "procedure", unknown)


def _entries(body: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise InputError(f"{key} must be keys and values")
    return list(value.items())


def _list(body: dict[str, Any], key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    value = body.get(key)
    if scalar(value) is None or value == []:
        return
    if not isinstance(value, list):
        raise InputError(f"{key} must be a list")
    for index, row in enumerate(value):
        if not isinstance(row, dict):
            raise InputError(f"{key}[{index}] must be keys and values, found {row!r}")
        yield index, row


def _observations(
    row: dict[str, Any], patient: str, where: str, unknown: Counter[tuple[str, str]]
) -> Iterator[Raw]:
    words = by_word(("quantity", "code"))
    if "concept" in row:
        _known(row, ("concept", "value", "unit", "time", "at", "start", "text"), where)
        cells = [(str(row["concept"]), scalar(row.get("value")), scalar(row.get("unit")))]
    else:
        cells = [
            (key, *split(scalar(value) or ""))
            for key, value in row.items()
            if key not in ("at", "time", "start")
        ]
    for word, value, unit in cells:
        concept = words.get(word.lower().strip())
        if concept is None:
            unknown["observation", word] += 1
            continue
        yield Raw(
            patient=patient,
            concept=concept,
            value=value,
            unit=unit,
            text=scalar(row.get("text")),
            time=scalar(row.get("time")) or scalar(row.get("at")),
            start=scalar(row.get("start")),
            where=where,
        )


def _drug(
    row: dict[str, Any], patient: str, where: str, unknown: Counter[tuple[str, str]]
) -> Iterator[Raw]:
    _known(row, ("name", "dose", "unit", "route", "start", "end", "time", "interval_h"), where)
    word = scalar(row.get("name")) or ""
    concept = by_word(("drug",)).get(word.lower()) or by_word(("drug",)).get(bare(word))
    if concept is None:
        unknown["drug", word] += 1
    start, end, time = (scalar(row.get(key)) for key in ("start", "end", "time"))
    every = scalar(row.get("interval_h"))
    text = "; ".join(filter(None, (scalar(row.get("route")), every and f"every {every} h")))
    raw = Raw(
        patient=patient,
        concept=concept or "unrecognised_drug",
        value=scalar(row.get("dose")),
        unit=scalar(row.get("unit")),
        start=start or time,
        time=end or time,
        text=word if concept is None else text or None,
        where=where,
    )
    if concept == "albumin_infusion" and every and start and end:
        yield from _doses(raw, every)
    else:
        yield raw


def _doses(raw: Raw, every: str) -> Iterator[Raw]:
    """Repeated infusions one by one: rules on albumin count grams a day."""
    try:
        first, last = moment_of(raw.start), moment_of(raw.time)
        step = timedelta(hours=float(every))
        if first is None or last is None or step < timedelta(hours=1) or last - first > 400 * step:
            yield raw
            return
    except (ValueError, TypeError, OverflowError):  # also where only one of the two has an offset
        yield raw
        return
    while first <= last:
        moment = first.isoformat()
        yield Raw(
            patient=raw.patient,
            concept=raw.concept,
            value=raw.value,
            unit=raw.unit,
            start=moment,
            time=moment,
            text=raw.text,
            where=raw.where,
        )
        first += step


def _named(
    row: dict[str, Any], patient: str, where: str, kind: str, unknown: Counter[tuple[str, str]]
) -> Iterator[Raw]:
    allowed = ("name", "status", "time", "start", "end", "value", "unit")
    _known(row, allowed, where)
    word = scalar(row.get("name")) or ""
    concept = by_word(("flag",) if kind == "flag" else ("procedure",)).get(word.lower())
    if concept is None:
        unknown["condition" if kind == "flag" else kind, word] += 1
        return
    start, end, time = (scalar(row.get(key)) for key in ("start", "end", "time"))
    if kind == "flag" and end is None:  # it lasts: what has a start and a time is over after it
        start, time = None, time or start
    yield Raw(
        patient=patient,
        concept=concept,
        text=scalar(row.get("status")) or "present",
        value=scalar(row.get("value")),
        unit=scalar(row.get("unit")),
        start=start,
        time=end or time,
        where=where,
    )


def _unmapped(kind: str, word: str, count: int) -> Unmapped:
    kinds = {"observation": ("quantity", "code"), "drug": ("drug",), "condition": ("flag",)}
    known = by_word(kinds.get(kind, ("procedure",)))
    near = get_close_matches(word.lower(), known, n=1)
    reason = f"no {kind} is called this" + (f": did you mean {known[near[0]]}?" if near else "")
    return Unmapped(system=kind, code=word, display=None, count=count, reason=reason)
