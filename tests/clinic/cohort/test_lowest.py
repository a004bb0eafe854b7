"""The lowest earlier value within a span, against looking at every pair and against DuckDB."""

from __future__ import annotations

import random

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from hepatica.clinic.cohort import lowest as module
from hepatica.clinic.cohort.lowest import NONE, lowest

SPANS = (172_800, 604_800)


def rows(seed: int, patients: int) -> tuple[list[int], list[int], list[int]]:
    """Groups, seconds and values; gaps of exactly a span, one second off, and none at all."""
    rng = random.Random(seed)
    found = []
    for group in range(patients):
        t = rng.randint(-(10**9), 10**9)
        for _ in range(rng.randint(1, 12)):
            found.append((group, t, rng.randint(1, 9) * 10**7))
            t += rng.choice((0, 1, 3600, 86_400, 172_799, 172_800, 172_801, 604_800, 604_801))
    found.sort()
    groups, times, values = zip(*found, strict=True)
    return list(groups), list(times), list(values)


def pairs(groups: list[int], times: list[int], values: list[int], span: int) -> list[int]:
    found = []
    for group, t in zip(groups, times, strict=True):
        before = [
            value
            for other, s, value in zip(groups, times, values, strict=True)
            if other == group and 1 <= t - s <= span
        ]
        found.append(min(before, default=NONE))
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lags", [256, 1])
def test_every_pair(seed: int, lags: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lag by lag, and one by one where there are too many lags; pieces end between patients."""
    monkeypatch.setattr(module, "_LAGS", lags)
    monkeypatch.setattr(module, "_PIECE", 37)
    groups, times, values = rows(seed, 60)
    arrays = (np.array(groups), np.array(times), np.array(values))
    for span, column in zip(SPANS, lowest(*arrays, SPANS), strict=True):
        assert column.tolist() == pairs(groups, times, values, span)


def test_the_window_of_sql() -> None:
    groups, times, values = rows(9, 2000)
    given = pa.table({"patient": groups, "t": times, "micro": values, "row": range(len(groups))})
    connection = duckdb.connect()
    connection.register("given", given)
    windows = ", ".join(
        f"min(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN {span} PRECEDING "
        f"AND 1 PRECEDING)"
        for span in SPANS
    )
    expected = connection.execute(f"SELECT {windows} FROM given ORDER BY row").fetchall()
    found = lowest(np.array(groups, np.int32), np.array(times), np.array(values), SPANS)
    mine = [tuple(None if v == NONE else v for v in row) for row in zip(*found, strict=True)]
    assert mine == expected
    assert sum(low is not None for low, _ in mine) > 1000


def test_ten_thousand_samples_at_once_end_soon() -> None:
    """A patient with many samples at the same second costs a step each, not a step for each two."""
    count = 10_000
    times = np.repeat(np.arange(2), count // 2)
    found, _ = lowest(np.zeros(count, np.int64), times, np.arange(count) + 7, SPANS)
    assert set(found[: count // 2].tolist()) == {NONE}
    assert set(found[count // 2 :].tolist()) == {7}


def test_nothing() -> None:
    empty = np.array([], np.int64)
    assert [len(column) for column in lowest(empty, empty, empty, SPANS)] == [0, 0]


def test_numbers_that_would_leave_64_bits_are_refused() -> None:
    with pytest.raises(OverflowError, match="64 bits"):
        lowest(np.array([0, 2**40]), np.array([0, 2**40]), np.array([1, 2]), SPANS)
