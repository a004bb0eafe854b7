"""Made-up registries of any size as one long Parquet file: the same rows for the same size."""

from __future__ import annotations

from pathlib import Path

# Concept, unit, and the value as SQL over u, a number between 0 and 1.
_LABS = (
    ("bilirubin", "mg/dL", "round(0.3 + 18 * u * u, 1)"),
    ("inr", "1", "round(0.9 + 2.4 * u * u, 2)"),
    ("sodium", "mmol/L", "round(122 + 22 * u)"),
    ("albumin", "g/dL", "round(1.6 + 2.8 * u, 1)"),
    ("platelets", "10*9/L", "round(25 + 230 * u)"),
    ("ast", "U/L", "round(18 + 240 * u * u)"),
    ("alt", "U/L", "round(12 + 200 * u * u)"),
    ("wbc", "10*9/L", "round(2 + 16 * u, 1)"),
    ("map", "mm[Hg]", "round(55 + 50 * u)"),
    ("urea", "mmol/L", "round(3 + 25 * u, 1)"),
)
_TEXTS = (
    ("cirrhosis", "CASE WHEN u < 0.9 THEN 'present' ELSE 'absent' END"),
    ("ascites", "CASE WHEN u < 0.5 THEN 'present' ELSE 'absent' END"),
    ("procedure_list_complete", "CASE WHEN u < 0.9 THEN 'present' END"),
    ("sex", "CASE WHEN u < 0.5 THEN 'female' ELSE 'male' END"),
)
_PATIENT = "'p' || lpad(CAST(i AS VARCHAR), 8, '0')"
_U = "(hash({}) % 1000003) / 1000003.0"
_START = "TIMESTAMP '2025-01-01' + to_hours(CAST(hash(i) % 4000 + {} AS BIGINT))"


def creatinines(path: Path, *, patients: int, each: int) -> int:
    """Writes creatinines only, 18 hours apart, in no order; returns the rows."""
    return _write(path, patients, f"{_creatinines(each)} ORDER BY hash(patient, time)")


def registry(path: Path, *, patients: int) -> int:
    """Writes 20 rows a patient: 6 creatinines, 10 other measurements, sex and conditions."""
    parts = [_creatinines(6)]
    parts += [
        f"SELECT {_PATIENT}, '{name}', {value}, '{unit}', {_START.format(70)}, NULL "
        f"FROM (SELECT i, {_U.format(f'i, {name!r}')} AS u FROM people)"
        for name, unit, value in _LABS
    ]
    parts += [
        f"SELECT {_PATIENT}, '{name}', NULL, NULL, NULL, {value} "
        f"FROM (SELECT i, {_U.format(f'i, {name!r}')} AS u FROM people)"
        for name, value in _TEXTS
    ]
    return _write(path, patients, " UNION ALL ".join(parts))


def _creatinines(each: int) -> str:
    base, walk = _U.format("i"), _U.format("i, d, 'c'")
    return (
        f"SELECT {_PATIENT} AS patient, 'creatinine' AS concept, "
        f"round(0.6 + 2.2 * {base} * {base} + 1.3 * {walk} * {walk}, 2) AS value, "
        f"'mg/dL' AS unit, {_START.format('d * 18')} AS time, CAST(NULL AS VARCHAR) AS text "
        f"FROM people, range({each}) AS days(d)"
    )


def _write(path: Path, patients: int, query: str) -> int:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET memory_limit = '2GB'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute(
        f"CREATE VIEW people AS SELECT CAST(range AS BIGINT) AS i FROM range({patients})"
    )
    target = str(path).replace("'", "''")
    connection.execute(f"COPY ({query}) TO '{target}' (FORMAT parquet)")
    found = connection.execute(f"SELECT count(*) FROM read_parquet('{target}')").fetchone()
    assert found is not None
    return int(found[0])
