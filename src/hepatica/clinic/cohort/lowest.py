"""The lowest earlier value within a time span, for all rows of all patients at once.

This is what `min(value) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN span PRECEDING AND 1
PRECEDING)` gives, in whole numbers throughout. The rows are looked at lag by lag: each row against
the one before it, then the one two before it, until no row has one so far back within the span.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

NONE = 2**62  # stands for "no earlier value within the span"; above any value
_PIECE = 1 << 16  # rows at a time: what is worked on stays in the processor's own memory
_LAGS = 256  # beyond so many samples within a span, each row is worth a step of its own


def lowest(groups: Any, times: Any, values: Any, spans: Sequence[int]) -> list[Any]:
    """For each span, the lowest value of the same group at least 1 and at most `span` before.

    All are arrays of whole numbers in one length, in order of group and time; groups are counted
    from 0. Rows at the same time are not before each other.
    """
    import numpy as np

    if not len(times):
        return [np.empty(0, np.int64) for _ in spans]
    first = int(times.min())
    stride = int(times.max()) - first + max(spans) + 1  # no span reaches into the group before
    if stride * (int(groups[-1]) + 1) >= NONE:
        raise OverflowError("too many patients and seconds for whole numbers of 64 bits")
    found = [np.full(len(times), NONE, np.int64) for _ in spans]
    begin = 0
    while begin < len(times):
        end = min(begin + _PIECE, len(times))
        end = int(np.searchsorted(groups, groups[end - 1], side="right"))
        moments = groups[begin:end].astype(np.int64) * stride + (times[begin:end] - first)
        _piece(moments, values[begin:end], spans, [column[begin:end] for column in found])
        begin = end
    return found


def _piece(moments: Any, values: Any, spans: Sequence[int], found: list[Any]) -> None:
    import numpy as np

    starts = [moments - span for span in spans]
    tied = bool((moments[1:] == moments[:-1]).any())
    open_, lag = list(range(len(spans))), 1
    while open_ and lag < len(moments):
        if lag > _LAGS:
            for place in open_:
                found[place][:] = _one_by_one(moments.tolist(), values.tolist(), spans[place])
            return
        before, value = moments[:-lag], values[:-lag]
        reached = []
        for place in open_:
            within = before >= starts[place][lag:]
            if not within.any():
                continue  # whatever is further back is further away
            reached.append(place)
            if tied:
                within &= before < moments[lag:]
            column = found[place][lag:]
            np.minimum(column, np.where(within, value, NONE), out=column)
        open_, lag = reached, lag + 1


def _one_by_one(moments: list[int], values: list[int], span: int) -> list[int]:
    """The same in one step a row, however many samples stand within the span."""
    rising: deque[tuple[int, int]] = deque()  # (moment, value): the lowest yet to expire in front
    found, entered = [], 0
    for moment in moments:
        while moments[entered] < moment:
            while rising and rising[-1][1] >= values[entered]:
                rising.pop()
            rising.append((moments[entered], values[entered]))
            entered += 1
        while rising and rising[0][0] < moment - span:
            rising.popleft()
        found.append(rising[0][1] if rising else NONE)
    return found
