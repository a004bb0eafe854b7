"""A file of one kind is read while the database opens, and nothing else changes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet
from tests.clinic.cohort.registry import read

from hepatica.clinic.cohort.ahead import Ahead
from hepatica.clinic.cohort.run import cohort
from hepatica.errors import InputError


def written(path: Path, **changed: Any) -> Path:
    columns: dict[str, Any] = {
        "patient": ["b", "a", "b"],
        "concept": ["creatinine"] * 3,
        "value": [1.0, 1.3, 2.0],
        "unit": ["mg/dL"] * 3,
        "time": pa.array([0, 10**9, 2 * 10**9], pa.timestamp("us")),
    }
    parquet.write_table(pa.table(columns | changed), path)
    return path


def test_the_rows_are_handed_out_once(tmp_path: Path) -> None:
    path = written(tmp_path / "rows.parquet")
    with closing(Ahead(path, 3)) as ahead:
        found = ahead.taken(path)
        assert found is not None
        single, table = found
        assert (single.word, single.unit, single.rows) == ("creatinine", "mg/dL", 3)
        assert table["value"].to_pylist() == [1.0, 1.3, 2.0]
        assert ahead.taken(path) is None


@pytest.mark.parametrize(
    ("changed", "most"), [({}, 2), ({"concept": ["creatinine", "inr", "inr"]}, 3)]
)
def test_nothing_is_read_that_is_not_needed_at_once(
    changed: dict[str, Any], most: int, tmp_path: Path
) -> None:
    """More rows than are computed at a time, or rows of several kinds."""
    path = written(tmp_path / "rows.parquet", **changed)
    with closing(Ahead(path, most)) as ahead:
        assert ahead.taken(tmp_path / "another.parquet") is None
        assert ahead.taken(path) is None


@pytest.mark.parametrize("name", ["none.parquet", "broken.parquet", "rows.csv", "folder"])
def test_what_cannot_be_read_is_left_to_its_reader(name: str, tmp_path: Path) -> None:
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and no more")
    (tmp_path / "rows.csv").write_text("patient,concept,value,unit,time\n")
    (tmp_path / "folder").mkdir()
    with closing(Ahead(tmp_path / name, 3)) as ahead:
        assert ahead.taken(tmp_path / name) is None
    with pytest.raises(InputError):
        cohort(tmp_path / name, tmp_path / "out.parquet", concepts=["creatinine"])
    assert not (tmp_path / "out.parquet").exists()


def test_a_cohort_is_the_same_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path / "rows.parquet")
    cohort(path, tmp_path / "with.parquet", concepts=["kdigo_creatinine"], per="time")
    monkeypatch.setattr(Ahead, "taken", lambda self, path: None)
    cohort(path, tmp_path / "without.parquet", concepts=["kdigo_creatinine"], per="time")
    assert read(tmp_path / "with.parquet") == read(tmp_path / "without.parquet") != []
