"""The fast way takes what the way of texts takes, and refuses what it refuses."""

from __future__ import annotations

import random
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from pyarrow import parquet

from hepatica.clinic.cohort import typed
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs import long
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError

ROWS = """
SELECT * FROM (VALUES
  ('p1', 'creatinine', 1.3, 'mg/dL', TIMESTAMP '2026-03-01 08:00', NULL),
  ('p1', 'creatinine', 1.3, 'mg/dL', TIMESTAMP '2026-03-01 08:00', NULL),
  ('p1', 'creatinine', 1.4, 'mg/dL', TIMESTAMP '2026-03-01 08:00', NULL),
  ('p1', 'Creatinine', 114.92, 'umol/L', TIMESTAMP '2026-03-02 08:00', NULL),
  ('p1', 'creatinine', 1.23456789, 'mg/dL', TIMESTAMP '2026-03-03 08:00', NULL),
  ('p1', 'creatinine', 900.0, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'creatinine', 1.0, 'furlong', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'creatinine', 1.0, NULL, TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'creatinine', NULL, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'creatinine', 1.0, 'mg/dL', TIMESTAMP '1850-03-04 08:00', NULL),
  ('p1', 'creatinine', 'nan'::DOUBLE, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'creatinine', 1e12, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'albumin', 3.2, 'g/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'albumin', 32.0, 'g/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'temperature', 98.6, '[degF]', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'sodium', 140, 'mmol/L', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'bilirubin', 2.1, 'mg/dL', NULL, NULL),
  ('p1', 'terlipressin', 0.85, 'mg', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'sex', NULL, NULL, NULL, 'female'),
  ('p1', 'cirrhosis', 1.0, NULL, TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'shock', 0.0, NULL, TIMESTAMP '2026-03-04 08:00', NULL),
  ('', 'creatinine', 1.0, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('  ', 'creatinine', 1.1, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p1', 'terlipressin', 1.0, 'mg', TIMESTAMP '2026-03-05 08:00', NULL),
  ('p1', 'ascites', NULL, NULL, NULL, 'present'),
  ('p2', 'unheard of', 1.0, 'mg/dL', TIMESTAMP '2026-03-04 08:00', NULL),
  ('p2', 'urine_output', 200.0, 'mL', TIMESTAMP '2026-03-04 08:00', NULL)
) AS t(patient, concept, value, unit, time, text)
"""


def both(path: Path) -> tuple[Any, Any]:
    found = []
    for load in (typed.load, long.load):
        registry = Registry()
        report = load(registry, path)
        rows = registry.connection.execute(
            "SELECT patient, concept, value, unit, micro, time, start, text FROM observations "
            "ORDER BY ALL"
        ).fetchall()
        refused = sorted((r.concept, r.unit or "", r.reason, r.count) for r in report.refused)
        counts = (report.read, report.accepted, report.duplicates, refused, report.unmapped,
                  sorted(report.notes))  # fmt: skip
        found.append((rows, counts))
    return found[0], found[1]


def test_every_kind_of_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.connect().execute(f"COPY ({ROWS}) TO '{path}'")
    registry = Registry()
    assert typed.is_typed(registry.connection, path)
    fast, texts = both(path)
    assert fast[0] == texts[0]
    assert fast[1] == texts[1]
    assert len(fast[0]) > 10
    assert len(fast[1][3]) > 5


@pytest.mark.parametrize("seed", range(2))
def test_numbers_of_up_to_eight_decimals(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)
    units = [("creatinine", "mg/dL"), ("bilirubin", "mg/dL"), ("platelets", "10*9/L"),
             ("inr", "1"), ("urea", "mg/dL"), ("weight", "kg")]  # fmt: skip
    path = tmp_path / "rows.parquet"
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t (patient VARCHAR, concept VARCHAR, value DOUBLE, unit VARCHAR, "
        "time TIMESTAMP)"
    )
    rows = []
    for i in range(600):
        name, unit = rng.choice(units)
        value = round(rng.uniform(0, 90), rng.randint(0, 8))
        rows.append((f"p{i % 7}", name, value, unit, f"2026-01-{1 + i % 28:02} 0{i % 10}:00"))
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute(f"COPY t TO '{path}'")
    fast, texts = both(path)
    assert fast == texts


def test_a_csv_of_the_same_rows_says_the_same(tmp_path: Path) -> None:
    """A flag of 1 is present, a blank patient is none, and a dose that is not used is noted."""
    path = tmp_path / "rows.parquet"
    connection = duckdb.connect()
    connection.execute(f"COPY ({ROWS}) TO '{path}'")
    connection.execute(f"COPY ({ROWS}) TO '{tmp_path / 'rows.csv'}'")
    fast, texts = Registry(), Registry()
    reports = [typed.load(fast, path), long.load(texts, tmp_path / "rows.csv")]
    flags = [
        registry.connection.execute(
            "SELECT concept, text FROM observations WHERE concept IN ('cirrhosis', 'shock') "
            "ORDER BY ALL"
        ).fetchall()
        for registry in (fast, texts)
    ]
    assert flags[0] == flags[1] == [("cirrhosis", "present"), ("shock", "absent")]
    for report in reports:
        nobody = [r.count for r in report.refused if r.reason == "no patient is named"]
        assert sum(nobody) == 2
        assert any("doses of terlipressin in mg are not used" in note for note in report.notes)


def test_a_float_is_the_number_that_it_prints_as(tmp_path: Path) -> None:
    """1.0 and 1.3 in single precision are a rise of 0.30."""
    path = tmp_path / "rows.parquet"
    duckdb.connect().execute(
        "COPY (SELECT 'p' AS patient, 'creatinine' AS concept, v::FLOAT AS value, 'mg/dL' AS unit, "
        f"t::TIMESTAMP AS time FROM (VALUES (1.0, '2026-03-01 08:00'), (1.3, '2026-03-02 08:00')) "
        f"AS given(v, t)) TO '{path}'"
    )
    fast, texts = both(path)
    assert fast == texts
    assert [row[4] for row in fast[0]] == [88_400_000, 114_920_000]


def test_texts_are_no_typed_input(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT 'p' AS patient, 'inr' AS concept, '1.2' AS value, '1' AS unit, "
        f"'2026-01-01' AS time) TO '{path}'"
    )
    assert not typed.is_typed(Registry().connection, path)


ODD: dict[str, list[str | None]] = {
    "one": ["weigth"],
    "two": ["weigth", "heigth"],
    "none": [None, "heigth"],
}


@pytest.mark.parametrize("name", ODD)
@pytest.mark.parametrize("per", ["patient", "time"])
@pytest.mark.parametrize("part", [None, 1])
def test_words_that_no_mapping_names_are_counted(
    part: int | None, per: Any, name: str, tmp_path: Path
) -> None:
    """Where there is no other row in the table, or in a part of it, as of texts."""
    words = ODD[name]
    rows = [{"patient": f"p{i % 3}", "concept": words[i % len(words)], "value": 1.0 + i,
             "unit": "kg", "time": datetime(2026, 3, 1, i)} for i in range(6)]  # fmt: skip
    path = tmp_path / "rows.parquet"
    parquet.write_table(pa.Table.from_pylist(rows), path)
    duckdb.connect().execute(f"COPY (FROM '{path}') TO '{tmp_path / 'rows.csv'}'")
    wanted = ["kdigo_aki" if per == "patient" else "kdigo_creatinine"]
    reports = [
        cohort(given, tmp_path / "out.parquet", concepts=wanted, per=per, part=part).report
        for given in (path, path.with_suffix(".csv"))
    ]
    for report in reports:
        assert sum(code.count for code in report.unmapped) == 6
    said = [
        (r.read, r.accepted, r.duplicates, r.refused, r.notes,
         {(u.system, u.code, u.display, u.count) for u in r.unmapped}) for r in reports
    ]  # fmt: skip
    assert said[0] == said[1]
    assert parquet.read_metadata(tmp_path / "out.parquet").num_rows == 0


def test_a_table_without_rows_is_named(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    duckdb.connect().execute(f"COPY ({ROWS} LIMIT 0) TO '{path}'")
    for load in (typed.load, long.load):
        with pytest.raises(InputError, match=r"^rows\.parquet: the table is empty: it has no row"):
            load(Registry(), path)
