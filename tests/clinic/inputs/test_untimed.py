"""A value without a time beside others that have one: it may be the newest, in every format."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.clinic.cohort.registry import read as table
from tests.clinic.inputs.fhir import PATIENT, bundle, load, observation
from tests.clinic.inputs.formats import MANY, ONE, Row

from hepatica.clinic.assess.gather import gather
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.read import read
from hepatica.clinic.untimed import REASON

TIMED = Row("1.1", time="2026-03-02T08:00")
LATER = datetime(2026, 3, 2, 12)
FORMATS = ONE | MANY


@pytest.mark.parametrize("key", FORMATS)
def test_it_is_refused_and_leaves_the_older_open(key: str, tmp_path: Path) -> None:
    path = FORMATS[key]([TIMED, Row("5.0", time="")], tmp_path)
    found = read(path)
    assert [float(row.value) for row in found.rows if row.value] == [1.1]
    assert [(row.value, row.reason) for row in found.report.refused] == [("5.0", REASON)]
    assert [(one.concept, one.time) for one in found.unread] == [("creatinine", None)]
    if key in ONE:
        return
    done = cohort(path, tmp_path / "out.parquet", concepts=["creatinine"])
    assert [(row.reason, row.count) for row in done.report.refused] == [(REASON, 1)]
    assert table(tmp_path / "out.parquet")[0]["creatinine (umol/L)"] == pytest.approx(1.1 * 88.4)


@pytest.mark.parametrize("key", FORMATS)
def test_where_no_value_has_a_time_all_are_kept(key: str, tmp_path: Path) -> None:
    path = FORMATS[key]([Row("1.1", time=""), Row("3.2", "g/dL", "", "albumin")], tmp_path)
    found = read(path)
    assert not found.report.refused
    assert len([row for row in found.rows if row.value]) == 2


def typed(folder: Path, concept: str, unit: str, values: list[float]) -> Path:
    times = pa.array([LATER, LATER, None], pa.timestamp("us"))
    rows = {"patient": ["p", "q", "p"], "concept": [concept] * 3, "value": values,
            "unit": [unit] * 3, "time": times}  # fmt: skip
    pq.write_table(pa.table(rows), folder / "typed.parquet")
    return folder / "typed.parquet"


def test_typed_columns_are_read_as_texts_are(tmp_path: Path) -> None:
    path = typed(tmp_path, "creatinine", "mg/dL", [1.0, 1.0, 5.0])
    done = cohort(path, tmp_path / "out.parquet", concepts=["creatinine"])
    assert [(row.reason, row.count) for row in done.report.refused] == [(REASON, 1)]
    assert done.report.accepted == 2


def test_what_lasts_needs_no_time(tmp_path: Path) -> None:
    path = typed(tmp_path, "weight", "kg", [80.0, 70.0, 81.0])
    assert cohort(path, tmp_path / "out.parquet", concepts=["weight"]).report.accepted == 3


def saturation(value: int, **when: Any) -> dict[str, Any]:
    return observation("59408-5", value, "%", effectiveDateTime=None, **when)


NORMAL = saturation(96) | {"effectiveDateTime": "2026-03-02T08:00:00+01:00"}
BEGUN = {"effectivePeriod": {"start": "2026-03-02T10:00:00+01:00"}}


@pytest.mark.parametrize("newer", [saturation(84), saturation(84, **BEGUN)])
def test_a_saturation_that_may_be_newer_leaves_hypoxia_open(
    newer: dict[str, Any], tmp_path: Path
) -> None:
    found = load(tmp_path, bundle(PATIENT, NORMAL, newer))
    assert len(found.report.refused) == 1
    gathered = gather(Bedside(), found.rows, at=LATER, unread=found.unread)
    assert gathered.values["hypoxia_now"] is None
    known = load(tmp_path, bundle(PATIENT, NORMAL))
    assert gather(Bedside(), known.rows, at=LATER).values["hypoxia_now"] is False


def test_a_period_without_an_end_counts_from_its_start_on(tmp_path: Path) -> None:
    found = load(tmp_path, bundle(PATIENT, NORMAL, saturation(84, **BEGUN)))
    assert [one.time for one in found.unread] == [datetime(2026, 3, 2, 10)]
    assert found.report.refused[0].reason == "a measurement counts when it ends: give that time"
