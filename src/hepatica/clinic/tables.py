"""The tables that criteria read, as SQL over one table of observations.

`observations` has row, patient, concept, value, unit, micro, time, start, text; `unread` has
patient, concept and time of what was given and could not be used; `asked` has patient, moment and
endpoint (both may be NULL). Everything else is derived here, for one patient or for millions.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hepatica.clinic.concepts import Kind, concepts

OBS = """
SELECT row, patient, concept, micro, unit, text,
  CASE WHEN micro IS NULL AND unit = 'ug/min' THEN CAST(round(value * 1000000) AS BIGINT)
    WHEN micro IS NULL AND unit = 'mg/h' THEN CAST(round(value * 1000000 * 1000 / 60) AS BIGINT)
    END AS body,
  CAST(floor(epoch(time)) AS BIGINT) AS t, CAST(floor(epoch(start)) AS BIGINT) AS s
FROM observations
"""

# Without a time of asking it is that of the last measurement, an interval's end among them, and of
# one that could not be used, or the beginning of the last condition, whichever is later; a dose is
# none of them. Without any time it is the year 2200, from which on no time is taken.
SUBJECT = """
WITH own AS (
  SELECT patient,
    max(CASE WHEN concept IN {{flag}} THEN coalesce(s, t) ELSE t END) FILTER (
      WHERE concept IN {{flag}} OR micro IS NOT NULL AND concept IN {{quantity}}) AS last_t,
    max(coalesce(t, s)) FILTER (WHERE concept <> 'birth') AS last_any,
    max(t) FILTER (WHERE concept = 'discharge') AS discharge,
    max(t) FILTER (WHERE concept = 'last_known_alive') AS last_known_alive,
    min(t) FILTER (WHERE concept = 'death') AS death,
    min(t) FILTER (WHERE concept = 'birth') AS birth
  FROM obs GROUP BY patient
), unused AS (
  SELECT patient, CAST(floor(epoch(max(time))) AS BIGINT) AS last_t
  FROM unread WHERE concept IN {{quantity}} OR concept IN {{flag}} GROUP BY patient
), timed AS (
  SELECT own.*,
    coalesce(CAST(floor(epoch(asked.moment)) AS BIGINT),
      CASE WHEN unused.last_t > coalesce(own.last_t, 0) THEN unused.last_t ELSE own.last_t END,
      own.last_any, 7258118400) AS at_t,
    CAST(floor(epoch(asked.endpoint)) AS BIGINT) AS endpoint
  FROM own LEFT JOIN asked ON own.patient = asked.patient
    LEFT JOIN unused ON own.patient = unused.patient
), admitted AS (
  SELECT timed.patient, max(obs.t) FILTER (WHERE obs.concept = 'admission') AS admission,
    max(coalesce(obs.s, obs.t)) FILTER (WHERE obs.concept = 'liver_transplant') AS transplant_t
  FROM timed JOIN obs ON obs.patient = timed.patient
  WHERE obs.concept IN ('admission', 'liver_transplant')
    AND CASE WHEN obs.concept = 'admission' THEN obs.t ELSE coalesce(obs.s, obs.t) END <= timed.at_t
  GROUP BY timed.patient
)
SELECT timed.patient, timed.at_t, timed.endpoint, admitted.admission, timed.discharge,
  timed.last_known_alive, timed.death, admitted.transplant_t,
  CASE WHEN timed.at_t < 7258118400 AND timed.birth <= timed.at_t
    THEN date_sub('year', CAST(make_timestamp(timed.birth * 1000000) AS DATE),
      CAST(make_timestamp(timed.at_t * 1000000) AS DATE)) END AS age
FROM timed LEFT JOIN admitted ON timed.patient = admitted.patient
"""

# The newest value of each concept that could not be used; one without a time may be newer than any.
OVERTAKEN = """
SELECT unread.patient, unread.concept,
  max(coalesce(CAST(floor(epoch(unread.time)) AS BIGINT), subject.at_t + 1)) AS t
FROM unread JOIN subject ON unread.patient = subject.patient
WHERE coalesce(CAST(floor(epoch(unread.time)) AS BIGINT), subject.at_t) <= subject.at_t
GROUP BY unread.patient, unread.concept
"""

# What lasts is known from its start, and runs until the time of asking; a measurement over an
# interval is known when it ends. A rate of the whole body (`body`, millionths of ug/min) is one per
# kg by the last weight known then; different weights at that time settle nothing. Of what criteria
# read the last value of, one that a newer value overtook, which could not be used, is not known.
KNOWN = """
WITH weighed AS (
  SELECT obs.patient, obs.micro, coalesce(obs.t, -1) AS since,
    max(coalesce(obs.t, -1)) OVER (PARTITION BY obs.patient) AS newest
  FROM obs JOIN subject ON obs.patient = subject.patient
  WHERE obs.concept = 'weight' AND coalesce(obs.t, subject.at_t) <= subject.at_t
    AND obs.patient IN (SELECT patient FROM obs WHERE body IS NOT NULL)
), weights AS (
  SELECT patient, CASE WHEN min(micro) = max(micro) THEN min(micro) END AS kg
  FROM weighed WHERE since = newest GROUP BY patient
), stale AS (
  SELECT patient, concept, t AS stale_t FROM overtaken
  WHERE concept IN ('ascites_grade', 'renal_ultrasound', 'urine_protein_24h', 'urine_rbc')
)
SELECT obs.row, obs.patient, obs.concept, coalesce(obs.micro,
    CASE WHEN obs.body IS NOT NULL THEN (2 * obs.body * 1000000 + kg) // (2 * kg) END) AS micro,
  obs.unit, obs.text, obs.s,
  CASE WHEN obs.s IS NULL THEN obs.t WHEN obs.t <= subject.at_t THEN obs.t
    WHEN obs.concept IN {{lasting}} THEN subject.at_t ELSE obs.t END AS t
FROM obs JOIN subject ON obs.patient = subject.patient
  LEFT JOIN weights ON obs.patient = weights.patient
  LEFT JOIN stale ON obs.patient = stale.patient AND obs.concept = stale.concept
WHERE NOT coalesce(coalesce(obs.t, -1) < stale.stale_t, FALSE)
  AND coalesce(CASE WHEN obs.s IS NULL THEN obs.t WHEN obs.concept IN {{lasting}} THEN obs.s
    ELSE obs.t END, obs.s, subject.at_t) <= subject.at_t
"""

# A condition with an onset and an end before the time of asking is over. A newer statement that
# could not be used leaves open what was absent. What was said of the liver, or of being listed for
# another, before a transplant leaves open how it is since then; a transplant that could not be used
# may be later than any of it.
FLAGS = """
WITH stated AS (
  SELECT obs.patient, obs.concept, coalesce(obs.s, obs.t, -1) AS since,
    obs.text = 'present' AND NOT coalesce(obs.s IS NOT NULL AND obs.t < subject.at_t, FALSE)
      AS present
  FROM obs JOIN subject ON obs.patient = subject.patient
  WHERE obs.text IN ('present', 'absent') AND coalesce(obs.s, obs.t, subject.at_t) <= subject.at_t
), dated AS (
  SELECT patient, concept, present, since,
    max(since) OVER (PARTITION BY patient, concept) AS newest
  FROM stated
)
SELECT dated.patient, dated.concept,
  CASE WHEN bool_and(present) THEN CASE WHEN NOT coalesce(dated.concept IN (
      'cirrhosis', 'acute_decompensation', 'transplant_listed')
      AND max(since) < greatest(max(subject.transplant_t), max(moved.t)), FALSE) THEN TRUE END
    WHEN max(overtaken.t) > max(since) THEN NULL
    WHEN NOT bool_or(present) THEN FALSE END AS present
FROM dated JOIN subject ON dated.patient = subject.patient LEFT JOIN overtaken
  ON dated.patient = overtaken.patient AND dated.concept = overtaken.concept
  LEFT JOIN overtaken moved
  ON dated.patient = moved.patient AND moved.concept = 'liver_transplant'
WHERE since = newest GROUP BY dated.patient, dated.concept
"""

# The concepts of which a value newer than all that can be used was refused: what an older one rules
# out is open then.
REFUSED = """
SELECT overtaken.patient, overtaken.concept, overtaken.t
FROM overtaken LEFT JOIN obs
  ON overtaken.patient = obs.patient AND overtaken.concept = obs.concept
GROUP BY overtaken.patient, overtaken.concept, overtaken.t
HAVING coalesce(max(coalesce(obs.t, obs.s)) < overtaken.t, TRUE)
"""

LASTING: tuple[Kind, ...] = ("drug", "procedure", "flag")


@cache
def base() -> Mapping[str, str]:
    """The queries by the table that each fills, in order."""
    queries = {
        "obs": OBS,
        "subject": SUBJECT,
        "overtaken": OVERTAKEN,
        "known": KNOWN,
        "refused": REFUSED,
        "flags": FLAGS,
    }
    return {name: of_kinds(query) for name, query in queries.items()}


def of_kinds(query: str) -> str:
    """A query with the concepts that may last, are measured, or are conditions, filled in."""
    places: Mapping[str, tuple[Kind, ...]] = {
        "lasting": LASTING, "quantity": ("quantity",), "code": ("code",), "flag": ("flag",),
    }  # fmt: skip
    for name, kinds in places.items():
        query = query.replace(f"{{{{{name}}}}}", _of(kinds))
    return query


@cache
def _of(kinds: tuple[Kind, ...]) -> str:
    found = (f"'{item.id}'" for item in concepts().values() if item.kind in kinds)
    return f"({', '.join(found)})"
