"""AKI stages, sets of criteria and organ failures of an assessment as FHIR Observations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hepatica.clinic.assess.model import Aclf, Assessment, Checklist, Staging
from hepatica.render.fhir_codes import absent, code, concept

Named = tuple[str, dict[str, Any]]
STATES = {"met": True, "not_met": False, "unknown": None}


def courses(found: Assessment, subject: dict[str, str], date: str) -> Iterator[Named]:
    """A name and an Observation for each."""
    shared = {
        "resourceType": "Observation",
        "status": code("observation-status", "final"),
        "subject": subject,
        "effectiveDateTime": date,
    }
    for one in (found.episode.ica, found.episode.kdigo):
        yield f"stage {one.id}", shared | _staging(one)
    for item in found.criteria:
        yield f"criteria {item.id}", shared | _criteria(item)
    yield "aclf", shared | _aclf(found.aclf)


def _staging(one: Staging) -> dict[str, Any]:
    """The highest stage of the course; its substage and the stage now beside it."""
    parts = (
        [] if one.now is None else [_part("stage", "now", "stage now", {"valueInteger": one.now})]
    )
    if one.substage:
        parts.append(_part("stage", "substage", "substage", {"valueString": str(one.substage)}))
    highest = None if one.state == "unknown" else one.max_stage or 0
    value = _or_why({"valueInteger": highest}, highest, one.missing)
    notes = [f"first met: {one.first_by}" if one.first_by else None, f"reference: {one.reference}"]
    return {
        "code": concept("stage", one.id, f"{one.name} ({one.version})"),
        **value,
        **({"component": parts} if parts else {}),
        "note": [{"text": text} for text in notes if text],
    }


def _criteria(one: Checklist) -> dict[str, Any]:
    """Whether the set is met, and each item; what decided an item stands in the notes."""
    parts = []
    for item in one.items:
        state = STATES[item.state]
        value = _or_why({"valueBoolean": state}, state, item.missing)
        parts.append(_part("criterion", item.id, item.about, value))
    state = STATES[one.state]
    missing = tuple(dict.fromkeys(text for item in one.items for text in item.missing))
    notes = [f"{item.about}: {item.decided_by}" for item in one.items if item.decided_by]
    return {
        "code": concept("criteria", one.id, f"{one.name} ({one.version})"),
        **_or_why({"valueBoolean": state}, state, missing),
        **({"component": parts} if parts else {}),
        "note": [{"text": text} for text in (*notes, f"reference: {one.reference}")],
    }


def _aclf(one: Aclf) -> dict[str, Any]:
    """The grade, and for each organ whether it fails."""
    parts = []
    for organ in one.organs:
        state = STATES[organ.state]
        value = _or_why({"valueBoolean": state}, state, organ.missing)
        points = "" if organ.points is None else f"; points on CLIF-C OF: {organ.points}"
        text = f"failure of {organ.organ} (means {organ.about}){points}"
        parts.append(_part("organ-failure", organ.organ.replace(" ", "-"), text, value))
    if one.not_applicable:
        value = {"dataAbsentReason": absent("not-applicable", one.not_applicable)}
    else:
        grade = None if one.missing else one.grade
        value = _or_why({"valueString": one.grade}, grade, one.missing)
    return {
        "code": concept("grade", "aclf", "Grade of acute-on-chronic liver failure (EASL-CLIF)"),
        **value,
        **({"component": parts} if parts else {}),
        "note": [{"text": text} for text in _aclf_notes(one)],
    }


def _aclf_notes(one: Aclf) -> Iterator[str]:
    if one.age:
        yield f"values up to {one.age}"
    for organ in one.organs:
        if organ.because:
            yield f"{organ.organ}: {'; '.join(organ.because)}"
    if one.note:
        yield one.note
    yield f"reference: {one.reference}"


def _part(system: str, name: str, text: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"code": concept(system, name, text), **value}


def _or_why(value: dict[str, Any], known: object, missing: Sequence[str]) -> dict[str, Any]:
    """The value, or for an unknown one what it needs."""
    if known is not None:
        return value
    needs = f"needs {', '.join(missing)}" if missing else "it cannot be told from what is known"
    return {"dataAbsentReason": absent("unknown", needs)}
