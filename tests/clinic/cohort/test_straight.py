"""Moments straight from typed Parquet: what the tables of observations give, row for row."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import pytest
from tests.clinic.cohort.registry import read
from tests.clinic.cohort.test_kdigo import brute, seconds

from hepatica.clinic import engine as engines
from hepatica.clinic.cohort import run
from hepatica.clinic.cohort.run import Cohort, cohort
from hepatica.clinic.cohort.series import without_windows
from hepatica.clinic.criterion import criteria, criterion
from hepatica.clinic.inputs import long
from hepatica.clinic.registry import Registry
from hepatica.clinic.times import moment

CONCEPTS = ["kdigo_creatinine"]
# Sound rows, each kind of row that goes the way of texts, repeated ones, and ones that conflict.
ROWS = """
SELECT * FROM (VALUES
  ('p2', 'creatinine', 1.0, 'mg/dL', TIMESTAMP '2026-03-01 08:00', NULL),
  ('p2', 'creatinine', 1.3, 'mg/dL', TIMESTAMP '2026-03-03 08:00', NULL),
  ('p2', 'creatinine', 1.3, 'mg/dL', TIMESTAMP '2026-03-03 08:00', NULL),
  ('p2', 'creatinine', 2.5, 'mg/dL', TIMESTAMP '2026-03-03 08:00', NULL),
  ('p10', 'creatinine', 90, 'umol/L', TIMESTAMP '2026-03-01 08:00', NULL),
  ('p10', 'creatinine', 116.5, 'umol/L', TIMESTAMP '2026-03-03 08:00', NULL),
  ('p10', 'Creatinine', 1.50000001, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p10', 'creatinine', 1.4, 'mg/dL', TIMESTAMP '2026-03-04 08:00:00.5', NULL),
  ('p10', 'creatinine', 1.2, 'mg/dL', TIMESTAMP '2026-03-04 08:00:00.25', NULL),
  ('p10', 'creatinine', 1.2, 'mg/dL', TIMESTAMP '1969-12-31 23:59:59.5', NULL),
  ('p10', 'creatinine', 1.7, 'mg/dL', TIMESTAMP '1970-01-01 00:00:00.5', NULL),
  ('p10', 'creatinine', 1.4, 'mg/dL', NULL, NULL),
  ('p10', 'creatinine', 900, 'mg/dL', TIMESTAMP '2026-03-05 08:00', NULL),
  ('p10', 'creatinine', 1.0, 'furlong', TIMESTAMP '2026-03-05 08:00', NULL),
  ('p10', 'creatinine', 1.0, 'mg/dL', TIMESTAMP '2250-03-05 08:00', NULL),
  ('p10', 'sodium', 140, 'mmol/L', TIMESTAMP '2026-03-05 08:00', NULL),
  ('p10', 'sodium', 141, 'mmol/L', TIMESTAMP '2026-03-05 08:00', NULL),
  ('p10', 'sex', NULL, NULL, NULL, 'female'),
  ('p3', 'sex', NULL, NULL, NULL, 'male'),
  ('p3', 'unheard of', 1.0, 'mg/dL', TIMESTAMP '2026-03-05 08:00', NULL)
) AS t(patient, concept, value, unit, time, text)
"""


def generated(seed: int) -> str:
    """Creatinines whose rises are exactly 0.30 and whose ratios are exactly 1.5, 2 and 3."""
    rng = random.Random(seed)
    rows = []
    for patient in range(300):
        at = 1_767_225_600
        for _ in range(rng.randint(1, 9)):
            value = rng.choice((60, 90, 100, 110, 120, 130, 150, 180, 200, 270, 300, 399, 400, 430))
            rows.append(
                f"('{patient * 7919 % 1000}', 'creatinine', {value / 100}, 'mg/dL', "
                f"make_timestamp({at * 10**6}), NULL)"
            )
            at += rng.choice((0, 1, 86_400, 172_800, 172_801, 604_800, 604_801))
    rng.shuffle(rows)
    names = "patient, concept, value, unit, time, text"
    return f"SELECT * FROM (VALUES {', '.join(rows)}) AS t({names})"


def parquet(rows: str, folder: Path) -> Path:
    path = folder / "given.parquet"
    duckdb.connect().execute(f"COPY ({rows}) TO '{path}'")
    return path


def ordered(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(row.values()) for row in rows), key=repr)


def told(found: Cohort) -> tuple[Any, ...]:
    report = found.report
    refused = sorted((r.concept, r.unit or "", r.reason, r.count) for r in report.refused)
    return report.read, report.accepted, report.duplicates, refused, report.unmapped, report.notes


@pytest.mark.parametrize("rows", [ROWS, generated(1), generated(2)], ids=["kinds", "one", "two"])
def test_both_ways_and_one_patient_alone(
    rows: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given, part = parquet(rows, tmp_path), 9 if rows is ROWS else 400
    fast = cohort(given, tmp_path / "fast.parquet", concepts=CONCEPTS, per="time")
    parts = cohort(given, tmp_path / "parts.parquet", concepts=CONCEPTS, per="time", part=part)
    monkeypatch.setattr(run, "straight", lambda *_: None)
    slow = cohort(given, tmp_path / "slow.parquet", concepts=CONCEPTS, per="time")
    found = read(tmp_path / "fast.parquet")
    assert len(found) > 5
    assert found == sorted(found, key=lambda row: (row["patient"], row["time"]))
    assert ordered(found) == ordered(read(tmp_path / "slow.parquet"))
    assert ordered(found) == ordered(read(tmp_path / "parts.parquet"))
    assert told(fast) == told(slow)
    assert told(parts)[:3] == told(slow)[:3]
    alone = Registry()  # its queries have the windows as the definition says them
    long.load(alone, given)
    alone.prepare()
    keys = ("patient", "t", "stage", "rise_48h", "fold", "low_48h", "reference")
    own = [tuple(row[key] for key in keys) for row in alone.rows("kdigo_creatinine")]
    mine = [(row["patient"], row["time"], *list(row.values())[3:]) for row in found]
    assert sorted(mine, key=repr) == sorted(
        ((patient, moment(t), *rest) for patient, t, *rest in own), key=repr
    )


@pytest.mark.parametrize("seed", range(3))
def test_exact_integers(seed: int, tmp_path: Path) -> None:
    given = parquet(generated(seed + 10), tmp_path)
    cohort(given, tmp_path / "out.parquet", concepts=CONCEPTS, per="time")
    series: dict[str, set[tuple[int, int]]] = {}
    rows = duckdb.sql(f"SELECT patient, value, time FROM '{given}'").fetchall()
    for patient, value, time in rows:
        series.setdefault(patient, set()).add((seconds(time), round(value * 100)))
    expected = [
        (patient, second, stage)
        for patient, samples in series.items()
        for second, stage in brute(sorted(samples))
    ]
    found = [(r["patient"], seconds(r["time"]), r["stage"]) for r in read(tmp_path / "out.parquet")]
    assert sorted(found, key=repr) == sorted(expected, key=repr)


def test_the_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    tables = []
    for order in ("patient, time, value", "hash(patient, time, value)"):
        given = parquet(f"SELECT * FROM ({generated(5)}) ORDER BY {order}", tmp_path)
        cohort(given, tmp_path / "out.parquet", concepts=CONCEPTS, per="time")
        tables.append(read(tmp_path / "out.parquet"))
    assert tables[0] == tables[1]


def test_nobody_with_a_creatinine(tmp_path: Path) -> None:
    given = parquet(f"SELECT * FROM ({ROWS}) WHERE concept = 'sodium'", tmp_path)
    cohort(given, tmp_path / "out.parquet", concepts=CONCEPTS, per="time")
    assert read(tmp_path / "out.parquet") == []


def test_queries_over_series() -> None:
    """The lowest values stand where the windows stood; all else is the definition's own words."""
    found = {item.id: without_windows(engines.sql(item)) for item in criteria()}
    assert [name for name, each in found.items() if each.spans] == ["ica_path", "kdigo_creatinine"]
    assert found["kdigo_creatinine"].spans == {"creatinine": (172_800, 604_800)}
    assert found["kdigo_creatinine"].row_by_row
    assert "JOIN" not in found["kdigo_creatinine"].query
    assert not found["ica_path"].row_by_row
    known = without_windows(engines.sql(criterion("kdigo_creatinine"), {"baseline": "known"}))
    assert known.spans == found["kdigo_creatinine"].spans
    assert not known.row_by_row  # it looks up the baseline
    assert "LEFT JOIN ica_baseline" in known.query


@pytest.mark.parametrize(
    "query",
    [
        "SELECT max(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN 5 PRECEDING AND "
        "1 PRECEDING) AS low FROM obs WHERE concept = 'creatinine' AND t IS NOT NULL",
        "SELECT min(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN 5 PRECEDING AND "
        "CURRENT ROW) AS low FROM obs WHERE concept = 'creatinine' AND t IS NOT NULL",
        "SELECT min(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN 5 PRECEDING AND "
        "1 PRECEDING) AS low FROM obs WHERE concept = 'creatinine'",
        "SELECT min(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN 5 PRECEDING AND "
        "1 PRECEDING) AS low FROM known WHERE concept = 'creatinine' AND t IS NOT NULL",
    ],
)
def test_other_windows_stay(query: str) -> None:
    assert without_windows(query).query == query
    assert not without_windows(query).spans
