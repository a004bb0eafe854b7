"""One reading of times and numbers, whether rows are checked one by one or in DuckDB."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from tests.clinic.cohort.registry import read

from hepatica.clinic.accept import accept
from hepatica.clinic.inputs import long
from hepatica.clinic.observations import Raw, Report
from hepatica.clinic.registry import Registry

EIGHT = datetime(2026, 3, 4, 8)
TIMES = {
    "2026-03-04T08:00": EIGHT,
    "2026-03-04 08:00": EIGHT,
    "2026-03-04t08:00:00z": EIGHT,
    "2026-03-04T08:00:00.000Z": EIGHT,
    " 2026-03-04T08:00 ": EIGHT,
    "2026-03-04T08:00:30": EIGHT.replace(second=30),
    "2026-03-04T08:00:00.123456789": EIGHT.replace(microsecond=123456),
    "2026-03-04T08:00:00.9999999": EIGHT.replace(microsecond=999999),
    "2026-03-04T08:00+01": EIGHT,
    "2026-03-04T08:00+0100": EIGHT,
    "2026-03-04 08:00:00-05:00": EIGHT,
    "2026-03-04T08:00+14:00": EIGHT,
    "2026-03-04": EIGHT.replace(hour=0),
    " 2026-03-04 ": EIGHT.replace(hour=0),
    "\t2026-03-04": EIGHT.replace(hour=0),
    "": None,
    "null": None,
}
NO_TIMES = (
    "2026-03-04 08:00:00 Europe/Berlin", "2026-03-04 08:00 UTC", "2026-03-04 08:00 AM",
    "epoch", "infinity", "now", "today", "2026/03/04 08:00", "2026/03/04", "2026-3-4 8:00",
    "2026-03-04T24:00", "2026-03-04T08:60", "2026-03-04T08:00:60", "20260304T0800", "20260304",
    "2026-W10-3", "2026-03-04T08", "2026-03-04T8:00", "2026-03-04T08:00:00,5",
    "2026-03-04T08:00+25:00", "2026-03-04T08:00-99:99", "2026-03-04T08:00+14:30", "2026-02-30",
    "2026-02-30T08:00", "2026-03-04T08:00 +01:00", "2026-03-04  08:00", "2026-03-04T",
    "2026-03-04x08:00", "04.03.2026", "03/04/2026", "2026-03-04 (BC)", "yesterday",
)  # fmt: skip
HEAD = ("patient", "concept", "value", "unit", "time")


def both(value: str, time: str, folder: Path) -> tuple[list[object], list[Report]]:
    """Times and values as they are taken one by one and in DuckDB, and the reports."""
    raw = Raw(patient="p", concept="creatinine", value=value, unit="mg/dL", time=time)
    single = accept([raw])
    with (folder / "x.csv").open("w", newline="") as file:
        csv.writer(file).writerows([HEAD, ("p", "creatinine", value, "mg/dL", time)])
    registry = Registry()
    report = long.load(registry, folder / "x.csv")
    found = registry.connection.execute("SELECT time, micro FROM observations").fetchall()
    return [[(row.time, row.micro) for row in single.rows], found], [single.report, report]


@pytest.mark.parametrize("text", TIMES)
def test_a_time_reads_the_same_everywhere(text: str, tmp_path: Path) -> None:
    found, reports = both("1.0", text, tmp_path)
    assert found == [[(TIMES[text], 88_400_000)]] * 2
    assert len({tuple(report.notes) for report in reports}) == 1


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_everywhere(text: str, tmp_path: Path) -> None:
    found, reports = both("1.0", text, tmp_path)
    assert found == [[], []]
    for report in reports:
        (refused,) = report.refused
        assert "is not a time: expected 2026-03-04T08:00 or 2026-03-04" in refused.reason
        assert report.notes == []


@pytest.mark.parametrize("text", ["1_0", "1_000.5", "1__0", "_1"])
def test_an_underscore_is_no_part_of_a_number(text: str, tmp_path: Path) -> None:
    found, reports = both(text, "2026-03-04T08:00", tmp_path)
    assert found == [[], []]
    assert all("not a number" in report.refused[0].reason for report in reports)


ZONED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
import pyarrow as pa
from pyarrow import parquet
from hepatica.clinic.cohort.run import cohort
folder = Path(sys.argv[1])
times = [datetime(2026, 3, 1, 23, tzinfo=UTC), datetime(2026, 3, 2, 3, tzinfo=UTC)]
parquet.write_table(pa.table({
    "patient": ["p", "p"], "concept": ["creatinine"] * 2, "value": [1.0, 1.3],
    "unit": ["mg/dL"] * 2, "time": pa.array(times, pa.timestamp("us", "UTC")),
}), folder / "given.parquet")
found = cohort(folder / "given.parquet", folder / "out.parquet", concepts=["creatinine"], per="day")
print(*found.report.notes)
"""


def test_zoned_times_of_parquet_do_not_follow_the_machine(tmp_path: Path) -> None:
    """Days and the clock are those of UTC, wherever the file is read."""
    said = subprocess.run(
        [sys.executable, "-c", ZONED, str(tmp_path)],
        env=os.environ | {"TZ": "America/New_York"},
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert said.strip() == "times are on the clock UTC+00:00"
    assert [str(row["time"]) for row in read(tmp_path / "out.parquet")] == [
        "2026-03-01 23:00:00",
        "2026-03-02 03:00:00",
    ]
