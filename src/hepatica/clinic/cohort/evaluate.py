"""Runs a plan over the observations of one part in DuckDB."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.memory import size
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.series import PREFIX, ROWS, register, without_windows
from hepatica.clinic.cohort.statements import order, result, statements, uses
from hepatica.clinic.inputs.table import text
from hepatica.clinic.parameters import Parameters
from hepatica.clinic.tables import base

SMALL = 20_000  # rows up to which planning weighs more than running

# How many have a value of each concept, or for codes a word: what is missing decides much.
COUNTED = (
    "SELECT concept, count(*) FROM latest_values WHERE micro IS NOT NULL OR text IS NOT NULL "
    "GROUP BY concept"
)


def connect(memory: str, spill: Path, threads: int | None) -> Any:
    """A connection that keeps within `memory` and puts the rest into the folder `spill`."""
    import duckdb

    connection = duckdb.connect()
    connection.execute(f"SET memory_limit = '{size(memory)}B'")
    connection.execute(f"SET temp_directory = {text(spill)}")
    connection.execute("SET TimeZone = 'UTC'")  # zoned times of Parquet, the same on any machine
    connection.execute("SET preserve_insertion_order = false")
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    return connection


def evaluate(connection: Any, plan: Plan, parameters: Parameters, out: Path) -> Counter[str]:
    """Writes the rows of this part to `out`; returns for how many of them a concept is known.

    A table that one other query reads is only a view; each is dropped after its last reader.
    """
    run = connection.execute
    small = run("SELECT count(*) FROM observations").fetchall()[0][0] <= SMALL
    run(f"PRAGMA {'disable' if small else 'enable'}_optimizer")
    steps, spans = _over_series(list(statements(plan, parameters)))
    readers = uses(plan, steps)
    made: dict[str, str] = {}
    for place, (name, query) in enumerate(steps):
        if name not in readers:
            continue
        if name in spans:
            register(connection, name.removeprefix(PREFIX), spans[name])
            made[name] = "SERIES"
        else:
            one = len(readers[name]) == 1 and readers[name][0] < len(steps)
            made[name] = "VIEW" if one else "TABLE"
            run(f'CREATE OR REPLACE TEMP {made[name]} "{name}" AS {query}')
        views = [name for name, kind in made.items() if kind == "VIEW"]
        for table in [t for t in made if readers[t][-1] <= place and not _pending(t, views, steps)]:
            _drop(connection, table, made.pop(table))
    known: Counter[str] = Counter()
    if "latest_values" in made:
        known.update(dict(run(COUNTED).fetchall()))
    rows = f"{result(plan)} ORDER BY {order(plan)}"
    run(f"COPY ({rows}) TO {text(out)} (FORMAT parquet, COMPRESSION zstd)")
    for table, kind in reversed(made.items()):
        _drop(connection, table, kind)
    return known


def _drop(connection: Any, table: str, kind: str) -> None:
    if kind == "SERIES":
        connection.unregister(table)
    else:
        connection.execute(f'DROP {kind} "{table}"')


Steps = list[tuple[str, str]]


def _over_series(steps: Steps) -> tuple[Steps, dict[str, tuple[int, ...]]]:
    """The steps with windows of time read from series, which stand after the base tables.

    Also the spans of each series by its name.
    """
    rewritten = [(name, without_windows(query)) for name, query in steps]
    spans: dict[str, set[int]] = {}
    for _, found in rewritten:
        for concept, own in found.spans.items():
            spans.setdefault(concept, set()).update(own)
    series = [(PREFIX + concept, ROWS.format(concept)) for concept in spans]
    queries = [(name, found.query) for name, found in rewritten]
    first = len(base())
    needed = {PREFIX + concept: tuple(sorted(each)) for concept, each in spans.items()}
    return [*queries[:first], *series, *queries[first:]], needed


def _pending(table: str, views: list[str], steps: list[tuple[str, str]]) -> bool:
    """Whether a view that is still to be read needs the table."""
    queries = dict(steps)
    return any(view != table and table in re.findall(r"\w+", queries[view]) for view in views)
