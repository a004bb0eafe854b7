"""The clock of each patient in DuckDB: the rules of `times.py`, for more than fits in Python."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hepatica.clinic.times import name

_OFFSET = r"([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$"

# One row for each patient with an offset anywhere; without `seconds`, times with one are refused.
_CLOCKS = """
CREATE OR REPLACE TEMP TABLE clocks AS
WITH written AS (
  SELECT patient, time AS w FROM {raw} UNION ALL SELECT patient, start FROM {raw}
), parsed AS (
  SELECT patient, {own} AS seconds, {bare} AS moment FROM written WHERE length(w) > 10
), counted AS (
  SELECT patient, seconds, count(*) AS n, min(moment - to_seconds(coalesce(seconds, 0))) AS first
  FROM parsed
  WHERE moment >= TIMESTAMP '1900-01-01' AND moment < TIMESTAMP '2200-01-01'
  GROUP BY patient, seconds
), ranked AS (
  SELECT patient, seconds,
    sum(n) OVER (PARTITION BY patient) AS offsets,
    row_number() OVER (PARTITION BY patient ORDER BY n DESC, first, seconds) AS place
  FROM counted WHERE seconds IS NOT NULL
), bare AS (SELECT patient, n FROM counted WHERE seconds IS NULL)
SELECT ranked.patient, CASE WHEN coalesce(bare.n, 0) <= offsets THEN ranked.seconds END AS seconds
FROM ranked LEFT JOIN bare ON ranked.patient = bare.patient WHERE place = 1
"""


def make(connection: Any, raw: str) -> None:
    """Fills `clocks` (patient, seconds) from the times of a raw table."""
    run = connection.execute
    some = run(
        f"SELECT 1 FROM {raw} WHERE {has_offset('time')} OR {has_offset('start')} LIMIT 1"
    ).fetchone()
    if some is None:
        run("CREATE OR REPLACE TEMP TABLE clocks (patient VARCHAR, seconds BIGINT)")
        return
    run(_CLOCKS.format(raw=raw, own=_own("w"), bare=_bare("w")))


def has_offset(column: str) -> str:
    """SQL for whether a written time has an offset; NULL where there is none."""
    return f"(length({column}) > 10 AND regexp_matches({column}, '{_OFFSET}'))"


def moment(column: str) -> str:
    """SQL for a written time on its patient's clock, joined as `clocks`."""
    return (
        f"CASE WHEN {has_offset(column)} THEN {_bare(column)} "
        f"+ to_seconds(coalesce(clocks.seconds, 0) - {_own(column)}) "
        f"ELSE TRY_CAST({column} AS TIMESTAMP) END"
    )


def mixed(column: str) -> str:
    """SQL for why a written time is of the other kind than its patient's clock; NULL if it is not.

    `clocks.patient` is NULL for a patient without any offset.
    """
    return (
        f"CASE WHEN clocks.patient IS NULL OR coalesce(length({column}), 0) <= 10 THEN NULL "
        f"WHEN clocks.seconds IS NOT NULL AND NOT {has_offset(column)} "
        "THEN 'the time has no offset, but other times of this patient do' "
        f"WHEN clocks.seconds IS NULL AND {has_offset(column)} "
        "THEN 'the time has an offset, but other times of this patient do not' END"
    )


def notes(connection: Any) -> list[str]:
    """On which clocks the accepted times stand; `checked` is the table of checked rows."""
    run = connection.execute
    found = run(
        "SELECT seconds, count(*) FROM clocks WHERE seconds IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    patients = run("SELECT count(DISTINCT patient) FROM checked").fetchone()[0]
    on = [
        f"times are on the clock {name(timedelta(seconds=seconds))}"
        if patients == 1
        else f"{count} patients have their times on the clock {name(timedelta(seconds=seconds))}"
        for seconds, count in found
    ]
    if not found:
        return on
    moved = run(
        f"SELECT count(*) FROM (SELECT patient, time AS w FROM checked WHERE reason IS NULL "
        f"UNION ALL SELECT patient, start FROM checked WHERE reason IS NULL) AS written "
        f"JOIN clocks ON written.patient = clocks.patient "
        f"WHERE {has_offset('w')} AND {_own('w')} <> clocks.seconds"
    ).fetchone()[0]
    if moved:
        on.append(f"{moved} times were written at another offset and put on the patient's clock")
    return on


def _bare(column: str) -> str:
    return f"TRY_CAST(regexp_replace({column}, '{_OFFSET}', '') AS TIMESTAMP)"


def _own(column: str) -> str:
    """SQL for a written time's own offset in seconds; NULL where it has none."""
    part = f"replace(regexp_extract({column}, '{_OFFSET}', 1), ':', '')"
    return (
        f"CASE WHEN {part} = '' THEN NULL WHEN {part} IN ('Z', 'z') THEN 0 ELSE "
        f"(CASE WHEN {part}[1] = '-' THEN -1 ELSE 1 END) "
        f"* (CAST({part}[2:3] AS BIGINT) * 3600 "
        f"+ coalesce(TRY_CAST({part}[4:5] AS BIGINT), 0) * 60) END"
    )
