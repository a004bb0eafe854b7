"""Windows of time over a concept's measurements, taken out of a definition's query.

A definition says `min(micro) OVER (PARTITION BY patient ORDER BY t RANGE BETWEEN n PRECEDING AND 1
PRECEDING)` over `FROM obs WHERE concept = '...' AND t IS NOT NULL`. `without_windows` reads the
same query from a table `series_<concept>` that has these lowest values as columns, and the rest of
the definition stays what runs. A query in any other form is left as it is, for DuckDB's windows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from hepatica.clinic.cohort.lowest import NONE, lowest
from hepatica.clinic.cohort.names import numbered

PREFIX = "series_"
ROWS = "SELECT row, patient, t, micro, unit FROM obs WHERE concept = '{}' AND t IS NOT NULL"
_WINDOW = re.compile(
    r"MIN\(micro\) OVER \(PARTITION BY patient ORDER BY t "
    r"RANGE BETWEEN (\d+) PRECEDING AND 1 PRECEDING\)"
)
_WHERE = re.compile(r"WHERE concept = '(\w+)' AND NOT t IS NULL")


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A query, the spans that it needs of each concept's series, and whether it goes row by row.

    A query that goes row by row over one series has its rows, in its order.
    """

    query: str
    spans: Mapping[str, tuple[int, ...]]
    row_by_row: bool


@cache
def without_windows(query: str) -> Rewritten:
    """The query over series where it has windows, else as it is; joins that cannot match are gone.

    A parameter can turn a join off (ON 'rolling' = 'known' AND ...): a LEFT JOIN of nothing gives
    unknown in all its columns.
    """
    if "RANGE BETWEEN" not in query:
        return Rewritten(query, {}, False)
    import sqlglot
    from sqlglot import exp

    tree = sqlglot.parse_one(query, dialect="duckdb")
    spans: dict[str, set[int]] = {}
    for select in list(tree.find_all(exp.Select)):
        _drop_joins(select)
        windows = [w for w in select.find_all(exp.Window) if w.parent_select is select]
        found = [_WINDOW.fullmatch(window.sql("duckdb")) for window in windows]
        source = select.find(exp.From)
        if source is None:
            continue
        where = _WHERE.fullmatch(_sql(select.args.get("where")))
        if not (found and all(found) and where and _sql(source) == "FROM obs"):
            continue
        if select.args.get("joins") or select.args.get("group") or select.args.get("qualify"):
            continue
        for window, match in zip(windows, found, strict=True):
            assert match is not None
            spans.setdefault(where[1], set()).add(int(match[1]))
            window.replace(exp.column(f"low_{match[1]}"))
        source.this.replace(exp.to_table(PREFIX + where[1]))
        select.set("where", None)
    if not spans:
        return Rewritten(query, {}, False)
    more = list(tree.find_all(
        exp.AggFunc, exp.Distinct, exp.Group, exp.Join, exp.Limit, exp.Order, exp.SetOperation,
        exp.Subquery, exp.Where, exp.Window,
    ))  # fmt: skip
    whole = len(spans) == 1 and not more
    needed = {concept: tuple(sorted(own)) for concept, own in spans.items()}
    return Rewritten(str(tree.sql("duckdb")), needed, whole)


def _sql(node: Any) -> str:
    return "" if node is None else str(node.sql("duckdb"))


def _drop_joins(select: Any) -> None:
    """Takes out each LEFT JOIN whose condition is false by two different words."""
    from sqlglot import exp

    if any(isinstance(cell, exp.Star) for cell in select.expressions):
        return  # the join's columns are among those that the star stands for
    for join in list(select.args.get("joins") or ()):
        if join.side != "LEFT" or not any(map(_never, join.args["on"].flatten())):
            continue
        alias = join.this.alias_or_name
        for column in list(select.find_all(exp.Column)):
            if column.table == alias and column.find_ancestor(exp.Join) is not join:
                column.replace(exp.null())
        join.pop()


def _never(part: Any) -> bool:
    from sqlglot import exp

    sides = (part.this, part.expression) if isinstance(part, exp.EQ) else ()
    words = [side.this for side in sides if isinstance(side, exp.Literal) and side.is_string]
    return len(words) == 2 and words[0] != words[1]


def lows(groups: Any, t: Any, micro: Any, spans: Sequence[int]) -> dict[str, Any]:
    """The columns low_<span> of rows in order of group and time, null where there is no earlier."""
    columns = lowest(groups, t, micro, spans)
    return {
        f"low_{span}": _known(column, column != NONE)
        for span, column in zip(spans, columns, strict=True)
    }


def _known(numbers: Any, known: Any) -> Any:
    """Numbers of 64 bits as an Arrow array over the same memory, null where they are not known."""
    import numpy as np
    import pyarrow as pa

    bits = np.packbits(known, bitorder="little")
    buffers = [pa.py_buffer(bits), pa.py_buffer(numbers)]
    return pa.Array.from_buffers(pa.int64(), len(numbers), buffers)


def register(connection: Any, concept: str, spans: Sequence[int]) -> None:
    """Makes `series_<concept>` from the table `obs`, in the order of the rows there."""
    import numpy as np
    import pyarrow as pa

    rows = connection.sql(ROWS.format(concept)).to_arrow_table()
    names = pa.chunked_array(rows["patient"].chunks, pa.string()).combine_chunks()
    patient = np.unique(numbered(names)[0], return_inverse=True)[1]
    t = rows["t"].to_numpy()
    micro = rows["micro"].fill_null(NONE).to_numpy()  # what is unknown is no lowest value
    order = np.lexsort((t, patient))
    back = np.empty(len(order), np.int64)
    back[order] = np.arange(len(order))
    for name, column in lows(patient[order], t[order], micro[order], spans).items():
        rows = rows.append_column(name, column.take(pa.array(back)))
    connection.register(PREFIX + concept, rows)
