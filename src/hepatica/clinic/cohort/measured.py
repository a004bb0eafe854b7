"""Measurements in arrays: sorted, each once, before they become `observations` or are judged.

A row is a number of the patient, of what was measured (concept and unit), millionths, the value as
given, and the time. Rows at the same second of a patient stand in order of time and value, so the
order does not depend on that of the file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hepatica.clinic.cohort.names import numbered

NEVER = -(2**62)  # the time of a measurement without one, in microseconds
SECOND = 1_000_000
_COLUMNS = ("names", "kind", "micro", "value", "time")


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows in order of concept, patient, time and value. `kinds` are concepts with their units.

    `repeated` rows said exactly what another one says and are gone; at `conflicts` moments a
    patient has different values of a concept.
    """

    kinds: Sequence[tuple[str, str]]
    names: Any  # Arrow texts, in the order of reading, as `order` counts
    order: Any
    patient: Any  # a whole number for each row, as `names.numbered` gives it
    kind: Any
    micro: Any
    value: Any  # in the order of reading
    time: Any  # microseconds since 1970, or NEVER
    repeated: int
    conflicts: int

    def __len__(self) -> int:
        return len(self.order)

    def of(self, concept: str) -> Any:
        """The places of the rows of a concept that have a time, for indexing any array by."""
        import numpy as np

        kinds = np.array([name == concept for name, _ in self.kinds], bool)
        if kinds.all() and (self.time != NEVER).all():
            return slice(None)
        return np.flatnonzero(kinds[self.kind] & (self.time != NEVER))


def arranged(table: Any, kinds: Sequence[tuple[str, str]]) -> Measured:
    """Sorts an Arrow table of names, kind (a place in `kinds`), micro, value and time."""
    import numpy as np

    names, kind, micro, value, time = (_array(table[name]) for name in _COLUMNS)
    patient, patients = numbered(names)
    concepts = list(dict.fromkeys(concept for concept, _ in kinds))
    seconds, span = _seconds(time)
    if patients * span * max(1, len(concepts)) >= 2**63:  # names of many bytes: count them instead
        found, patient = np.unique(patient, return_inverse=True)
        patients = len(found)
    key = patient * span
    key += seconds
    if len(concepts) > 1:
        place = np.array([concepts.index(concept) for concept, _ in kinds], np.int64)
        key += place[kind] * (patients * span)
    order = np.argsort(key)
    key = key[order]
    ties = np.flatnonzero(key[1:] == key[:-1])
    repeated = conflicts = 0
    if len(ties):
        tied = np.union1d(ties, ties + 1)
        rows, group = order[tied], key[tied]
        again = np.lexsort((kind[rows], value[rows], micro[rows], time[rows], group))
        rows, group = rows[again], group[again]
        order[tied] = rows
        moment = (group[1:] == group[:-1]) & (time[rows[1:]] == time[rows[:-1]])
        differs = micro[rows[1:]] != micro[rows[:-1]]
        same = moment & ~differs & (value[rows[1:]] == value[rows[:-1]])
        same &= kind[rows[1:]] == kind[rows[:-1]]
        begins = np.concatenate(([0], np.cumsum(~moment)))[1:]
        conflicts = len(np.unique(begins[moment & differs & (time[rows[1:]] != NEVER)]))
        repeated = int(same.sum())
        order = np.delete(order, tied[1:][same])
    return Measured(
        kinds, names, order, patient[order], kind[order], micro[order], value, time[order],
        repeated, conflicts,
    )  # fmt: skip


def _array(column: Any) -> Any:
    import pyarrow as pa

    whole = column.combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # no rows at all
        whole = pa.array([], column.type)
    return whole if pa.types.is_string(whole.type) else whole.to_numpy()


def _seconds(time: Any) -> tuple[Any, int]:
    """Whole seconds from the first one on, counted from 1, 0 for no time; and what all are below.

    A time before 1970 is rounded down, as `floor(epoch(time))` does.
    """
    import numpy as np

    seconds = time // SECOND
    timed = time != NEVER
    if not timed.any():
        return np.zeros(len(time), np.int64), 1
    every = bool(timed.all())
    first = int((seconds if every else seconds[timed]).min())
    seconds -= first - 1
    if not every:
        seconds[~timed] = 0
    return seconds, int(seconds.max()) + 1
