"""The times of asking: one for each patient, or a row for each day, stay or given time.

For other than one row a patient the course is copied once for each time, cut off there: a row tells
what was known then, and nothing that came later. A course that was still running has no end yet.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hepatica.clinic.clocks import has_offset, is_time, written
from hepatica.clinic.cohort.plan import Per
from hepatica.clinic.inputs.table import columns, quoted, reading, relation
from hepatica.clinic.tables import OBS, SUBJECT, of_kinds
from hepatica.clinic.times import EXPECTED
from hepatica.errors import InputError

# A day on which something was measured, asked at its last measurement or condition. A measurement
# over an interval is one at its end, as it is without a time of asking.
_DAY = """
WITH noted AS (
  SELECT patient, concept IN {{quantity}} AS measured,
    CASE WHEN concept IN {{flag}} THEN coalesce(start, time) ELSE time END AS moment
  FROM single
  WHERE concept IN {{flag}} OR micro IS NOT NULL AND concept IN {{quantity}}
)
SELECT patient, max(moment) AS moment, NULL AS begin FROM noted WHERE moment IS NOT NULL
GROUP BY patient, CAST(moment AS DATE) HAVING bool_or(measured)
"""

# A discharge ends the stay begun last of those that are not over: a stay within another ends first,
# and a transfer at one moment ends the stay before and not the one that begins. `level` counts the
# stays that are open, so the next event on an admission's level is its discharge. A day's stay with
# dates alone has both at one moment. Without a discharge a stay lasts to the last measurement or
# condition before the next admission.
_EPISODE = """
WITH events AS (
  SELECT DISTINCT patient, time, concept = 'admission' AS begins FROM single
  WHERE concept IN ('admission', 'discharge') AND time IS NOT NULL
), counted AS (
  SELECT *, sum(CASE WHEN begins THEN 1 ELSE -1 END) OVER (
    PARTITION BY patient ORDER BY time, begins) AS open
  FROM events
), levels AS (
  SELECT *, lead(time) OVER level AS ended, coalesce(lag(begins) OVER level, FALSE) AS ends
  FROM counted
  WINDOW level AS (
    PARTITION BY patient, CASE WHEN begins THEN open ELSE open + 1 END ORDER BY time, begins)
), stays AS (
  SELECT a.patient, a.time AS begin, coalesce(a.ended, d.time) AS discharge,
    lead(a.time) OVER (PARTITION BY a.patient ORDER BY a.time) AS next
  FROM levels a LEFT JOIN levels d
    ON a.patient = d.patient AND a.time = d.time AND NOT d.begins AND NOT d.ends
  WHERE a.begins
)
SELECT patient, begin, coalesce(discharge, last) AS moment FROM (
  SELECT stays.patient, stays.begin, stays.discharge,
    max(CASE WHEN o.concept IN {{flag}} THEN coalesce(o.start, o.time) ELSE o.time END) FILTER (
      WHERE o.concept IN {{flag}} OR o.micro IS NOT NULL AND o.concept IN {{quantity}}) AS last
  FROM stays JOIN single o ON o.patient = stays.patient
    AND coalesce(o.time, o.start) >= stays.begin
    AND (stays.next IS NULL OR coalesce(o.time, o.start) < stays.next)
  GROUP BY stays.patient, stays.begin, stays.discharge
) WHERE coalesce(discharge, last) IS NOT NULL
"""

# A stay is judged by its own admission, and by none that came within it or as it ended.
_COPY = """
INSERT INTO observations
SELECT row_number() OVER () - 1, CAST(m.key AS VARCHAR), o.concept, o.value, o.unit, o.micro,
  CASE WHEN o.start IS NOT NULL AND o.time > m.moment THEN NULL ELSE o.time END, o.start, o.text
FROM single o JOIN moments m ON o.patient = m.patient
WHERE coalesce(CASE WHEN o.start IS NULL THEN o.time WHEN o.concept IN {{lasting}} THEN o.start
  ELSE o.time END, o.start, m.moment) <= m.moment
  AND (m.begin IS NULL OR o.concept <> 'admission' OR o.time <= m.begin)
"""


# With a row a patient nothing that came after its time counts either: no measurement does, so these
# are doses, procedures and events, and few.
_LATER = f"""
CREATE OR REPLACE TEMP TABLE later AS
WITH obs AS ({OBS}), subject AS ({SUBJECT})
SELECT o.rowid AS place, coalesce(o.s, o.t) > subject.at_t OR o.concept IN {{{{quantity}}}}
  OR o.concept IN {{{{code}}}} AS gone
FROM (
  SELECT rowid, patient, concept, CAST(floor(epoch(time)) AS BIGINT) AS t,
    CAST(floor(epoch(start)) AS BIGINT) AS s
  FROM observations WHERE time IS NOT NULL OR start IS NOT NULL
) AS o JOIN subject ON o.patient = subject.patient
WHERE greatest(o.s, o.t) > subject.at_t
"""

_UNREAD = """
INSERT INTO unread
SELECT CAST(m.key AS VARCHAR), u.concept, u.time FROM unread_single u
JOIN moments m ON u.patient = m.patient WHERE u.time IS NULL OR u.time <= m.moment
"""


def asked_for(connection: Any, times: Path) -> int:
    """How many times a table asks for, each patient and time once."""
    query = (
        f"SELECT count(*) FROM (SELECT DISTINCT patient, moment FROM ({_table(connection, times)}))"
    )
    return int(connection.execute(query).fetchall()[0][0])


def ask(connection: Any, per: Per, times: Path | None) -> int:
    """Fills `asked` and `indexed` for the observations that are there; how many times that are."""
    run = connection.execute
    run("TRUNCATE asked")
    if times is None and per == "time":
        return 0
    if times is None and per == "patient":
        run(
            "CREATE OR REPLACE TEMP TABLE indexed AS "
            "SELECT DISTINCT patient AS key, patient FROM observations"
        )
        run(of_kinds(_LATER))
        run("DELETE FROM observations WHERE rowid IN (SELECT place FROM later WHERE gone)")
        run("UPDATE observations SET time = NULL WHERE rowid IN (SELECT place FROM later)")
        run("DROP TABLE later")
        return 0
    run("CREATE OR REPLACE TEMP TABLE single AS SELECT * FROM observations")
    run("CREATE OR REPLACE TEMP TABLE unread_single AS SELECT * FROM unread")
    moments = _given(connection, times) if times else _DAY if per == "day" else _EPISODE
    run(
        "CREATE OR REPLACE TEMP TABLE moments AS "
        f"SELECT row_number() OVER () AS key, patient, moment, begin FROM ({of_kinds(moments)})"
    )
    run("TRUNCATE observations")
    run(of_kinds(_COPY))
    run("TRUNCATE unread")
    run(_UNREAD)
    run("INSERT INTO asked SELECT CAST(key AS VARCHAR), moment, NULL FROM moments")
    run(
        "CREATE OR REPLACE TEMP TABLE indexed AS "
        "SELECT CAST(key AS VARCHAR) AS key, patient FROM moments"
    )
    run("DROP TABLE single")
    run("DROP TABLE unread_single")
    return int(run("SELECT count(*) FROM moments").fetchall()[0][0])


def _given(connection: Any, path: Path) -> str:
    return (
        f"SELECT DISTINCT g.patient, g.moment, NULL AS begin FROM ({_table(connection, path)}) g "
        "SEMI JOIN single ON g.patient = single.patient"
    )


def dates(connection: Any, times: Path) -> int:
    """How many of the times that a table asks for are dates without a time."""
    table = _table(connection, times)
    found = connection.execute(f"SELECT count(*) FROM ({table}) WHERE length(written) = 10")
    return int(found.fetchall()[0][0])


def _table(connection: Any, path: Path) -> str:
    """SQL for the patients and times of a table; InputError for a time that is none."""
    source = relation(connection, path)
    found = columns(connection, source, path.name)
    for name in ("patient", "time"):
        if name not in found:
            raise InputError(f"{path.name}: no column {name!r}: it has {', '.join(found)}")
    patient, time = (f"CAST({quoted(found[name])} AS VARCHAR)" for name in ("patient", "time"))
    given = f"(SELECT {patient} AS patient, {written(time)} AS written FROM {source})"
    bare = f"CASE WHEN {is_time('written')} THEN TRY_CAST(upper(written) AS TIMESTAMP) END"
    with reading(path):
        bad = connection.execute(
            f"SELECT patient, written, {has_offset('written')} AND {is_time('written')} "
            f"FROM {given} WHERE {has_offset('written')} OR {bare} IS NULL LIMIT 1"
        ).fetchall()
    if bad:
        who, text, zoned = bad[0]
        if text is None:
            raise InputError(f"{path.name}: no time is given for patient {who!r}: {EXPECTED}")
        if not zoned:
            raise InputError(f"{path.name}: {text!r} is no time: {EXPECTED}")
        raise InputError(
            f"{path.name}: {text!r}: give it on the clock of the patient, without an offset"
        )
    return f"SELECT patient, written, CAST(upper(written) AS TIMESTAMP) AS moment FROM {given}"
