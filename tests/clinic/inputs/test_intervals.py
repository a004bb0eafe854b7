"""A measurement with a beginning counts at its end, in every format, and only urine keeps both."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.clinic.cohort.registry import read as table

from hepatica.clinic.bedside import Bedside
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.read import read
from hepatica.clinic.observations import Observations

COLUMNS = ("patient", "concept", "value", "unit", "time", "start", "text")
OLD = ("p", "creatinine", "1.0", "mg/dL", "2026-03-01T08:00", "", "")
NEW = ("p", "creatinine", "3.0", "mg/dL", "2026-03-02T08:00", "2026-03-02T07:00", "")
OPEN = ("p", "creatinine", "3.0", "mg/dL", "", "2026-03-02T07:00", "")

Row = tuple[str, ...]


def csv(rows: list[Row], folder: Path) -> Path:
    path = folder / "given.csv"
    path.write_text("\n".join(",".join(row) for row in [COLUMNS, *rows]) + "\n")
    return path


def person(rows: list[Row], folder: Path) -> Path:
    path = folder / "p.json"
    told = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    kept = [{key: cell for key, cell in row.items() if cell and key != "patient"} for row in told]
    path.write_text(json.dumps({"id": "p", "observations": kept}))
    return path


def observed(shape: Any, rows: list[Row], folder: Path) -> Observations:
    return read(shape(rows, folder))


def creatinine(found: Observations) -> float | None:
    engine = Bedside()
    engine.load(found.rows, unread=found.unread)
    (row,) = [r for r in engine.rows("latest_values") if r["concept"] == "creatinine"]
    return row["micro"] and row["micro"] / 88_400_000


@pytest.mark.parametrize("shape", [csv, person])
def test_the_last_value_may_have_a_beginning(shape: Any, tmp_path: Path) -> None:
    found = observed(shape, [OLD, NEW], tmp_path)
    assert not found.report.refused
    assert creatinine(found) == 3.0
    assert [row.start for row in found.rows] == [None, None]


def test_in_a_registry_too(tmp_path: Path) -> None:
    cohort(csv([OLD, NEW], tmp_path), tmp_path / "out.parquet", concepts=["creatinine"])
    (row,) = table(tmp_path / "out.parquet")
    assert row["creatinine (umol/L)"] == pytest.approx(265.2)


@pytest.mark.parametrize("shape", [csv, person])
def test_without_an_end_it_is_refused_and_an_older_value_is_overtaken(
    shape: Any, tmp_path: Path
) -> None:
    found = observed(shape, [OLD, OPEN], tmp_path)
    (refused,) = found.report.refused
    assert refused.reason == "a measurement counts when it ends: give that time"
    (unread,) = found.unread
    assert (unread.concept, unread.time) == ("creatinine", datetime(2026, 3, 2, 7))


@pytest.mark.parametrize("shape", [csv, person])
def test_values_that_end_at_one_time_disagree(shape: Any, tmp_path: Path) -> None:
    other = ("p", "creatinine", "2.0", "mg/dL", NEW[4], "2026-03-02T06:00", "")
    found = observed(shape, [NEW, other], tmp_path)
    assert any("different values of" in note for note in found.report.notes)
    assert creatinine(found) is None


@pytest.mark.parametrize("shape", [csv, person])
def test_a_urine_volume_keeps_its_interval(shape: Any, tmp_path: Path) -> None:
    urine = ("p", "urine_output", "200", "mL", "2026-03-02T14:00", "2026-03-02T08:00", "")
    (row,) = observed(shape, [urine], tmp_path).rows
    assert row.start == datetime(2026, 3, 2, 8)


ENDS = {
    "the day itself": ("2026-03-01T07:00", "2026-03-01", "03-01 07:00"),
    "with an offset": ("2026-03-01T07:00+01:00", "2026-03-01", "03-01 07:00"),
    "a day later": ("2026-03-01T07:00", "2026-03-02", "03-02 00:00"),
    "a day before": ("2026-03-01T07:00", "2026-02-28", None),
    "an hour before": ("2026-03-01T07:00", "2026-03-01T06:00", None),
}  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("concept", ["terlipressin", "shock"])
def test_an_end_by_date_is_some_time_of_that_day(concept: str, name: str, tmp_path: Path) -> None:
    """It is not before a start of the same day; both ways of reading say so."""
    start, end, kept = ENDS[name]
    row = ("p", concept, "", "", end, start, "present" if concept != "terlipressin" else "")
    zone = "+01:00" if name == "with an offset" else ""
    lab = (*OLD[:4], "2026-03-01T08:00" + zone, "", "")
    shapes = [observed(csv, [lab, row], tmp_path)]
    if concept == "terlipressin":
        path = tmp_path / "p.json"
        drug = {"name": concept, "start": start, "end": end}
        values = [{"at": lab[4], "creatinine": "1.0 mg/dL"}]
        path.write_text(json.dumps({"id": "p", "observations": values, "drugs": [drug]}))
        shapes.append(read(path))
    for found in shapes:
        times = [f"{r.time:%m-%d %H:%M}" for r in found.rows if r.concept == concept]
        assert times == ([] if kept is None else [kept])
        assert len(found.report.refused) == (kept is None)
