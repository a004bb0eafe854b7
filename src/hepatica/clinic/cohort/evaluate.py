"""Runs a plan over the observations of one part in DuckDB."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.statements import Parameters, last_use, result, statements

# The last known value of each concept, or for codes the last word: what is missing decides much.
KNOWN = (
    "SELECT concept, count(*) FROM latest_values WHERE micro IS NOT NULL OR text IS NOT NULL "
    "GROUP BY concept"
)


def connect(memory: str, spill: Path, threads: int | None) -> Any:
    """A connection that keeps within `memory` and puts the rest into the folder `spill`."""
    import duckdb

    from hepatica.errors import InputError

    connection = duckdb.connect()
    try:
        connection.execute(f"SET memory_limit = '{memory}'")
    except duckdb.Error:
        raise InputError(f"memory {memory!r}: expected a size such as 4GiB or 800MB") from None
    connection.execute(f"SET temp_directory = '{str(spill).replace(chr(39), chr(39) * 2)}'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET ieee_floating_point_ops = false")  # x / 0 is unknown, not infinite
    if threads is not None:
        connection.execute(f"SET threads = {threads}")
    return connection


def evaluate(connection: Any, plan: Plan, parameters: Parameters, out: Path) -> Counter[str]:
    """Writes the rows of this part to `out`; returns for how many of them a concept is known."""
    run = connection.execute
    uses = last_use(plan)
    made: list[str] = []
    for place, (name, query) in enumerate(statements(plan, parameters)):
        run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
        made.append(name)
        if name == "flags":
            run("TRUNCATE observations")
        for table in [table for table in made if uses.get(table, -1) <= place]:
            run(f'DROP TABLE "{table}"')
            made.remove(table)
    known: Counter[str] = Counter()
    if "latest_values" in made:
        known.update(dict(run(KNOWN).fetchall()))
    run(f"COPY ({result(plan)}) TO '{str(out).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)")
    for table in made:
        run(f'DROP TABLE "{table}"')
    return known
