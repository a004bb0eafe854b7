"""The SQL of definitions for SQLite, which computes one patient before DuckDB has planned it.

Definitions are written in DuckDB's SQL, most of which SQLite takes as it stands. What differs is
said here: functions that SQLite lacks are registered on the connection, and a few forms are written
another way. That both engines give the same is tested over all definitions.
"""

from __future__ import annotations

import calendar
import json
import math
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from hepatica.errors import HepaticaError

_OLDEST = (3, 30)  # NULLS LAST, and FILTER of aggregates
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAYS = re.compile(
    r"unnest\(generate_series\((?P<first>.+?), (?P<last>.+?)\)\) AS (?P<name>\w+)"
    r"(?P<tables>\s+FROM .*?)(?=\s+WHERE\b)",
    re.DOTALL,
)
_ROWS = re.compile(r"SELECT (\w+) FROM \((VALUES .*?)\) AS \w+\(\1\)")
_LOWEST = re.compile(
    r"min\((?P<value>\w+)\) OVER \(PARTITION BY patient ORDER BY t\s+"
    r"RANGE BETWEEN (?P<span>\d+) PRECEDING AND 1 PRECEDING\)"
    r"(?=.*?FROM (?P<table>\w+) WHERE (?P<which>concept = '\w+') AND t IS NOT NULL)",
    re.DOTALL,
)
_SERIES = re.compile(r"FROM \w+ WHERE concept = '\w+' AND t IS NOT NULL")
_SLIDING = re.compile(r"\bRANGE\s+BETWEEN\s+\d")
_FRAME = re.compile(r"\s+(?:ROWS|RANGE)\b")


@lru_cache(maxsize=1024)
def translated(query: str) -> str:
    """A definition's query, in which whole numbers divide by `//` and `/` has a real number."""
    query = _DAYS.sub(
        r"each.value AS \g<name>\g<tables>, json_each(series(\g<first>, \g<last>)) AS each", query
    )
    query = _ROWS.sub(r"SELECT column1 AS \1 FROM (\2)", query)
    # A minimum over a sliding frame is wrong in SQLite beyond some 400 values (seen in 3.40.1).
    query, found = _LOWEST.subn(
        r"(SELECT min(before.\g<value>) FROM \g<table> before WHERE before.\g<which> "
        r"AND before.patient = \g<table>.patient "
        r"AND before.t BETWEEN \g<table>.t - \g<span> AND \g<table>.t - 1)",
        query,
    )
    if found:  # looked up once a row, and not again wherever the column is named
        query = _SERIES.sub(r"\g<0> LIMIT -1", query, count=1)
    if _SLIDING.search(query):
        raise NotImplementedError("a window over a span of another form than min(x) of one concept")
    query = query.replace("//", "/")
    query = query.replace("bool_or(", "max(").replace("bool_and(", "min(")
    return _unknown_last(query)


def _unknown_last(query: str) -> str:
    """With NULL at the end of every order, as in DuckDB."""
    done, place = [], 0
    for match in re.finditer(r"\bORDER BY\b", query):
        depth = 0
        done.append(query[place : match.end()])
        place = at = match.end()
        while at < len(query) and not (
            depth == 0 and (query[at] == ")" or _FRAME.match(query, at))
        ):
            if depth == 0 and query[at] == ",":
                done.append(f"{query[place:at]} NULLS LAST")
                place = at
            depth += (query[at] == "(") - (query[at] == ")")
            at += 1
        done.append(f"{query[place:at]} NULLS LAST")
        place = at
    return "".join((*done, query[place:]))


def connect() -> sqlite3.Connection:
    """A database in memory that knows the functions of definitions; nothing is written to disk.

    Raises HepaticaError where Python was built with an SQLite that is too old.
    """
    if sqlite3.sqlite_version_info < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise HepaticaError(
            f"this Python has SQLite {sqlite3.sqlite_version}, and {oldest} or newer is needed"
        )
    # It may be closed by the garbage collector, which runs in any thread.
    connection = sqlite3.connect(
        ":memory:", isolation_level=None, cached_statements=512, check_same_thread=False
    )
    connection.execute("PRAGMA temp_store = MEMORY")
    for name, kind in {
        "max_by": _Last, "arg_max": _Last, "min_by": _First, "arg_min": _First,
    }.items():  # fmt: skip
        connection.create_aggregate(name, 2, kind)  # type: ignore[arg-type]
    for name, count, function in (
        ("least", -1, _least),
        ("greatest", -1, _greatest),
        ("epoch", 1, _same),  # times are kept as seconds
        ("floor", 1, _floor),
        ("power", 2, _power),
        ("make_timestamp", 1, _same),
        ("date_sub", 3, _years),
        ("series", 2, _series),
    ):
        connection.create_function(name, count, function, deterministic=True)
    return connection


def seconds(time: datetime | None) -> float | None:
    """Seconds since 1970 of a time on the input's clock."""
    return None if time is None else (time.replace(tzinfo=UTC) - _EPOCH) / timedelta(seconds=1)


class _Last:
    """x where y is highest, by the rule of `ties.py`."""

    sign = 1

    def __init__(self) -> None:
        self.x: Any = None
        self.y: Any = None
        self.clash = False

    def step(self, x: Any, y: Any) -> None:
        if x is None or y is None:
            return
        y *= self.sign
        if self.y is None or y > self.y:
            self.x, self.y, self.clash = x, y, False
        elif y == self.y and x != self.x:
            self.clash = isinstance(x, str)
            self.x = max(x, self.x)

    def finalize(self) -> Any:
        return None if self.clash else self.x


class _First(_Last):
    sign = -1

    def step(self, x: Any, y: Any) -> None:
        if isinstance(x, str):
            raise TypeError("the first of words is not defined: say max_by")
        super().step(x, y)


def _same(value: Any) -> Any:
    return value


def _least(*values: Any) -> Any:
    return min((value for value in values if value is not None), default=None)


def _greatest(*values: Any) -> Any:
    return max((value for value in values if value is not None), default=None)


def _floor(value: float | None) -> int | None:
    return None if value is None else math.floor(value)


def _power(base: float | None, exponent: float | None) -> float | None:
    return None if base is None or exponent is None else math.pow(base, exponent)


def _series(first: int | None, last: int | None) -> str:
    return json.dumps([] if first is None or last is None else list(range(first, last + 1)))


def _years(unit: str, start: int | None, end: int | None) -> int | None:
    """Full years between two times in microseconds; who was born on 29 February ages on the 28th
    where there is no 29th."""
    if unit != "year":
        raise ValueError(f"date_sub: {unit!r}, and only 'year' is known")
    if start is None or end is None:
        return None
    born, now = (_EPOCH + timedelta(microseconds=each) for each in (start, end))
    day = min(born.day, calendar.monthrange(now.year, born.month)[1])
    return now.year - born.year - ((now.month, now.day) < (born.month, day))
