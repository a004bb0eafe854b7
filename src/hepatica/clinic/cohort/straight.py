"""A criterion with a row for each moment, from sorted measurements straight to the file.

Where the criterion's query goes row by row over one concept's series, neither the table of all
observations nor a sort of the result is needed: the measurements are sorted already.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.measured import SECOND, Measured
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.cohort.series import PREFIX, lows, without_windows
from hepatica.clinic.criterion import criterion
from hepatica.clinic.engine import sql
from hepatica.clinic.parameters import Parameters

_SHARES = (0.08, 0.3, 0.6)  # where tables end: the first is soon to be encoded
_BATCH = 1 << 12  # rows encoded in one step; the library's own 1024 take a sixth longer


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
    found = without_windows(sql(criterion(name), parameters))
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
    """Writes the rows of this part to `out`, in order of patient and time.

    Each thread has its own patients and computes a table of them; tables are encoded, which the
    library does in one thread, while the next ones are computed.
    """
    import numpy as np

    rows = measured.of(how.concept)
    given = measured.patient[rows], measured.t[rows], measured.order[rows]
    count = len(given[0])
    threads = int(connection.execute("SELECT current_setting('threads')").fetchall()[0][0])
    middles = given[0][[int(count * share) for share in _SHARES]] if count else []
    cuts = sorted({0, *np.searchsorted(given[0], middles).tolist(), count})
    connection.execute("SET preserve_insertion_order = true")
    with ThreadPoolExecutor(threads) as pool:
        tasks = [
            pool.submit(_table, connection.cursor(), plan, how, measured, *(x[a:b] for x in given))
            for a, b in zip(cuts or [0], cuts[1:] or [0], strict=False)
        ]
        with _writer(out, tasks[0].result().schema) as target:
            for task in tasks:
                target.write_table(task.result())
    connection.execute("SET preserve_insertion_order = false")


def _writer(out: Path, schema: Any) -> Any:
    """A Parquet writer that takes little time for a row."""
    import pyarrow as pa
    from pyarrow import parquet

    stages = [field.name for field in schema if pa.types.is_int32(field.type)]
    return parquet.ParquetWriter(
        out,
        schema,
        store_schema=False,  # so that every reader sees texts and not their dictionaries
        use_dictionary=[field.name for field in schema if field.name not in stages],
        column_encoding=dict.fromkeys(stages, "DELTA_BINARY_PACKED"),
        write_batch_size=_BATCH,
        write_statistics=["patient", "time"],
    )


def _table(
    cursor: Any,
    plan: Plan,
    how: Straight,
    measured: Measured,
    patient: Any,
    t: Any,
    order: Any,
) -> Any:
    """The rows of some patients."""
    import numpy as np
    import pyarrow as pa

    begins = np.ones(len(patient), bool)
    np.not_equal(patient[1:], patient[:-1], out=begins[1:])
    micro = measured.micro[order]
    groups = np.cumsum(begins, dtype=np.int32) - 1
    names = measured.names.take(pa.array(order[begins]))
    patients = pa.DictionaryArray.from_arrays(groups, names)
    one = len(measured.kinds) == 1
    kind = np.zeros(len(t), np.int8) if one else measured.kind[order]
    series = {
        "row": np.arange(len(t)),
        "patient": patients,
        "t": t,
        "micro": micro,
        "unit": pa.DictionaryArray.from_arrays(kind, measured.units),
        **lows(groups, t, micro, how.spans),
    }
    cursor.register(PREFIX + how.concept, pa.table(series))
    cells = ", ".join(f'"{column.source}"' for column in plan.columns if column.source != "t")
    found = cursor.sql(f"SELECT {cells} FROM ({how.query})").to_arrow_table()
    if len(found) != len(t):
        raise AssertionError(f"{how.name}: {len(found)} rows of {len(t)}")
    word = pa.DictionaryArray.from_arrays(np.zeros(len(t), np.int8), pa.array([how.name]))
    always = {  # never null, which spares the encoder a level for each row
        "patient": patients,
        "time": pa.array(t * SECOND).view(pa.timestamp("us")),
        "definition": word,
    }
    fields = [pa.field(name, column.type, nullable=False) for name, column in always.items()]
    return pa.table([*always.values(), *found.columns], schema=pa.schema([*fields, *found.schema]))
