"""A file of one kind is known by its statistics alone, and read as the way of texts reads it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from hepatica.clinic.cohort import typed
from hepatica.clinic.cohort.one_kind import one_kind
from hepatica.clinic.inputs import long
from hepatica.clinic.registry import Registry

NAMES = {key: key for key in ("patient", "concept", "value", "unit", "time")}
TIMES = [datetime(2026, 3, 1, 8), datetime(2026, 3, 2, 8), datetime(2026, 3, 3, 8)]


def written(path: Path, changed: dict[str, Any], **options: Any) -> Path:
    columns: dict[str, Any] = {
        "patient": ["b", "a", "b"],
        "concept": ["creatinine"] * 3,
        "value": [1.0, 1.3, 2.0],
        "unit": ["mg/dL"] * 3,
        "time": pa.array(TIMES, pa.timestamp("us")),
    }
    parquet.write_table(pa.table(columns | changed), path, **options)
    return path


def test_the_words_and_the_rows_are_said_by_the_file(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", {}, row_group_size=1)
    found = one_kind(path, NAMES)
    assert found is not None
    assert (found.word, found.unit, found.rows) == ("creatinine", "mg/dL", 3)


@pytest.mark.parametrize(
    "changed",
    [
        {"concept": ["creatinine", "creatinine", "urea"]},
        {"concept": ["creatinine", "creatinine", None]},
        {"unit": ["mg/dL", "umol/L", "mg/dL"]},
        {"unit": [None, None, None]},
        {"concept": ["c" * 40] * 3},
        {"patient": ["b", None, "b"]},
        {"patient": ["b", "", "b"]},
        {"patient": ["b", "  ", "b"]},
        {"value": [1, 2, 3]},
        {"time": pa.array(TIMES, pa.timestamp("ms"))},
        {"start": pa.array(TIMES, pa.timestamp("us"))},
    ],
)
def test_anything_else_goes_the_common_way(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = written(tmp_path / "rows.parquet", changed, row_group_size=1)
    assert one_kind(path, NAMES | {key: key for key in changed}) is None


def test_no_statistics_no_knowledge(tmp_path: Path) -> None:
    assert one_kind(written(tmp_path / "rows.parquet", {}, write_statistics=False), NAMES) is None


META = pa.array([{"unit": "furlong", "concept": "urea", "patient": ""}] * 3)


def test_a_column_of_columns_before_shifts_none(tmp_path: Path) -> None:
    """Each column is looked up by its whole name, and not by the place that it has in Arrow."""
    columns = parquet.read_table(written(tmp_path / "plain.parquet", {})).to_pydict()
    columns["time"] = pa.array(TIMES, pa.timestamp("us"))
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.table({"meta": META} | columns), path)
    found = one_kind(path, NAMES | {"meta": "meta"})
    assert found is not None
    assert (found.word, found.unit) == ("creatinine", "mg/dL")
    parquet.write_table(pa.table({"meta": META} | columns | {"patient": ["b", "", "b"]}), path)
    assert one_kind(path, NAMES | {"meta": "meta"}) is None


@pytest.mark.parametrize("name", ["concept", "unit"])
def test_a_column_of_columns_is_no_word(name: str, tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet", {name: pa.array([{name: "creatinine"}] * 3)})
    assert one_kind(path, NAMES) is None


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"value": [1.0, None, 2.0]},
        {"value": [1.0, float("nan"), 900.0]},
        {"value": [1.0, 1.23456789, 1e12]},
        {"time": pa.array([TIMES[0], None, None], pa.timestamp("us"))},
        {"time": pa.array([datetime(1850, 1, 1), datetime(1900, 1, 1), datetime(2200, 1, 1)],
                          pa.timestamp("us"))},
        {"patient": ["b", "b", "b"], "value": [1.0] * 3, "time": pa.array([TIMES[0]] * 3)},
        {"unit": ["furlong"] * 3},
    ],
)  # fmt: skip
def test_it_is_read_as_texts_are(tmp_path: Path, changed: dict[str, Any]) -> None:
    path = written(tmp_path / "rows.parquet", changed)
    assert one_kind(path, NAMES) is not None
    found = []
    for load in (typed.load, long.load):
        registry = Registry()
        report = load(registry, path)
        rows = registry.connection.execute(
            "SELECT patient, concept, value, unit, micro, time FROM observations ORDER BY ALL"
        ).fetchall()
        refused = sorted((r.concept, r.unit or "", r.reason, r.count) for r in report.refused)
        found.append((rows, report.read, report.duplicates, refused, report.unmapped))
    assert found[0] == found[1]
