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
from hepatica.clinic.concepts import LASTING

NEVER = -(2**62)  # the time of a measurement without one, in microseconds
SECOND = 1_000_000
_PIECE = 1 << 16  # rows at a time: what is worked on stays in the processor's own memory
_COLUMNS = ("names", "kind", "micro", "value", "time")


@dataclass(frozen=True, slots=True)
class Measured:
    """Rows in order of concept, patient, time and value. `kinds` are concepts with their units.

    `order` says which row of the table as it was read stands at each place; `patient` and `t` are
    in that order, all else in the order of reading. `repeated` rows said exactly what another one
    says and are gone; at `conflicts` moments a patient has different values of a concept.
    """

    kinds: Sequence[tuple[str, str]]
    order: Any
    patient: Any  # a whole number for each row, as `names.numbered` gives it
    t: Any  # whole seconds since 1970, or NEVER
    micro: Any
    names: Any  # Arrow texts
    kind: Any
    value: Any  # as given
    time: Any  # microseconds since 1970, or NEVER
    repeated: int
    conflicts: int

    def __len__(self) -> int:
        return len(self.order)

    @property
    def concepts(self) -> Any:
        """The concept of each kind, as Arrow texts."""
        import pyarrow as pa

        return pa.array([concept for concept, _ in self.kinds], pa.string())

    @property
    def units(self) -> Any:
        """The unit of each kind, as Arrow texts."""
        import pyarrow as pa

        return pa.array([unit for _, unit in self.kinds], pa.string())

    def of(self, concept: str) -> Any:
        """The places of the rows of a concept that have a time, for indexing any array by."""
        import numpy as np

        kinds = np.array([name == concept for name, _ in self.kinds], bool)
        if kinds.all() and (self.t != NEVER).all():
            return slice(None)
        return np.flatnonzero(kinds[self.kind[self.order]] & (self.t != NEVER))

    def untimed_among_timed(self) -> bool:
        """Whether a value without a time stands beside others of the patient that have one."""
        import numpy as np

        if (self.t != NEVER).all():
            return False
        kind = self.kind[self.order]
        first = np.flatnonzero((self.t[:-1] == NEVER) & (self.t[1:] != NEVER))
        first = first[self.patient[first] == self.patient[first + 1]]
        names = [concept for concept, _ in self.kinds]
        pairs = set(zip(kind[first].tolist(), kind[first + 1].tolist(), strict=True))
        return any(names[a] == names[b] and names[a] not in LASTING for a, b in pairs)


def arranged(
    table: Any, kinds: Sequence[tuple[str, str]], numbers: tuple[Any, int] | None = None
) -> Measured:
    """Sorts an Arrow table of names, kind (a place in `kinds`), micro, value and time.

    `numbers` are those of `numbered` for the names, where they are known.
    """
    import numpy as np

    names, kind, micro, value, time = (_array(table[name]) for name in _COLUMNS)
    patient, patients = numbers or numbered(names)
    concepts = list(dict.fromkeys(concept for concept, _ in kinds))
    seconds, first, last = _seconds(time)
    width, above = last.bit_length(), (len(concepts) - 1).bit_length()
    if (patients - 1).bit_length() + width + above > 63:  # numbers made of bits have gaps
        found, patient = np.unique(patient, return_inverse=True)
        patients = len(found)
    # Concept, patient and second side by side in the bits of one number.
    shift = (patients - 1).bit_length() + width
    key = patient << width
    key |= seconds
    del seconds
    if len(concepts) > 1:
        place = np.array([concepts.index(concept) for concept, _ in kinds], np.int64)
        key |= place[kind] << shift
    key, order = _sorted(key, shift + above)
    repeated = conflicts = 0
    ties = np.flatnonzero(key[1:] == key[:-1])
    if len(ties):
        tied = np.union1d(ties, ties + 1)
        rows, group = order[tied], key[tied]
        again = np.lexsort((kind[rows], value[rows], micro[rows], time[rows], group))
        order[tied] = rows = rows[again]
        at_once = (group[1:] == group[:-1]) & (time[rows[1:]] == time[rows[:-1]])
        differs = micro[rows[1:]] != micro[rows[:-1]]
        same = at_once & (value[rows[1:]] == value[rows[:-1]]) & (kind[rows[1:]] == kind[rows[:-1]])
        same &= ~differs
        moments = np.cumsum(~at_once)
        conflicts = len(np.unique(moments[at_once & differs & (time[rows[1:]] != NEVER)]))
        repeated = int(same.sum())
        gone = tied[1:][same]
        order, key = np.delete(order, gone), np.delete(key, gone)
    number = key >> width
    key &= (1 << width) - 1
    untimed = key == 0
    key += first - 1  # the seconds are all that is left of it
    if untimed.any():
        key[untimed] = NEVER
    if len(concepts) > 1:
        number &= (1 << (shift - width)) - 1
    return Measured(kinds, order, number, key, micro, names, kind, value, time, repeated, conflicts)


def _sorted(key: Any, bits: int) -> tuple[Any, Any]:
    """The keys, which have so many bits, in order, and the place of each in the input.

    The array that is given is used up.

    Where a key and its place fit into 64 bits they are sorted as one number, which takes a third of
    the time of sorting places by keys. Equal keys stand in the order of the input or in any.
    """
    import numpy as np

    below = (len(key) - 1).bit_length() if len(key) else 0
    if bits + below > 64:
        order = np.argsort(key)
        return key[order], order
    both = key.view(np.uint64)  # in place: memory that is touched first costs as much as the work
    both <<= np.uint64(below)
    for begin in range(0, len(both), _PIECE):
        part = both[begin : begin + _PIECE]
        part |= np.arange(begin, begin + len(part), dtype=np.uint64)
    both.sort()
    order = (both & np.uint64((1 << below) - 1)).view(np.int64)
    both >>= np.uint64(below)
    return both.view(np.int64), order


def whole(column: Any) -> Any:
    """A column of a table as one Arrow array."""
    import pyarrow as pa

    one = column.combine_chunks()
    if isinstance(one, pa.ChunkedArray):  # no rows at all
        one = pa.array([], column.type)
    return one


def _array(column: Any) -> Any:
    import pyarrow as pa

    one = whole(column)
    return one if pa.types.is_string(one.type) else one.to_numpy()


def _seconds(time: Any) -> tuple[Any, int, int]:
    """Whole seconds counted from 1 at the first one, 0 for no time; the first; the last as counted.

    A time before 1970 is rounded down, as `floor(epoch(time))` does.
    """
    import numpy as np

    seconds = time // SECOND
    timed = time != NEVER
    if not timed.any():
        return np.zeros(len(time), np.int64), 0, 0
    every = bool(timed.all())
    first = int((seconds if every else seconds[timed]).min())
    seconds -= first - 1
    if not every:
        seconds[~timed] = 0
    return seconds, first, int(seconds.max())
