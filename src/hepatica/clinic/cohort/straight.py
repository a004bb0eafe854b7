"""A criterion with a row for each moment, from sorted measurements straight to the file.

Where the criterion's query goes row by row over one concept's series, neither the table of all
observations nor a sort of the result is needed: the measurements are sorted already.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica.clinic import engine
from hepatica.clinic.cohort.measured import SECOND, Measured
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.series import PREFIX, lows, without_windows
from hepatica.clinic.cohort.statements import Parameters, result
from hepatica.clinic.criterion import criterion

_GROUP = 122_880  # rows of a Parquet row group in DuckDB; a piece of this size goes to one thread


@dataclass(frozen=True, slots=True)
class Straight:
    """The criterion, its query over the series of one concept, and the spans that it needs."""

    name: str
    query: str
    concept: str
    spans: tuple[int, ...]


def straight(plan: Plan, parameters: Parameters) -> Straight | None:
    """How the plan is computed without a table of observations; None if it needs one."""
    if plan.per != "time" or len(plan.shown) != 1:
        return None
    (name,) = plan.shown
    found = without_windows(engine.sql(criterion(name), parameters))
    if not found.row_by_row:
        return None
    ((concept, spans),) = found.spans.items()
    return Straight(name, found.query, concept, spans)


def covers(connection: Any, how: Straight) -> bool:
    """Whether all of the concept's rows are in the arrays, and none is left in `observations`."""
    found = connection.execute(
        "SELECT count(*) FROM observations WHERE concept = ? AND time IS NOT NULL", [how.concept]
    ).fetchall()
    return int(found[0][0]) == 0


def write(connection: Any, plan: Plan, how: Straight, measured: Measured, out: Path) -> None:
    """Writes the rows of this part to `out`, in order of patient and time."""
    run = connection.execute
    connection.register(PREFIX + how.concept, _series(measured, how))
    run(f'CREATE OR REPLACE TEMP VIEW "{how.name}" AS {how.query}')
    target = str(out).replace(chr(39), chr(39) * 2)
    run("SET preserve_insertion_order = true")
    run(f"COPY ({result(plan)}) TO '{target}' (FORMAT parquet)")
    run("SET preserve_insertion_order = false")
    run(f'DROP VIEW "{how.name}"')
    connection.unregister(PREFIX + how.concept)


def _series(measured: Measured, how: Straight) -> Any:
    import numpy as np
    import pyarrow as pa

    rows = measured.of(how.concept)
    patient, micro = measured.patient[rows], measured.micro[rows]
    t = measured.time[rows] // SECOND
    begins = np.ones(len(patient), bool)
    np.not_equal(patient[1:], patient[:-1], out=begins[1:])
    groups = np.cumsum(begins) - 1
    names = measured.names.take(pa.array(measured.order[rows][begins]))
    units = pa.array([unit for _, unit in measured.kinds], pa.string())
    table = pa.table({
        "row": np.arange(len(t)),
        "patient": pa.DictionaryArray.from_arrays(groups.astype(np.int32), names),
        "t": t,
        "micro": micro,
        "unit": pa.DictionaryArray.from_arrays(measured.kind[rows], units),
        **lows(groups, t, micro, how.spans),
    })  # fmt: skip
    pieces = [table.slice(begin, _GROUP) for begin in range(0, len(t), _GROUP)]
    return pa.concat_tables(pieces) if pieces else table
