"""Values without a time beside others of the same thing that have one: any of them may be newest.

Where none of a patient's values of a thing has a time, all are kept. What lasts (age, weight) is
known without one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from hepatica.clinic.concepts import LASTING, concept
from hepatica.clinic.observations import Observation

REASON = "it has no time, but others of this patient have: it may be the newest"
_KINDS = ("quantity", "code")
_REFUSED = f"""
UPDATE checked SET reason = '{REASON}'
WHERE reason IS NULL AND kind IN {_KINDS} AND concept NOT IN {LASTING} AND moment IS NULL
  AND (patient, concept) IN (
    SELECT patient, concept FROM checked WHERE reason IS NULL AND moment IS NOT NULL)
"""
_ANY = f"""
SELECT 1 FROM checked
WHERE reason IS NULL AND kind IN {_KINDS} AND concept NOT IN {LASTING} AND moment IS NULL LIMIT 1
"""


def timed(rows: Iterable[Observation]) -> Collection[tuple[str, str]]:
    """The patients and concepts of which a value has a time."""
    return {(row.patient, row.concept) for row in rows if row.time is not None}


def among(row: Observation, others: Collection[tuple[str, str]]) -> bool:
    """Whether a value has no time and one of `timed` has."""
    if row.time is not None or row.concept in LASTING or concept(row.concept).kind not in _KINDS:
        return False
    return (row.patient, row.concept) in others


def refuse(connection: Any) -> None:
    """The same for the rows of `checked`; the search for others only where there is one."""
    if connection.execute(_ANY).fetchall():
        connection.execute(_REFUSED)
