"""A condition with a beginning, an end, both or neither: the same state in every format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from hepatica.clinic.assess.asof import known_at
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.read import read

AT = datetime(2026, 3, 4, 12)
MEASURED = "2026-03-04T08:00"


class Course(NamedTuple):
    """When a condition began and ended, and what it is at `AT`."""

    start: str
    end: str
    present: bool | None


COURSES = {
    "begun, no end": Course("2026-03-02T08:00", "", True),
    "begun a year ago, no end": Course("2025-03-02T08:00", "", True),
    "over": Course("2026-03-02T08:00", "2026-03-03T08:00", False),
    "to end later": Course("2026-03-02T08:00", "2026-03-09T08:00", True),
    "to begin later": Course("2026-03-05T08:00", "", None),
}


def person(course: Course, folder: Path) -> Path:
    row = {"name": "cirrhosis", "status": "present", "start": course.start}
    row |= {"end": course.end} if course.end else {}
    seen = {"at": MEASURED, "creatinine": "1.1 mg/dL"}
    path = folder / "p.yaml"
    path.write_text(json.dumps({"id": "p", "conditions": [row], "observations": [seen]}))
    return path


def long(course: Course, folder: Path) -> Path:
    path = folder / "long.csv"
    path.write_text(
        "patient,concept,value,unit,time,start,text\n"
        f"p,cirrhosis,,,{course.end},{course.start},present\n"
        f"p,creatinine,1.1,mg/dL,{MEASURED},,\n"
    )
    return path


def bundle(course: Course, folder: Path) -> Path:
    subject = {"subject": {"reference": "Patient/p"}}
    condition = {"resourceType": "Condition", **subject, "code": {"text": "Cirrhosis"},
                 "onsetDateTime": course.start}  # fmt: skip
    condition |= {"abatementDateTime": course.end} if course.end else {}
    seen = {"resourceType": "Observation", "status": "final", **subject,
            "code": {"text": "creatinine"}, "effectiveDateTime": MEASURED,
            "valueQuantity": {"value": 1.1, "unit": "mg/dL"}}  # fmt: skip
    path = folder / "b.json"
    entry = [{"resource": condition}, {"resource": seen}]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry}))
    return path


def omop(course: Course, folder: Path) -> Path:
    def table(name: str, row: dict[str, str]) -> None:
        with (folder / f"{name}.csv").open("w", newline="") as file:
            out = csv.DictWriter(file, row)
            out.writeheader()
            out.writerow(row)

    begin, end = course.start, course.end
    table("PERSON", {"person_id": "p", "gender_concept_id": "8507", "year_of_birth": "",
                     "month_of_birth": "", "day_of_birth": "", "birth_datetime": ""})  # fmt: skip
    table("MEASUREMENT", {"person_id": "p", "measurement_concept_id": "0",
                          "measurement_source_value": "2160-0", "value_as_number": "1.1",
                          "unit_source_value": "mg/dL", "unit_concept_id": "0",
                          "measurement_date": MEASURED[:10],
                          "measurement_datetime": MEASURED})  # fmt: skip
    table("CONDITION_OCCURRENCE", {"person_id": "p", "condition_concept_id": "0",
                                   "condition_source_value": "K74.60",
                                   "condition_start_date": begin[:10],
                                   "condition_start_datetime": begin,
                                   "condition_end_date": end[:10],
                                   "condition_end_datetime": end})  # fmt: skip
    return folder


FORMATS: dict[str, Callable[[Course, Path], Path]] = {
    "person": person, "long": long, "bundle": bundle, "omop": omop
}  # fmt: skip


def state(path: Path) -> bool | None:
    engine = Bedside()
    engine.load(known_at(read(path).rows, AT), at=AT)
    query = "SELECT present FROM flags WHERE concept = 'cirrhosis'"
    return next((value for row in engine.select(query) for value in row.values()), None)


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("key", FORMATS)
def test_a_condition_lasts_until_its_end(key: str, name: str, tmp_path: Path) -> None:
    assert state(FORMATS[key](COURSES[name], tmp_path)) is COURSES[name].present


@pytest.mark.parametrize("when", ["start", "time"])
def test_a_persons_condition_is_there_from_its_only_time_on(when: str, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    row = {"name": "cirrhosis", "status": "present", when: "2026-03-02T08:00"}
    seen = {"at": MEASURED, "creatinine": "1.1 mg/dL"}
    path.write_text(json.dumps({"conditions": [row], "observations": [seen]}))
    assert state(path) is True


def test_when_a_condition_was_noted_is_not_its_end(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    row = {"name": "cirrhosis", "start": "2026-03-02T08:00", "time": "2026-03-03T08:00"}
    path.write_text(json.dumps({"conditions": [row]}))
    assert state(path) is True


def two_things(key: str, end: str, folder: Path) -> Path:
    """K70.31, alcoholic cirrhosis of liver with ascites, in one of the formats with codes."""
    course = Course("2026-03-02T08:00", end, None)
    path = FORMATS[key](course, folder)
    if key == "long":
        path.write_text(
            "patient,concept,code,system,value,unit,time,start,text\n"
            f"p,,K70.31,icd10cm,,,{end},{course.start},present\n"
            f"p,creatinine,,,1.1,mg/dL,{MEASURED},,\n"
        )
        return path
    file = path if key == "bundle" else path / "CONDITION_OCCURRENCE.csv"
    system = '{"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "K70.31"}]}'
    text = file.read_text().replace('{"text": "Cirrhosis"}', system).replace("K74.60", "K70.31")
    file.write_text(text)
    return path


@pytest.mark.parametrize("key", ["long", "bundle", "omop"])
def test_a_code_of_two_things_that_ended_says_of_neither_that_it_is_gone(
    key: str, tmp_path: Path
) -> None:
    path = two_things(key, "2026-03-03T08:00", tmp_path)
    assert state(path) is None
    found = read(path)
    why = "not all of what its code names is there: which is not said"
    assert [(r.concept, r.value, r.reason) for r in found.report.refused] == [
        ("ascites", "K70.31", why), ("cirrhosis", "K70.31", why)
    ]  # fmt: skip
    assert {one.concept for one in found.unread} == {"ascites", "cirrhosis"}


@pytest.mark.parametrize("key", ["long", "bundle", "omop"])
def test_a_code_of_two_things_that_lasts_says_both(key: str, tmp_path: Path) -> None:
    path = two_things(key, "", tmp_path)
    assert state(path) is True
    assert not read(path).report.refused


def test_a_code_of_two_things_that_is_absent(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(
        "patient,code,system,value,unit,time,text\n"
        "p,K70.31,icd10cm,,,2026-03-02T08:00,absent\n"
        f"p,2160-0,loinc,1.1,mg/dL,{MEASURED},\n"
    )
    assert state(path) is None
