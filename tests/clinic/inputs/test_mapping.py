"""A user's mapping file says the same for FHIR, long tables and OMOP."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.clinic.inputs.test_omop import MEASUREMENT, cdm

from hepatica.cli import main
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.mapping import UserMap, system_of
from hepatica.clinic.observations import Report

USER = UserMap(
    codes={
        "MYLAB": {"CREA": "creatinine"},
        "http://loinc.org": {"9999-9": "creatinine"},
        "LOINC": {"8888-8": "creatinine"},
    },
    words={"Kreatinin": "creatinine"},
)
# Code system and code as a source gives them, or a name.
GIVEN = [("MYLAB", "CREA"), ("http://loinc.org", "9999-9"), ("LOINC", "8888-8"), ("", "kreatinin"),
         ("http://loinc.org", "2160-0")]  # fmt: skip


def long(folder: Path) -> Path:
    path = folder / "given.csv"
    lines = [
        f"p,{'' if system else code},{code if system else ''},{system},1.{day},mg/dL,2026-03-0{day}"
        for day, (system, code) in enumerate(GIVEN, 1)
    ]
    path.write_text("\n".join(["patient,concept,code,system,value,unit,time", *lines]) + "\n")
    return path


def fhir(folder: Path) -> Path:
    path = folder / "given.ndjson"
    uris = {"LOINC": "http://loinc.org"}
    lines = [
        {
            "resourceType": "Observation",
            "status": "final",
            "subject": {"reference": "Patient/p"},
            "effectiveDateTime": f"2026-03-0{day}",
            "code": {"coding": [{"system": uris.get(system, system), "code": code}]}
            if system
            else {"text": code},
            "valueQuantity": {"value": float(f"1.{day}"), "code": "mg/dL"},
        }
        for day, (system, code) in enumerate(GIVEN, 1)
    ]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return path


def omop(folder: Path) -> Path:
    inner = folder / "cdm"
    inner.mkdir()
    rows = [
        f"1,0,2026-03-0{day},2026-03-0{day} 00:00:00,,1.{day},8840,{code},"
        for day, (_, code) in enumerate(GIVEN, 1)
    ]
    return cdm(inner, measurement=[MEASUREMENT, *rows])


def read(given: Path, folder: Path, user: UserMap = USER) -> Report:
    return cohort(given, folder / "out.parquet", concepts=["creatinine"], user=user).report


@pytest.mark.parametrize("shape", [long, fhir, omop])
def test_every_entry_names_its_rows(shape: object, tmp_path: Path) -> None:
    report = read(shape(tmp_path), tmp_path)  # type: ignore[operator]
    assert not report.unmapped
    assert not report.refused
    assert not [note for note in report.notes if "mapping file" in note]


@pytest.mark.parametrize("part", [None, 2])
@pytest.mark.parametrize("shape", [long, fhir, omop])
def test_entries_that_name_nothing_are_told(
    shape: object, part: int | None, tmp_path: Path
) -> None:
    codes = {**USER.codes, "MYLAB": {"CREA": "creatinine", "ALB": "albumin"}}
    user = UserMap(codes=codes, words={**USER.words, "Natrium": "sodium"})
    given = shape(tmp_path)  # type: ignore[operator]
    found = cohort(given, tmp_path / "out.parquet", concepts=["creatinine"], user=user, part=part)
    assert [note for note in found.report.notes if "mapping file" in note] == [
        "2 entries of the mapping file name nothing in this input: 'natrium', mylab ALB"
    ]


@pytest.mark.parametrize("name", ["loinc", "LOINC", "http://loinc.org", "http://loinc.org/"])
def test_a_code_system_has_one_name(name: str) -> None:
    assert system_of(name) == "loinc"


def test_a_code_of_two_meanings_needs_its_system(tmp_path: Path) -> None:
    """OMOP does not say of which system a source value is."""
    both = UserMap(codes={"a": {"CREA": "creatinine"}, "b": {"CREA": "albumin"}})
    unmapped = read(omop(tmp_path), tmp_path, both).unmapped
    assert "CREA" in {item.display for item in unmapped}


def test_a_mapping_file_that_is_no_text(tmp_path: Path) -> None:
    mapping = tmp_path / "map.yaml"
    mapping.write_bytes("words: {Kreatinin\xe4: creatinine}".encode("latin-1"))
    found = CliRunner().invoke(
        main,
        ["cohort", str(long(tmp_path)), "-o", str(tmp_path / "o.parquet"), "--map", str(mapping)],
    )
    assert found.exit_code == 2
    assert found.output.strip().endswith("'map.yaml': not a text in UTF-8")
