"""FHIR: of whom a resource is, and what one patient is told of the others in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import read as table
from tests.clinic.inputs.fhir import PATIENT, SHOCK, TAKEN, bundle, load, observation

from hepatica.clinic.cohort.run import cohort

URN = "urn:uuid:5a1c"


def of(reference: str, value: float, **more: Any) -> dict[str, Any]:
    return observation("2160-0", value, "mg/dL", subject={"reference": reference}, **more)


def named(*entries: tuple[str, dict[str, Any]]) -> bytes:
    rows = [{"fullUrl": url, "resource": item} for url, item in entries]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": rows}).encode()


PERSON = (URN, PATIENT)
LATER = {"effectiveDateTime": "2026-03-05T10:00:00+01:00"}
ORDERS = {
    "first": (PERSON, ("urn:uuid:1", of(URN, 1)), ("urn:uuid:2", of(URN, 3, **LATER))),
    "between": (("urn:uuid:1", of(URN, 1)), PERSON, ("urn:uuid:2", of(URN, 3, **LATER))),
    "last": (("urn:uuid:1", of(URN, 1)), ("urn:uuid:2", of(URN, 3, **LATER)), PERSON),
}


@pytest.mark.parametrize("order", ORDERS)
def test_a_patient_is_one_wherever_in_the_bundle_they_stand(order: str, tmp_path: Path) -> None:
    data = named(*ORDERS[order])
    found = load(tmp_path, data, patient="p1")
    assert found.patients == ("p1",)
    assert [row.value for row in found.rows if row.concept == "creatinine"] == [1, 3]
    cohort(tmp_path / "b.json", tmp_path / "out.parquet", concepts=["creatinine", "sex"])
    (row,) = table(tmp_path / "out.parquet")
    assert (row["patient"], row["sex"], row["creatinine (umol/L)"]) == ("p1", "female", 265.2)


def test_a_drug_is_of_the_patient_that_its_bundle_names_later(tmp_path: Path) -> None:
    medication = {"resourceType": "Medication", "id": "m", "code": {"text": "ibuprofen"}}
    taken = {key: value for key, value in TAKEN.items() if key != "medicationCodeableConcept"}
    taken |= {"subject": {"reference": URN}, "medicationReference": {"reference": "Medication/m"}}
    data = named(("urn:uuid:1", taken), PERSON, ("urn:uuid:2", medication))
    found = load(tmp_path, data)
    assert {(row.patient, row.concept) for row in found.rows} >= {("p1", "ibuprofen")}
    assert found.patients == ("p1",)


def test_the_name_that_nobody_has_is_a_name(tmp_path: Path) -> None:
    assert load(tmp_path, named(("urn:uuid:1", of(URN, 1)))).patients == ("5a1c",)


def test_two_contained_patients_of_one_id_are_not_one_person(tmp_path: Path) -> None:
    rows = [of("#pat", value, contained=[{"resourceType": "Patient", "id": "pat"}])
            for value in (1, 5)]  # fmt: skip
    found = load(tmp_path, bundle(PATIENT, *rows))
    assert found.patients == ("p1",)
    assert [row.reason for row in found.report.refused] == [
        "its patient is contained in it: who that is is not said"
    ] * 2


@pytest.mark.parametrize(
    ("subject", "kind"),
    [({"reference": "Device/p1"}, "Device"), ({"reference": "Group/p1"}, "Group"),
     ({"reference": "https://x.org/fhir/Location/p1/_history/2"}, "Location"),
     ({"reference": "urn:uuid:p1", "type": "Device"}, "Device")],
)  # fmt: skip
def test_what_is_not_of_a_patient_is_of_no_patient(
    subject: dict[str, str], kind: str, tmp_path: Path
) -> None:
    items = (of("Patient/p1", 1), of("Patient/p1", 9) | {"subject": subject})
    found = load(tmp_path, bundle(PATIENT, *items))
    assert [row.value for row in found.rows if row.concept == "creatinine"] == [1]
    (refused,) = found.report.refused
    assert refused.reason == f"it is of a {kind} and not of a patient"


def test_of_others_one_patient_is_told_nothing(tmp_path: Path) -> None:
    theirs = {"subject": {"reference": "Patient/p2"}}
    items = (
        of("Patient/p1", 1),
        of("Patient/p2", 2, status="entered-in-error"),
        TAKEN | theirs | {"medicationCodeableConcept": {"text": "Metformin 500 mg"}},
        SHOCK | theirs | {"code": {"text": "Malaria"}},
        {"resourceType": "DiagnosticReport", **theirs},
        {"resourceType": "Patient", "id": "p2", "gender": "other"},
        {"resourceType": "Observation", "component": 4},
        {"resourceType": "Organization", "id": "o"},
    )
    found = load(tmp_path, bundle(PATIENT, *items), patient="p1")
    assert found.patients == ("p1",)
    assert [row.concept for row in found.report.refused] == ["resource"]  # whose it is nobody knows
    assert [(code.system, code.code) for code in found.report.unmapped] == [
        ("resource", "Organization")
    ]
    every = load(tmp_path, bundle(PATIENT, *items))
    assert len(every.report.refused) == 2
    assert len(every.report.unmapped) == 5
