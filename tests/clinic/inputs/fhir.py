"""FHIR resources of a patient, and Bundles of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hepatica.clinic.inputs.fhir import read
from hepatica.clinic.observations import Observations

LOINC = "http://loinc.org"


def observation(code: str, value: Any, unit: str | None = None, **more: Any) -> dict[str, Any]:
    amount = {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit}
    return {
        "resourceType": "Observation",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": LOINC, "code": code, "display": code}]},
        "effectiveDateTime": "2026-03-04T10:00:00+01:00",
        "valueQuantity": amount,
        **more,
    }


PATIENT = {"resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": "1965-02-03"}
PRESSURE = {
    **observation("85354-9", None),
    "valueQuantity": None,
    "component": [
        {
            "code": {"coding": [{"system": LOINC, "code": code}]},
            "valueQuantity": {"value": value, "code": "mm[Hg]"},
        }
        for code, value in (("8480-6", 110), ("8462-4", 70))
    ],
}


def bundle(*resources: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": r} for r in resources],
        }
    ).encode()


def load(tmp_path: Path, data: bytes, name: str = "b.json", **more: Any) -> Observations:
    path = tmp_path / name
    path.write_bytes(data)
    return read(path, **more)


SUBJECT = {"subject": {"reference": "Patient/p1"}}
WHEN = "2026-03-04T10:00:00+01:00"
OBSERVED = observation("2160-0", 9.9, "mg/dL")
NAMED = {"code": {"text": "Shock"}}
DIALYSIS = {"resourceType": "Procedure", **SUBJECT, "code": {"text": "Haemodialysis"},
            "performedDateTime": WHEN}  # fmt: skip
STAY = {"resourceType": "Encounter", "class": {"code": "IMP"}, **SUBJECT,
        "period": {"start": WHEN}}  # fmt: skip
SHOCK = {"resourceType": "Condition", **SUBJECT, **NAMED, "onsetDateTime": WHEN}
DRUG = {**SUBJECT, "medicationCodeableConcept": {"text": "ibuprofen"}}
GIVEN = {"resourceType": "MedicationAdministration", **DRUG, "effectiveDateTime": WHEN}
ORDER = {"resourceType": "MedicationRequest", **DRUG, "authoredOn": WHEN}
TAKEN = {"resourceType": "MedicationStatement", **DRUG, "effectiveDateTime": WHEN}


def verified(code: str) -> dict[str, Any]:
    return {"verificationStatus": {"coding": [{"code": code}]}}


def coded(code: str, **more: Any) -> dict[str, Any]:
    system = "http://hl7.org/fhir/sid/icd-10-cm"
    return {"resourceType": "Condition", **SUBJECT,
            "code": {"coding": [{"system": system, "code": code}]}, **more}  # fmt: skip
