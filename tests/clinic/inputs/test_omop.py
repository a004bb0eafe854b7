"""OMOP tables as others write them: ids as decimals, blank cells, and codes that are not read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.clinic.cohort.registry import read

from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs import omop
from hepatica.clinic.observations import Report
from hepatica.clinic.registry import Registry

PERSON = "person_id,gender_concept_id,year_of_birth,month_of_birth,day_of_birth,birth_datetime"
MEASUREMENT = (
    "person_id,measurement_concept_id,measurement_date,measurement_datetime,operator_concept_id,"
    "value_as_number,unit_concept_id,measurement_source_value,unit_source_value"
)
CREATININE = "1,3016723,2026-03-01,2026-03-01 08:00:00,,1.0,8840,2160-0,mg/dL"
VISIT = "person_id,visit_concept_id,visit_start_date,visit_start_datetime,visit_end_date,visit_end_datetime"  # noqa: E501
DRUG = (
    "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_start_datetime,"
    "drug_exposure_end_date,drug_exposure_end_datetime,drug_source_value"
)
CONDITION = (
    "person_id,condition_concept_id,condition_start_date,condition_start_datetime,"
    "condition_end_date,condition_end_datetime,condition_source_value"
)


def cdm(folder: Path, **tables: list[str]) -> Path:
    """A CDM with a woman born on 1970-05-05 and a creatinine, unless others are given."""
    given = {"person": [PERSON, "1,8532,1970,5,5,"], "measurement": [MEASUREMENT, CREATININE]}
    for name, lines in (given | tables).items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")
    return folder


def loaded(folder: Path, **options: Any) -> tuple[list[tuple[Any, ...]], Report]:
    registry = Registry()
    report = omop.load(registry, folder, **options)
    rows = registry.connection.execute(
        "SELECT concept, micro, text, strftime(time, '%m-%d %H:%M') FROM observations ORDER BY ALL"
    ).fetchall()
    return rows, report


def test_ids_as_pandas_writes_a_column_with_gaps(tmp_path: Path) -> None:
    """8840.0 is mg/dL, 4172703.0 says that the value is the value, and 1970.0 is a year."""
    whole, decimals = tmp_path / "whole", tmp_path / "decimals"
    for folder, zero in ((whole, ""), (decimals, ".0")):
        folder.mkdir()
        cdm(
            folder,
            person=[PERSON, f"1{zero},8532{zero},1970{zero},5{zero},5{zero},"],
            measurement=[
                MEASUREMENT,
                f"1,3016723{zero},2026-03-01,2026-03-01 08:00,4172703{zero},1.0,8840{zero},x,",
                f"1,3016723{zero},2026-03-02,2026-03-02 08:00,4171756{zero},1.0,8840{zero},x,",
            ],
        )
    rows, report = loaded(decimals)
    assert (rows, report) == loaded(whole)
    assert [row[:3] for row in rows] == [
        ("birth", None, None), ("creatinine", 88_400_000, None), ("sex", None, "female"),
    ]  # fmt: skip
    assert [row.reason for row in report.refused] == ["a bound and not a value: give a number"]


def test_parquet_with_decimal_ids_and_blank_units(tmp_path: Path) -> None:
    source, folder = tmp_path / "csv", tmp_path / "parquet"
    source.mkdir()
    folder.mkdir()
    cdm(source, measurement=[MEASUREMENT, CREATININE.removesuffix("mg/dL")])
    connection = duckdb.connect()
    for name, cells in (
        ("person", "*"),
        ("measurement", "* REPLACE (measurement_concept_id::DOUBLE AS measurement_concept_id, "
         "unit_concept_id::DOUBLE AS unit_concept_id, '' AS unit_source_value)"),
    ):  # fmt: skip
        connection.execute(
            f"COPY (SELECT {cells} FROM read_csv('{source}/{name}.csv')) "
            f"TO '{folder}/{name}.parquet'"
        )
    rows, report = loaded(folder)
    assert ("creatinine", 88_400_000, None, "03-01 08:00") in rows
    assert not report.refused


@pytest.mark.parametrize(
    ("written", "standard", "micro"),
    [
        ("mg per dl", "8840", 88_400_000),
        ("umol/L", "8840", None),  # what the source says goes before: 1 umol/L is not plausible
        ("kg", "8840", None),
        ("mg per dl", "0", None),
    ],
)
def test_a_standard_unit_stands_in_for_what_is_no_unit(
    written: str, standard: str, micro: int | None, tmp_path: Path
) -> None:
    row = CREATININE.replace("8840", standard).replace("mg/dL", written)
    rows, report = loaded(cdm(tmp_path, measurement=[MEASUREMENT, row]))
    assert [row[1] for row in rows if row[0] == "creatinine"] == ([] if micro is None else [micro])
    assert bool(report.refused) is (micro is None)


@pytest.mark.parametrize(("month", "day"), [("", ""), ("5", "")])
def test_a_birth_date_without_its_day_is_refused_as_in_fhir(
    month: str, day: str, tmp_path: Path
) -> None:
    folder = cdm(tmp_path, person=[PERSON, f"1,8532,1970,{month},{day},"])
    _, report = loaded(folder)
    (refused,) = report.refused
    assert refused.concept == "birth"
    assert "the time has no day" in refused.reason


def test_what_is_not_read_is_counted(tmp_path: Path) -> None:
    folder = cdm(
        tmp_path,
        person=[PERSON, "1,8551,1970,5,5,"],
        visit_occurrence=[VISIT, "1,9202,2026-02-01,,2026-02-01,", "1,9202,2026-02-05,,,",
                          "1,9201,2026-03-01,,2026-03-05,"],
    )  # fmt: skip
    rows, report = loaded(folder)
    assert [(item.system, item.code, item.count) for item in report.unmapped] == [
        ("omop visit_occurrence", "9202", 2),
        ("omop gender", "8551", 1),
    ]
    assert [row[0] for row in rows] == ["admission", "birth", "creatinine", "discharge"]


def test_what_is_not_read_is_that_of_the_patient_asked_for(tmp_path: Path) -> None:
    unknown = "{},0,2026-03-01,2026-03-01 09:00:00,,1.0,8840,lipstick,mg/dL"
    folder = cdm(
        tmp_path,
        person=[PERSON, "1,8532,1970,5,5,", "2,8551,1970,5,5,"],
        measurement=[MEASUREMENT, CREATININE, unknown.format(1), unknown.format(2)],
    )
    _, report = loaded(folder, patient="1")
    assert [(item.display, item.count) for item in report.unmapped] == [("lipstick", 1)]


@pytest.mark.parametrize("end", ["2026-03-01,", "2026-03-01,2026-03-01 07:00:00"])
def test_an_end_by_date_is_not_before_a_start_of_that_day(end: str, tmp_path: Path) -> None:
    folder = cdm(
        tmp_path,
        drug_exposure=[DRUG, f"1,0,2026-03-01,2026-03-01 07:00:00,{end},H01BA04"],
        condition_occurrence=[CONDITION, f"1,0,2026-03-01,2026-03-01 07:00:00,{end},K74.60"],
    )
    rows, report = loaded(folder)
    assert not report.refused
    times = {row[0]: row[3] for row in rows}
    assert (times["terlipressin"], times["cirrhosis"]) == ("03-01 07:00", "03-01 07:00")


@pytest.mark.parametrize("nameless", [[], ["3,0,,,,"]], ids=["all known", "one of whom is nothing"])
def test_more_parts_than_persons(nameless: list[str], tmp_path: Path) -> None:
    rows = [CREATININE.replace("1,", f"{1 + n % 2},", 1).replace(":00:00", f":{n:02}:00")
            for n in range(20)]  # fmt: skip
    folder = tmp_path / "cdm"
    folder.mkdir()
    cdm(
        folder,
        person=[PERSON, "1,8532,1970,5,5,", "2.0,8507,1980,5,5,", *nameless],
        measurement=[MEASUREMENT, *rows],
    )
    found = cohort(folder, tmp_path / "out.parquet", concepts=["creatinine", "sex"], part=2)
    assert found.report.accepted == 20 + 4
    assert [row["sex"] for row in read(tmp_path / "out.parquet")] == ["female", "male"]
