"""FHIR as a registry: what a long table of the same rows gives, part by part or at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import read

from hepatica.clinic.cohort.run import cohort
from hepatica.errors import InputError

WANTED = ("kdigo_aki", "ica_aki", "creatinine", "meld3", "age", "sex")


def resources() -> list[dict[str, Any]]:
    """Forty patients mixed as a server would give them; every fifth row is later by an hour."""
    found: list[dict[str, Any]] = []
    for number in range(40):
        found.append({"resourceType": "Patient", "id": f"p{number}", "gender": "female",
                      "birthDate": "1961-02-03"})  # fmt: skip
    for step in range(6):
        for number in range(40):
            zone = "+02:00" if (step + number) % 5 == 0 else "+01:00"
            found.append(
                {
                    "resourceType": "Observation",
                    "status": "final",
                    "subject": {"reference": f"Patient/p{number}"},
                    "code": {"coding": [{"system": "http://loinc.org", "code": "38483-4"}]},
                    "effectiveDateTime": f"2026-03-0{1 + step}T0{number % 9}:00:00{zone}",
                    "valueQuantity": {"value": 1 + number % 4 * step * 0.1, "code": "mg/dL"},
                }
            )
    return found


def long(path: Path) -> Path:
    rows = ["patient,concept,value,unit,time"]
    for item in resources():
        if item["resourceType"] == "Patient":
            rows += [f"{item['id']},sex,female,,", f"{item['id']},birth,,,1961-02-03"]
            continue
        patient = item["subject"]["reference"].removeprefix("Patient/")
        value = item["valueQuantity"]["value"]
        rows.append(f"{patient},creatinine,{value},mg/dL,{item['effectiveDateTime']}")
    path.write_text("\n".join(rows) + "\n")
    return path


def ndjson(path: Path, items: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, items)) + "\n")
    return path


@pytest.mark.parametrize("part", [None, 60])
@pytest.mark.parametrize("shape", ["bundle", "ndjson", "folder"])
def test_fhir_gives_what_the_long_table_gives(shape: str, part: int | None, tmp_path: Path) -> None:
    items = resources()
    match shape:
        case "bundle":
            given = tmp_path / "b.json"
            entry = [{"resource": item} for item in items]
            given.write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
        case "ndjson":
            given = ndjson(tmp_path / "b.ndjson", items)
        case _:
            given = tmp_path / "export"
            given.mkdir()
            ndjson(given / "Patient.ndjson", items[:40])
            ndjson(given / "Observation.ndjson", items[40:])
    one = cohort(given, tmp_path / "one.parquet", concepts=WANTED, part=part)
    other = cohort(long(tmp_path / "l.csv"), tmp_path / "other.parquet", concepts=WANTED)
    assert read(tmp_path / "one.parquet") == read(tmp_path / "other.parquet")
    assert (one.report.read, one.report.accepted) == (other.report.read, other.report.accepted)
    assert one.known == other.known
    assert sum(row["kdigo_aki_max_stage"] or 0 for row in read(tmp_path / "one.parquet")) > 10


def test_a_resource_that_is_broken_does_not_stop_the_others(tmp_path: Path) -> None:
    items = [
        *resources(),
        {"resourceType": "Observation", "component": 4},
        {"resourceType": "Observation", "component": 5},
        {"resourceType": "Device"},
    ]
    given = ndjson(tmp_path / "b.ndjson", items)
    found = cohort(given, tmp_path / "out.parquet", concepts=["kdigo_aki"])
    assert [(r.concept, r.count) for r in found.report.refused] == [("resource", 2)]
    assert [(u.code, u.count) for u in found.report.unmapped] == [("Device", 1)]
    assert len(read(tmp_path / "out.parquet")) == 40


def test_a_users_codes_hold_for_a_registry(tmp_path: Path) -> None:
    from hepatica.clinic.inputs.mapping import UserMap

    items = resources()
    for item in items[40:]:
        item["code"] = {"coding": [{"system": "urn:lab", "code": "CREA"}]}
    given = ndjson(tmp_path / "b.ndjson", items)
    user = UserMap(codes={"urn:lab": {"CREA": "creatinine"}})
    cohort(given, tmp_path / "one.parquet", concepts=["creatinine"], user=user)
    cohort(given, tmp_path / "none.parquet", concepts=["creatinine"])
    column = "creatinine (umol/L)"
    assert all(row[column] for row in read(tmp_path / "one.parquet"))
    assert not any(row[column] for row in read(tmp_path / "none.parquet"))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("b.json", '{"resourceType": "Bundle", "entry": [', "line 1: not FHIR JSON"),
        ("b.json", '{"resourceType": "Device"}', "no row of it can be used: resource 'Device'"),
        ("b.ndjson", "{", "line 1: not FHIR JSON"),
        ("b.json", '{"id": "p", "observations": []}', "no row of it can be used"),
    ],
)
def test_files_that_cannot_be_used(name: str, text: str, says: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=says):
        cohort(tmp_path / name, tmp_path / "out.parquet")
    assert not (tmp_path / "out.parquet").exists()
