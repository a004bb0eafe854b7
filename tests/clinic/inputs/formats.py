"""The same rows in every format that patients are read from."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

LOINC = {"creatinine": "2160-0", "albumin": "1751-7", "platelets": "777-3", "fio2": None}


class Row(NamedTuple):
    """One measurement as a source would give it; every cell a text, empty where it has none."""

    value: str
    unit: str = "mg/dL"
    time: str = "2026-03-04T08:00"
    concept: str = "creatinine"
    patient: str = "p"


MEASUREMENT = (
    "person_id", "measurement_concept_id", "measurement_source_value", "value_as_number",
    "unit_source_value", "unit_concept_id", "measurement_date", "measurement_datetime",
    "operator_concept_id",
)  # fmt: skip
COLUMNS = ("patient", "concept", "value", "unit", "time")


def _cells(row: Row) -> dict[str, str | None]:
    return {name: getattr(row, name) or None for name in COLUMNS}


def person(rows: list[Row], folder: Path) -> Path:
    path = folder / "p.yaml"
    observations = [
        {key: value for key, value in _cells(row).items() if key != "patient"} for row in rows
    ]
    path.write_text(json.dumps({"id": "p", "observations": observations}))
    return path


def person_json(rows: list[Row], folder: Path) -> Path:
    return person(rows, folder).rename(folder / "p.json")


def _observation(row: Row) -> dict[str, Any]:
    code: dict[str, Any] = {"text": row.concept}
    if LOINC[row.concept]:
        code["coding"] = [{"system": "http://loinc.org", "code": LOINC[row.concept]}]
    found: dict[str, Any] = {"resourceType": "Observation", "status": "final", "code": code}
    if row.patient:
        found["subject"] = {"reference": f"Patient/{row.patient}"}
    if row.time:
        found["effectiveDateTime"] = row.time
    number = row.value.lstrip("<>=")
    try:
        quantity: dict[str, Any] = {"value": float(number)}
    except ValueError:
        return found | ({"valueString": row.value} if row.value else {})
    if row.value != number:
        quantity["comparator"] = row.value[: -len(number)]
    if row.unit:
        quantity |= {"unit": row.unit, "code": row.unit}
    return found | {"valueQuantity": quantity}


def bundle(rows: list[Row], folder: Path) -> Path:
    path = folder / "b.json"
    entry = [{"resource": _observation(row)} for row in rows]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entry}))
    return path


def ndjson(rows: list[Row], folder: Path) -> Path:
    path = folder / "b.ndjson"
    path.write_text("".join(json.dumps(_observation(row)) + "\n" for row in rows))
    return path


def fhir_folder(rows: list[Row], folder: Path) -> Path:
    inner = folder / "export"
    inner.mkdir()
    for number, row in enumerate(rows):
        ndjson([row], folder).rename(inner / f"Observation.{number}.ndjson")
    return inner


def long_csv(rows: list[Row], folder: Path) -> Path:
    path = folder / "long.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        out.writerows([getattr(row, name) for name in COLUMNS] for row in rows)
    return path


def long_parquet(rows: list[Row], folder: Path) -> Path:
    path = folder / "long.parquet"
    columns = {name: [_cells(row)[name] for row in rows] for name in COLUMNS}
    kinds = [(name, pa.string()) for name in COLUMNS]
    pq.write_table(pa.table(columns, pa.schema(kinds)), path)
    return path


def typed(rows: list[Row], folder: Path) -> Path:
    """The long table with numbers and timestamps, of rows that have them."""
    path = folder / "typed.parquet"
    columns: dict[str, Any] = {name: [getattr(row, name) for row in rows] for name in COLUMNS}
    columns["value"] = [float(value) for value in columns["value"]]
    columns["time"] = pa.array(
        [datetime.fromisoformat(time) for time in columns["time"]], pa.timestamp("us")
    )
    pq.write_table(pa.table(columns), path)
    return path


def omop(rows: list[Row], folder: Path) -> Path:
    inner = folder / "cdm"
    inner.mkdir()
    with (inner / "PERSON.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(("person_id", "gender_concept_id", "year_of_birth", "month_of_birth",
                      "day_of_birth", "birth_datetime"))  # fmt: skip
        for patient in sorted({row.patient for row in rows} - {""}):
            out.writerow((patient, "8507", "", "", "", ""))
    with (inner / "MEASUREMENT.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(MEASUREMENT)
        operators = {"<": "4171756", ">": "4172704"}
        for row in rows:
            code = LOINC[row.concept] or row.concept
            sign = row.value[:1] if row.value[:1] in operators else ""
            out.writerow((row.patient, "0", code, row.value.removeprefix(sign), row.unit, "0",
                          row.time[:10], row.time, operators.get(sign, "0")))  # fmt: skip
    return inner


Writer = Callable[[list[Row], Path], Path]
ONE: Mapping[str, Writer] = {"person": person, "person_json": person_json}
MANY: Mapping[str, Writer] = {
    "bundle": bundle,
    "ndjson": ndjson,
    "fhir_folder": fhir_folder,
    "long_csv": long_csv,
    "long_parquet": long_parquet,
    "omop": omop,
}
