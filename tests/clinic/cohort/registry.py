"""Registries for the tests, and the path of one patient at a time to hold them against."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from hepatica.clinic.assess.asof import known_at, moment_of
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.bulk import insert
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.definition import definition
from hepatica.clinic.observations import Observation, Unread
from hepatica.clinic.parameters import settings
from hepatica.clinic.records import names
from hepatica.clinic.registry import Registry
from hepatica.clinic.scores import scores
from hepatica.clinic.times import moment
from hepatica.clinic.wide import criteria_of, doses, score_order, statement, wide

ORIGIN = datetime(2026, 1, 1)


def write(rows: Iterable[Observation], path: Path) -> Path:
    """The observations as a long CSV."""
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["patient", "concept", "value", "unit", "time", "start", "text"])
        for row in rows:
            value = "" if row.value is None else f"{row.value:f}"
            times = [t.isoformat(sep=" ") if t else "" for t in (row.time, row.start)]
            out.writerow([row.patient, row.concept, value, row.unit or "", *times, row.text or ""])
    return path


def read(path: Path) -> list[dict[str, Any]]:
    cursor = duckdb.connect().execute(f"SELECT * FROM '{path}'")
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def alone(rows: list[Observation], plan: Plan, engine: Bedside) -> Mapping[str, Any]:
    """One patient's columns of a plan by the path for one patient, as `assess` takes it."""
    at = moment_of(row for row in rows if row.concept != "birth")
    engine.load(rows if at is None else known_at(rows, at), at=at)
    answers = scores(engine, plan.scores) if plan.scores else {}
    found: dict[str, Any] = {}
    rows_of = cache(engine.rows)
    for column in plan.columns:
        if column.kind == "score":
            result = answers[rows[0].patient][column.table.removeprefix("score_")]
            found[column.name] = result.outputs[column.source]
        elif column.table != "wide":
            # No row for a patient is a NULL in the registry's table.
            row = next(iter(rows_of(column.table)), {})
            value = row.get(column.source)
            found[column.name] = moment(value) if column.kind == "time" and row else value
    return found


def eicu(shared: Path, path: Path) -> Path:
    """The creatinines of the eICU demo as a long CSV."""
    source = shared / "data/clinic/eicu_demo/lab.csv"
    with source.open() as file, path.open("w", newline="") as target:
        out = csv.writer(target)
        out.writerow(["patient", "concept", "value", "unit", "time"])
        for row in csv.DictReader(file):
            if row["labname"] == "creatinine" and row["labresult"]:
                time = ORIGIN + timedelta(minutes=int(row["labresultoffset"]))
                out.writerow([row["patientunitstayid"], "creatinine", row["labresult"], "mg/dL",
                              time.isoformat(sep=" ")])  # fmt: skip
    return path


def toy(shared: Path, path: Path) -> Path:
    """The toy data of akiFlagger as a long CSV."""
    source = shared / "data/clinic/akiflagger/toy.csv"
    with source.open() as file, path.open("w", newline="") as target:
        out = csv.writer(target)
        out.writerow(["patient", "concept", "value", "unit", "time"])
        for row in csv.DictReader(file):
            out.writerow([row["mrn"], "creatinine", row["creat"], "mg/dL", row["time"]])
    return path


def by_queries(
    registry: Registry, parameters: Mapping[str, Any] | None = None
) -> dict[str, dict[str, dict[str, Any]]]:
    """Every score of every patient by the queries for many."""
    run = registry.connection.execute
    chosen = score_order(names("scores"))
    registry.compute(*criteria_of(chosen))
    run(f"CREATE OR REPLACE TEMP TABLE wide AS {wide()}")
    run(f"CREATE OR REPLACE TEMP TABLE dose AS {doses()}")
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in chosen:
        query = statement(name, settings(definition(name), parameters or {}))
        run(f'CREATE OR REPLACE TEMP TABLE "score_{name}" AS {query}')
        cursor = run(f'SELECT * FROM "score_{name}"')
        columns = [column[0] for column in cursor.description]
        for row in cursor.fetchall():
            found.setdefault(row[0], {})[name] = dict(zip(columns[1:], row[1:], strict=True))
    return found


def filled(
    rows: Sequence[Observation],
    asked: Sequence[tuple[str, datetime | None, datetime | None]] = (),
    unread: Sequence[Unread] = (),
) -> Registry:
    """A registry of these rows; `asked` has patient, time of asking and endpoint."""
    found = Registry()
    found.tables()
    insert(
        found.connection,
        "observations",
        [
            (number, r.patient, r.concept, None if r.value is None else float(r.value), r.unit,
             r.micro, r.time, r.start, r.text)
            for number, r in enumerate(rows)
        ],
    )  # fmt: skip
    insert(found.connection, "asked", list(asked))
    insert(found.connection, "unread", [(u.patient, u.concept, u.time) for u in unread])
    return found
