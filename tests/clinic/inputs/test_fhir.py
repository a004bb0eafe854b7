"""FHIR R4: what is read from each resource, and what is reported."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.inputs.fhir import (
    DIALYSIS,
    GIVEN,
    OBSERVED,
    ORDER,
    PATIENT,
    PRESSURE,
    SHOCK,
    STAY,
    TAKEN,
    WHEN,
    bundle,
    coded,
    load,
    observation,
    verified,
)

from hepatica.clinic.inputs.mapping import user_map
from hepatica.errors import InputError


def test_serum_and_whole_blood_codes(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        bundle(
            PATIENT,
            observation("2160-0", 2.60, "mg/dL"),
            observation("38483-4", 2.7, "mg/dL"),
            observation("14682-9", 240, "umol/L"),
            observation("2947-0", 131, "mmol/L"),
        ),
    )
    assert sorted((r.concept, f"{r.value:f}", r.unit) for r in found.rows if r.value) == [
        ("creatinine", "2.6", "mg/dL"),
        ("creatinine", "2.7", "mg/dL"),
        ("creatinine", "240", "umol/L"),
        ("sodium", "131", "mmol/L"),
    ]


def test_components_patient_condition_drug_procedure(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        bundle(
            {
                "resourceType": "MedicationAdministration",
                "status": "completed",
                "subject": {"reference": "urn:uuid:p1"},
                "medicationReference": {"reference": "Medication/m"},
                "effectivePeriod": {
                    "start": "2026-03-04T10:00:00+01:00",
                    "end": "2026-03-05T10:00:00+01:00",
                },
                "dosage": {"rateQuantity": {"value": 0.2, "unit": "ug/kg/min"}},
            },
            {
                "resourceType": "Medication",
                "id": "m",
                "code": {
                    "coding": [
                        {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "7512"}
                    ]
                },
            },
            PATIENT,
            PRESSURE,
            {
                "resourceType": "Condition",
                "subject": {"reference": "Patient/p1"},
                "clinicalStatus": {"coding": [{"code": "active"}]},
                "code": {
                    "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "K74.60"}]
                },
                "onsetDateTime": "2024-01-01",
            },
            {
                "resourceType": "Condition",
                "subject": {"reference": "Patient/p1"},
                "verificationStatus": {"coding": [{"code": "refuted"}]},
                "code": {"text": "Shock"},
            },
            {
                "resourceType": "Encounter",
                "class": {"code": "IMP"},
                "subject": {"reference": "Patient/p1"},
                "status": "finished",
                "period": {
                    "start": "2026-03-02T08:00:00+01:00",
                    "end": "2026-03-09T08:00:00+01:00",
                },
            },
            {
                "resourceType": "Procedure",
                "status": "completed",
                "subject": {"reference": "Patient/p1"},
                "code": {"text": "Hemodialysis"},
                "performedDateTime": "2026-03-05T08:00:00+01:00",
            },
        ),
    )
    assert not found.report.unmapped
    assert sorted({(r.concept, r.text or f"{r.value or ''}") for r in found.rows}) == [
        ("admission", ""),
        ("birth", ""),
        ("cirrhosis", "present"),
        ("dbp", "70"),
        ("discharge", ""),
        ("haemodialysis_session", ""),
        ("norepinephrine", "0.2"),
        ("sbp", "110"),
        ("sex", "female"),
        ("shock", "absent"),
    ]
    assert found.patients == ("p1",)


def test_what_cannot_be_used_is_said(tmp_path: Path) -> None:
    bound = observation("1975-2", 0.2, "mg/dL")
    bound["valueQuantity"]["comparator"] = "<"
    found = load(
        tmp_path,
        bundle(
            PATIENT,
            bound,
            observation("2160-0", 180, "mg/dL"),
            observation("9999-9", 1, "mg/dL"),
            observation("9999-9", 2, "mg/dL"),
            observation("2160-0", 1, "mg/dL", status="entered-in-error"),
            {"resourceType": "Device", "id": "d"},
        ),
    )
    assert sorted(r.reason for r in found.report.refused) == [
        "'<0.2' is a bound and not a value: give a number",
        "180 mg/dL is outside 0.1 to 30 mg/dL: it would fit umol/L",
        "its status is entered-in-error",
    ]
    assert [(u.system, u.code, u.count) for u in found.report.unmapped] == [
        ("loinc", "9999-9", 2),
        ("resource", "Device", 1),
    ]


@pytest.mark.parametrize(
    ("item", "states"),
    [(OBSERVED, "preliminary final amended corrected"), (DIALYSIS, "in-progress completed stopped"),
     (STAY, "arrived triaged in-progress onleave finished"),
     (GIVEN, "in-progress completed stopped"), (ORDER, "active completed stopped"),
     (TAKEN, "active completed stopped")],
)  # fmt: skip
def test_what_was_done_is_read(item: dict[str, Any], states: str, tmp_path: Path) -> None:
    for state in states.split():
        found = load(tmp_path, bundle(PATIENT, item | {"status": state}))
        assert not found.report.refused, state
        assert len(found.rows) == 3, state


NOT_SO = [
    (OBSERVED, "registered cancelled entered-in-error unknown"),
    (DIALYSIS, "preparation not-done on-hold entered-in-error unknown"),
    (STAY, "planned cancelled entered-in-error unknown"),
    (GIVEN, "not-done on-hold entered-in-error unknown"),
    (ORDER, "on-hold cancelled entered-in-error draft unknown"),
    (TAKEN, "entered-in-error intended on-hold unknown not-taken"),
    (GIVEN, "stopped-before-start"),
]


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        *((item | {"status": s}, f"its status is {s}") for item, ss in NOT_SO for s in ss.split()),
        *((ORDER | {"status": "active", "intent": intent}, f"its intent is {intent}: nobody")
          for intent in ("proposal", "plan", "option")),
        (ORDER | {"status": "active", "intent": "order", "doNotPerform": True}, "not to be given"),
        *((SHOCK | verified(code), f"its verification status is {code}")
          for code in ("entered-in-error", "unconfirmed", "provisional", "differential")),
    ],
)  # fmt: skip
def test_what_was_not_done_not_meant_or_withdrawn_is_refused(
    item: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    found = load(tmp_path, bundle(PATIENT, item))
    assert {row.concept for row in found.rows} == {"sex", "birth"}
    (refused,) = found.report.refused
    assert reason in refused.reason
    assert refused.patient == "p1"


def test_a_refused_condition_and_drug_are_named(tmp_path: Path) -> None:
    items = (SHOCK | verified("provisional"), TAKEN | {"status": "not-taken"})
    found = load(tmp_path, bundle(PATIENT, *items))
    assert [(r.concept, r.value) for r in found.report.refused] == [
        ("Condition", "Shock"), ("drug", "ibuprofen")
    ]  # fmt: skip


def test_a_drug_that_is_said_to_be_taken_runs_on(tmp_path: Path) -> None:
    def end(state: str) -> bool:
        rows = load(tmp_path, bundle(PATIENT, TAKEN | {"status": state})).rows
        return next(row.time for row in rows if row.concept == "ibuprofen") is not None

    assert not end("active")
    assert end("completed")
    assert end("stopped")


def test_a_code_that_says_two_things(tmp_path: Path) -> None:
    """K70.31: alcoholic cirrhosis of liver with ascites."""
    found = load(tmp_path, bundle(PATIENT, coded("K70.31", onsetDateTime=WHEN)))
    assert sorted((r.concept, r.text) for r in found.rows if r.text == "present") == [
        ("ascites", "present"), ("cirrhosis", "present")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [verified("refuted"), {"clinicalStatus": {"coding": [{"code": "resolved"}]}},
     {"onsetDateTime": WHEN, "abatementDateTime": "2026-03-05T10:00:00+01:00"}],
)  # fmt: skip
def test_that_not_both_are_there_says_of_neither_that_it_is_absent(
    more: dict[str, Any], tmp_path: Path
) -> None:
    found = load(tmp_path, bundle(PATIENT, coded("K70.31", **more)))
    assert {row.concept for row in found.rows} == {"sex", "birth"}
    assert [(row.concept, row.value, row.reason) for row in found.report.refused] == [
        (name, "K70.31", "not all of what its code names is there: which is not said")
        for name in ("ascites", "cirrhosis")
    ]


def test_a_users_codes_go_first(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("codes:\n  loinc: {9999-9: creatinine}\n  'urn:lab': {CREA: creatinine}\n")
    local = observation("x", 1.1, "mg/dL")
    local["code"] = {"coding": [{"system": "urn:lab", "code": "CREA"}]}
    found = load(
        tmp_path, bundle(PATIENT, observation("9999-9", 1, "mg/dL"), local), user=user_map(mine)
    )
    assert [f"{r.value}" for r in found.rows if r.concept == "creatinine"] == ["1", "1.1"]
    mine.write_text("codes:\n  loinc: {9999-9: creatinin}\n")
    with pytest.raises(InputError, match="no concept is called 'creatinin'"):
        user_map(mine)


def test_ndjson_reads_as_a_bundle_does(tmp_path: Path) -> None:
    resources = [PATIENT, PRESSURE, observation("2160-0", 2.6, "mg/dL")]
    lines = b"\n".join(json.dumps(r).encode() for r in resources) + b"\n\n"
    assert load(tmp_path, lines, "b.ndjson").rows == load(tmp_path, bundle(*resources)).rows


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "the file is empty"),
        (b"   ", "the file is empty"),
        (b"not json", "not FHIR JSON"),
        (b'{"resourceType": "Bundle", "entry": 4}', "not a FHIR R4 Bundle"),
        (b'{"resourceType": "Patient", "id": "a"}\n{"resourceType"', "line 2"),
    ],
)
def test_files_that_are_not_fhir(tmp_path: Path, data: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load(tmp_path, data)


def test_many_entries(tmp_path: Path) -> None:
    """Entries are decoded one by one; twenty thousand take seconds, not minutes."""
    many = [observation("2160-0", 1 + index % 7, "mg/dL") for index in range(20_000)]
    for index, item in enumerate(many):
        item["subject"] = {"reference": f"Patient/{index % 500}"}
        item["effectiveDateTime"] = f"2026-03-{1 + index % 28:02d}T{index % 24:02d}:00:00Z"
    found = load(tmp_path, bundle(*many))
    assert found.report.read == 20_000
    assert len(found.patients) == 500


def test_what_says_nothing_is_refused_and_not_dropped(tmp_path: Path) -> None:
    entries = [{"resource": {"resourceType": "Observation"}}, {"resource": None}, {},
               {"resource": {"resourceType": "Condition"}}, {"resource": {"id": "x"}},
               {"resource": {"resourceType": "Encounter", "class": {"code": "IMP"}}},
               {"resource": {"resourceType": "Encounter", "class": {"code": "AMB"}}},
               {"resource": PATIENT}]  # fmt: skip
    data = json.dumps({"resourceType": "Bundle", "entry": entries}).encode()
    found = load(tmp_path, data)
    reasons = " | ".join(row.reason for row in found.report.refused)
    assert len(found.report.refused) == 6
    for words in ("it has no code: what was measured", "the entry holds no resource",
                  "it has no code: what it is", "no resourceType", "it has no period"):  # fmt: skip
        assert words in reasons
    assert [(u.system, u.code) for u in found.report.unmapped] == [("encounter", "AMB")]


def test_a_birth_date_is_no_time_to_assess(tmp_path: Path) -> None:
    from hepatica.clinic.assess.assess import assess

    with pytest.raises(InputError, match="Observation: it has no code"):
        assess(load(tmp_path, bundle({"resourceType": "Observation"}, PATIENT)))
    with pytest.raises(InputError, match="no row of the patient has a time"):
        assess(load(tmp_path, bundle(PATIENT)))


def test_pulse_oximetry_alone_is_a_saturation(tmp_path: Path) -> None:
    found = load(
        tmp_path,
        bundle(
            observation("59408-5", 82, "%"),
            observation("8478-0", 72, "mm[Hg]"),
            observation("9269-2", 14, "{score}"),
            observation("3150-0", 40, "%"),
            observation("9192-6", 0.4, "L/d"),
            observation("9187-6", 200, "mL", effectiveDateTime=None, effectivePeriod={
                "start": "2026-03-04T04:00:00+01:00", "end": "2026-03-04T10:00:00+01:00"}),
        ),
    )  # fmt: skip
    assert not found.report.refused
    assert sorted(row.concept for row in found.rows) == [
        "fio2", "gcs", "map", "spo2", "urine_output", "urine_output_24h"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "concept"),
    [("ibuprofen 400 mg", "ibuprofen"), ("Albumin human 20%", "albumin_infusion"),
     ("Midodrine hydrochloride 10 mg tablet", "midodrine"), ("Furosemide tablet", "furosemide"),
     ("vasopressin antagonist 15 mg", "unrecognised_drug"),
     ("ibuprofen/codeine 200 mg", "unrecognised_drug")],
)  # fmt: skip
def test_a_drug_is_found_by_its_name_before_the_strength(
    text: str, concept: str, tmp_path: Path
) -> None:
    given = {"resourceType": "MedicationRequest", "status": "active",
             "subject": {"reference": "Patient/p1"}, "medicationCodeableConcept": {"text": text},
             "authoredOn": "2026-03-04T10:00:00+01:00"}  # fmt: skip
    assert [row.concept for row in load(tmp_path, bundle(given)).rows] == [concept]
