"""An assessment as a FHIR R4 Bundle: scores, precautions, risks as reported, recommendations.

    Observation       each score, with the inputs that went in, or why it has no value; AKI stages;
                      each set of criteria and ACLF, item by item
    DetectedIssue     each contraindication or caution that is present or not ruled out
    RiskAssessment    each predictor of response as it was reported, without any probability
    GuidanceResponse  each guidance rule that says something now

Codes with a required binding are checked against the published value sets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from hepatica.clinic.assess.model import (
    Assessment,
    Precaution,
    Predictor,
    Recommendation,
    ScoreLine,
    Standing,
)
from hepatica.clinic.definition import definition, in_words
from hepatica.evidence.cited import Cited
from hepatica.render.assessment_fhir_courses import courses
from hepatica.render.assessment_page import work
from hepatica.render.assessment_plan import sentence, warning
from hepatica.render.assessment_summary import too_old
from hepatica.render.fhir_codes import SYSTEM, absent, code, concept

STATUS = {
    Standing.APPLIES: "success",
    Standing.WEIGH: "success",
    Standing.CONTRAINDICATED: "success",
    Standing.CHECK_FIRST: "data-required",
    Standing.UNDECIDED: "data-required",
}


def render(found: Assessment) -> str:
    """The bundle as JSON text."""
    return json.dumps(bundle(found), indent=2, ensure_ascii=False) + "\n"


def bundle(found: Assessment) -> dict[str, Any]:
    """The bundle; every resource refers to the patient, whose identifier is the one given.

    It has no timestamp: FHIR wants one with a zone, and the patient's clock has none.
    """
    patient = _urn(found, "patient")
    entries = [{"fullUrl": patient, "resource": _patient(found)}]
    for name, resource in _resources(found, {"reference": patient}):
        entries.append({"fullUrl": _urn(found, name), "resource": resource})
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": entries,
    }


def _urn(found: Assessment, name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{SYSTEM}:{found.patient}:{found.at}:{name}')}"


def _patient(found: Assessment) -> dict[str, Any]:
    died = found.died or found.died_later
    return {
        "resourceType": "Patient",
        "identifier": [{"value": found.patient}],
        **({"deceasedDateTime": died.date().isoformat()} if died is not None else {}),
    }


def _date(found: Assessment) -> str:
    """A FHIR dateTime to the day: with a time of day FHIR wants a zone, which is not known."""
    assert found.at is not None
    return found.at.date().isoformat()


def _resources(found: Assessment, subject: dict[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
    for score in found.scores:
        yield f"score {score.id}", _score(found, score, subject)
    yield from courses(found, subject, _date(found))
    for item in found.precautions:
        if item.state != "not_met":
            yield f"issue {item.drug} {item.id}", _issue(found, item, subject)
    for predictor in found.predictors:
        if predictor.state == "present":
            yield f"risk {predictor.id}", _risk(found, predictor, subject)
    for rule in found.plan:
        if rule.standing is not Standing.NOT_NOW:
            yield f"rule {rule.id}", _guidance(found, rule, subject)


def _score(found: Assessment, one: ScoreLine, subject: dict[str, str]) -> dict[str, Any]:
    notes = [*one.inputs, f"reference: {one.reference}"]
    needs = f"needs {', '.join(in_words(one.id, one.missing))}{too_old(one)}"
    notes += [needs] if one.missing else []
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": code("observation-status", "final"),
        "code": concept("score", one.id, f"{one.name} ({one.version})"),
        "subject": subject,
        "effectiveDateTime": _date(found),
        "note": [{"text": text} for text in notes],
    }
    match one.value:
        case None:
            reason = "not-applicable" if one.not_applicable else "unknown"
            resource["dataAbsentReason"] = absent(reason, one.not_applicable or needs)
        case bool():
            resource["valueBoolean"] = one.value
        case int():
            resource["valueInteger"] = one.value
        case float():
            resource["valueQuantity"] = {"value": one.value, **_unit(one)}
        case _:
            resource["valueString"] = one.value
    return resource


def _unit(one: ScoreLine) -> dict[str, str]:
    """The unit of a score that has one, as UCUM."""
    item = definition(one.id)
    unit = item.outputs[item.result].unit
    if unit is None:
        return {}
    return {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit}


def _issue(found: Assessment, item: Precaution, subject: dict[str, str]) -> dict[str, Any]:
    state = "final" if item.state == "met" else "preliminary"
    severity = "high" if item.kind == "contraindication" else "moderate"
    details = [warning(item), *(f"needs {text}" for text in item.missing)]
    return {
        "resourceType": "DetectedIssue",
        "status": code("observation-status", state),
        "code": concept(item.kind, item.id, item.why),
        "severity": code("detectedissue-severity", severity),
        "patient": subject,
        "identifiedDateTime": _date(found),
        "detail": ". ".join([*details, *_quotes(found, item.claims)]),
    }


def _risk(found: Assessment, item: Predictor, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "resourceType": "RiskAssessment",
        "status": code("observation-status", "final"),
        "code": concept("predictor", item.id, item.name),
        "subject": subject,
        "occurrenceDateTime": _date(found),
        "prediction": [
            {
                "outcome": {"text": f"response to terlipressin: {item.direction}"},
                "rationale": effect,
            }
            for effect in item.effects
        ],
        "note": [{"text": text} for text in (item.note, *_quotes(found, item.claims)) if text],
    }


def _guidance(found: Assessment, rule: Recommendation, subject: dict[str, str]) -> dict[str, Any]:
    texts = [*(warning(item) for item in rule.first), sentence(rule)]
    if rule.for_this_patient:
        texts.append(f"for this patient: {rule.for_this_patient}")
    texts += [text for text in (rule.note,) if text]
    texts += [f"needs {text}" for text in rule.missing]
    texts += [f"{rule.tier}; strength: {rule.strength}", *_quotes(found, rule.claims)]
    return {
        "resourceType": "GuidanceResponse",
        "moduleCodeableConcept": concept("guidance", rule.id, rule.title),
        "status": code("guidance-response-status", STATUS[rule.standing]),
        "subject": subject,
        "occurrenceDateTime": _date(found),
        "note": [{"text": text} for text in texts],
    }


def _quotes(found: Assessment, claims: tuple[str, ...]) -> Iterator[str]:
    for claim in claims:
        one: Cited = found.evidence[claim]
        ids = ", ".join(f"{scheme} {value}" for scheme, value in one.identifiers.items())
        caveat = f" ({one.caveat})" if one.caveat else ""
        yield f"“{one.citation.quote}” {work(one)} {ids}{caveat}".strip()
