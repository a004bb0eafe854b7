"""Checks a table of raw rows in DuckDB: the rules of `accept`, for more rows than fit in Python.

The raw table has patient, concept, value, unit, time, start and text, all VARCHAR; `concept` is a
concept's id. The result is the table `observations` of an engine, and a report.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica.clinic import clocks, untimed
from hepatica.clinic.accept import ABSENT, FINDINGS, OPEN, PRESENT
from hepatica.clinic.concepts import Concept, concepts
from hepatica.clinic.observations import Report
from hepatica.clinic.refusals import OUTSIDE, refusals
from hepatica.clinic.times import EXPECTED, PARTIAL
from hepatica.clinic.units import MILLION, Unusable, conversion, most, per_kg, rate, to_micro
from hepatica.errors import InputError

REPEATED = "rows repeat another one exactly: counted once"
DISAGREE = "times have different values of one concept"
_PICO = 10**12
_HUGE = 10**9  # beyond any range; larger numbers would leave 64 bits
_MOST = 10**25  # stands for every larger number, which would leave 128 bits

# A bound ("<0.2") and other text in a numeric field; an end before a start, but for a date, which
# is some time of that day; a time without an offset among a patient's times that have one; a value
# outside the plausible range.
_CHECKED = """
CREATE OR REPLACE TEMP TABLE checked AS
WITH timed AS (
  SELECT raw.*, kinds.kind, kinds.whole, kinds.at_its_end,
    {moment} AS moment, {begins} AS begins, coalesce({mixed}, {mixed_start}) AS mixed,
    CASE WHEN contains(value, '_') THEN NULL
      WHEN abs(TRY_CAST(value AS DOUBLE)) >= {most} AND isfinite(TRY_CAST(value AS DOUBLE))
        THEN CAST(sign(TRY_CAST(value AS DOUBLE)) * {most} AS DECIMAL(38, 12))
      ELSE TRY_CAST(trim(value) AS DECIMAL(38, 12)) END AS number
  FROM {raw} AS raw JOIN kinds ON raw.concept = kinds.concept
  LEFT JOIN clocks ON raw.patient = clocks.patient
), ended AS (
  SELECT * REPLACE (CASE WHEN begins > moment AND length(time) = 10
    AND CAST(begins AS DATE) = CAST(moment AS DATE) THEN begins ELSE moment END AS moment)
  FROM timed
), converted AS (
  SELECT timed.*, u.code, u.low, u.high, u.problem, u.body,
    CASE WHEN timed.kind IN ('quantity', 'drug', 'procedure') AND abs(timed.number) < {huge}
      THEN CAST(floor(
      (2 * CAST(timed.number * {pico} AS HUGEINT) * u.num + 2 * u.shift + u.den)
      // (2 * u.den)) AS BIGINT) END AS micro
  FROM ended AS timed LEFT JOIN usable u ON timed.concept = u.concept
    AND coalesce(timed.unit, '') = u.unit
)
SELECT *,
  CASE
    WHEN coalesce(trim(patient), '') = '' THEN 'no patient is named'
    WHEN regexp_full_match(coalesce(time, start), '{partial}')
      THEN 'the time has no day: a date is needed (2026-03-04)'
    WHEN time IS NOT NULL AND moment IS NULL THEN 'the time is not a time: {expected}'
    WHEN start IS NOT NULL AND begins IS NULL THEN 'the start is not a time: {expected}'
    WHEN mixed IS NOT NULL THEN mixed
    WHEN begins > moment THEN 'it ends before it starts'
    WHEN moment < TIMESTAMP '1900-01-01' OR moment >= TIMESTAMP '2200-01-01'
      THEN 'the date is not plausible'
    WHEN at_its_end AND moment IS NULL AND begins IS NOT NULL
      THEN 'a measurement counts when it ends: give that time'
    WHEN kind = 'quantity' THEN CASE
      WHEN coalesce(trim(value), '') = '' THEN 'no value given'
      WHEN number IS NULL AND regexp_matches(trim(value), '^[<>≤≥~]')
        THEN 'a bound and not a value: give a number'
      WHEN number IS NULL THEN 'the value is not a number'
      WHEN problem IS NOT NULL THEN problem
      WHEN whole AND number <> floor(number) THEN 'not a whole number'
      WHEN number <= -{huge} THEN '{outside}, below'
      WHEN number >= {huge} THEN '{outside}, above'
      WHEN micro < low THEN '{outside}, below'
      WHEN micro > high THEN '{outside}, above'
      WHEN concept = 'urine_output' AND (moment IS NULL OR begins IS NULL)
        THEN 'a urine volume needs the start and the end of its interval' END
    WHEN kind = 'code' AND word IS NULL THEN 'not one of the codes of this concept'
    WHEN kind = 'flag' AND word IS NULL
      THEN coalesce({open}, 'neither present nor absent')
    WHEN kind = 'event' AND moment IS NULL THEN 'an event needs a time'
    WHEN kind IN ('drug', 'procedure') AND moment IS NULL AND begins IS NULL
      THEN 'a drug or procedure needs a time, or a start and an end'
  END AS reason
FROM (
  SELECT converted.*, words.word FROM converted LEFT JOIN words
    ON converted.concept = words.concept
    AND CASE WHEN kind IN ('code', 'flag') THEN regexp_replace(
      lower(trim(coalesce(converted.text, converted.value))), '^([0-9]+)[.]0+$', '\\1') END
      = words.written
)
"""

_ACCEPTED = """
INSERT INTO observations
SELECT row_number() OVER (ORDER BY patient, time, concept, micro, text, unit, start) - 1 AS row, *
FROM (
  SELECT DISTINCT patient, concept,
    CASE WHEN usable OR body_rate THEN CAST(number AS DOUBLE) END AS value,
    CASE WHEN usable OR body_rate THEN code END AS unit,
    CASE WHEN usable THEN micro END AS micro, moment AS time,
    CASE WHEN NOT at_its_end THEN begins END AS start,
    CASE WHEN kind IN ('code', 'flag') THEN word WHEN kind IN ('drug', 'procedure') THEN text END
      AS text
  FROM (SELECT *, micro IS NOT NULL AND problem IS NULL AND code IS NOT NULL
      AND kind IN ('quantity', 'drug', 'procedure')
      AND coalesce(micro BETWEEN low AND high, TRUE) AS usable,
      coalesce(number BETWEEN 0 AND body, FALSE) AS body_rate FROM checked WHERE reason IS NULL)
)
"""


# What was given and could not be used; without a time where that cannot be read either.
_UNREAD = """
INSERT INTO unread
SELECT DISTINCT patient, concept, CASE
    WHEN mixed IS NOT NULL OR (time IS NOT NULL AND moment IS NULL)
      OR (start IS NOT NULL AND begins IS NULL)
      OR moment < TIMESTAMP '1900-01-01' OR moment >= TIMESTAMP '2200-01-01' THEN NULL
    ELSE coalesce(moment, begins) END
FROM checked WHERE reason IS NOT NULL AND kind IN {findings} AND trim(patient) <> ''
  AND coalesce(trim(value), '') || coalesce(trim(text), '') <> ''
"""


def take(connection: Any, raw: str) -> Report:
    """Fills `observations` and `unread` from a raw table; says what was refused, by reason.

    The raw table is dropped: of a large input there is one copy at a time.
    """
    run = connection.execute
    count = run(f"SELECT count(*) FROM {raw}").fetchone()[0]
    if not count:
        raise InputError("the table is empty")
    run(
        "CREATE OR REPLACE TEMP VIEW trimmed AS SELECT * REPLACE "
        f"({clocks.written('time')} AS time, {clocks.written('start')} AS start) FROM {raw}"
    )
    _helpers(connection, raw)
    clocks.make(connection, "trimmed")
    run(
        _CHECKED.format(
            raw="trimmed",
            pico=_PICO,
            huge=_HUGE,
            most=_MOST,
            open=_open(),
            outside=OUTSIDE,
            moment=clocks.moment("time"),
            begins=clocks.moment("start"),
            mixed=clocks.mixed("time"),
            mixed_start=clocks.mixed("start"),
            partial=PARTIAL,
            expected=EXPECTED,
        )
    )
    untimed.refuse(connection)
    run("TRUNCATE observations")
    run(_ACCEPTED)
    run("TRUNCATE unread")
    run(_UNREAD.format(findings=FINDINGS))
    report = Report(read=count)
    report.accepted = run("SELECT count(*) FROM observations").fetchone()[0]
    report.refused = refusals(connection)
    kept = run("SELECT count(*) FROM checked WHERE reason IS NULL").fetchone()[0]
    report.duplicates = kept - report.accepted
    report.notes = _notes(connection, report)
    run("DROP TABLE checked")
    run("DROP VIEW trimmed")
    run(f"DROP TABLE {raw}")
    return report


def _helpers(connection: Any, raw: str) -> None:
    """Small tables that the check joins: kinds, units, words."""
    run = connection.execute
    known = concepts()
    run(
        "CREATE OR REPLACE TEMP TABLE kinds "
        "(concept VARCHAR, kind VARCHAR, whole BOOLEAN, dosed BOOLEAN, at_its_end BOOLEAN)"
    )
    insert(
        connection,
        "kinds",
        [
            (item.id, item.kind, item.whole, item.unit is not None, item.at_its_end)
            for item in known.values()
        ],
    )
    run("CREATE OR REPLACE TEMP TABLE words (concept VARCHAR, written VARCHAR, word VARCHAR)")
    insert(connection, "words", [row for item in known.values() for row in _words(item)])
    run(
        "CREATE OR REPLACE TEMP TABLE usable (concept VARCHAR, unit VARCHAR, code VARCHAR, "
        "num HUGEINT, shift HUGEINT, den HUGEINT, low BIGINT, high BIGINT, problem VARCHAR, "
        "body DOUBLE)"
    )
    pairs = run(f"SELECT DISTINCT concept, coalesce(unit, '') FROM {raw}").fetchall()
    insert(connection, "usable", [_usable(known[n], u) for n, u in pairs if n in known])


def _words(item: Concept) -> list[tuple[str, str, str]]:
    if item.kind == "flag":
        pairs = [(word, "present") for word in PRESENT] + [(word, "absent") for word in ABSENT]
    else:
        pairs = [(w, code) for code, words in item.values.items() for w in {code, *words}]
    return [(item.id, written, word) for written, word in pairs]


def _open() -> str:
    """SQL for why a word leaves open whether a condition is there; NULL for another word."""
    cases = " ".join(f"WHEN '{word}' THEN '{reason}'" for word, reason in OPEN.items())
    return f"CASE lower(trim(coalesce(text, value))) {cases} END"


def _usable(item: Concept, unit: str) -> tuple[Any, ...]:
    """How a unit converts for a concept: pico * num / den + shift gives millionths.

    `body` is the highest rate of a whole body in a unit of such rates; an infusion has no limit.
    """
    nothing = (None,) * 6
    infusion = rate(item, unit)
    if infusion is not None:
        return (item.id, unit, infusion.code, *nothing, float(MILLION))
    whole_body = per_kg(item, unit)
    if whole_body is not None:
        return (item.id, unit, whole_body.code, *nothing, float(most(item, whole_body)))
    how = conversion(item, unit or None)
    if isinstance(how, Unusable):
        return (item.id, unit, None, None, None, None, None, None, how.reason, None)
    den = how.factor.denominator * how.offset.denominator * (_PICO // MILLION)
    num = how.factor.numerator * how.offset.denominator
    shift = how.offset.numerator * how.factor.denominator * _PICO
    low, high = (None, None) if item.limits is None else tuple(map(to_micro, item.limits))
    return (item.id, unit, how.code, num, shift, den, low, high, None, None)


def _why(name: str, unit: str | None) -> str:
    """Why doses of a drug in a unit are not used."""
    how = conversion(concepts()[name], unit)
    return how.reason if isinstance(how, Unusable) else "no numbers within the plausible range"


def insert(connection: Any, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows in one statement; row by row DuckDB is slow."""
    if rows:
        cells = ", ".join("unnest(?)" for _ in rows[0])
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.execute(f"INSERT INTO {table} SELECT {cells}", columns)


def _notes(connection: Any, report: Report) -> list[str]:
    run = connection.execute
    notes = []
    if report.duplicates:
        notes.append(f"{report.duplicates} {REPEATED}")
    unused = run(
        "SELECT concept, unit, count(*) FROM checked WHERE reason IS NULL "
        "AND kind IN ('drug', 'procedure') AND coalesce(trim(value), '') <> '' AND "
        "NOT coalesce(number BETWEEN 0 AND body, FALSE) AND NOT (micro IS NOT NULL "
        "AND problem IS NULL AND code IS NOT NULL AND coalesce(micro BETWEEN low AND high, TRUE)) "
        "AND concept IN (SELECT concept FROM kinds WHERE dosed) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    for name, unit, count in unused:
        notes.append(
            f"{count} doses of {name} in {unit or 'no unit'} are not used: {_why(name, unit)}"
        )
    dates = run(
        "SELECT count(*) FILTER (WHERE length(time) = 10) + count(*) FILTER (WHERE length(start) "
        "= 10) FROM checked WHERE reason IS NULL"
    ).fetchone()[0]
    if dates:
        notes.append(f"{dates} dates without a time were taken as 00:00")
    notes += clocks.notes(connection)
    conflicts = run(
        "SELECT count(*) FROM (SELECT 1 FROM observations WHERE micro IS NOT NULL "
        "AND start IS NULL AND time IS NOT NULL GROUP BY patient, concept, time "
        "HAVING count(DISTINCT micro) > 1)"
    ).fetchone()[0]
    if conflicts:
        notes.append(f"{conflicts} {DISAGREE}")
    return notes
