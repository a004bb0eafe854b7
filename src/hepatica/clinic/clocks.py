"""The clock of each patient in DuckDB: the rules of `times.py`, for more than fits in Python."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hepatica.clinic.inputs.table import text
from hepatica.clinic.times import BLANKS, NOTHING, OFFSET, WRITTEN, name

_OFFSET = rf"({OFFSET})$"

# One row for each patient with an offset anywhere; without `seconds`, times with one are refused.
_CLOCKS = """
CREATE OR REPLACE TEMP TABLE clocks AS
WITH written AS (
  SELECT patient, time AS w FROM {raw} UNION ALL SELECT patient, start FROM {raw}
), parsed AS (
  SELECT patient, {own} AS seconds, {bare} AS moment FROM written WHERE length(w) > 10
    AND {is_time}
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
    run(_CLOCKS.format(raw=raw, own=_own("w"), bare=_bare("w"), is_time=is_time("w")))


def written(column: str) -> str:
    """SQL for a written time without blanks around it; NULL where nothing is written."""
    bare = f"trim({column}, {text(BLANKS)})"
    return f"CASE WHEN lower({bare}) NOT IN {NOTHING} THEN {bare} END"


def is_time(column: str) -> str:
    """SQL for whether a text is a time by its form, or empty; the day may still not exist."""
    return f"coalesce(regexp_full_match({column}, '{WRITTEN}'), TRUE)"


def has_offset(column: str) -> str:
    """SQL for whether a written time has an offset; NULL where there is none."""
    return f"(length({column}) > 10 AND regexp_matches({column}, '{_OFFSET}'))"


def moment(column: str) -> str:
    """SQL for a written time on its patient's clock, joined as `clocks`."""
    return (
        f"CASE WHEN NOT {is_time(column)} THEN NULL WHEN {has_offset(column)} "
        f"THEN {_bare(column)} + to_seconds(coalesce(clocks.seconds, 0) - {_own(column)}) "
        f"ELSE TRY_CAST(upper({column}) AS TIMESTAMP) END"
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
    """SQL for a written time, of more than a date, without its offset."""
    return f"TRY_CAST(upper(regexp_replace({column}, '{_OFFSET}', '')) AS TIMESTAMP)"


def _own(column: str) -> str:
    """SQL for a written time's own offset in seconds; NULL where it has none."""
    part = f"replace(regexp_extract({column}, '{_OFFSET}', 1), ':', '')"
    return (
        f"CASE WHEN {part} = '' THEN NULL WHEN {part} IN ('Z', 'z') THEN 0 ELSE "
        f"(CASE WHEN {part}[1] = '-' THEN -1 ELSE 1 END) "
        f"* (CAST({part}[2:3] AS BIGINT) * 3600 "
        f"+ coalesce(TRY_CAST({part}[4:5] AS BIGINT), 0) * 60) END"
    )
