"""Which value counts where several stand at the last or first moment: one rule in every engine.

A definition says `max_by(x, y)` and `arg_min(x, y)`: x where y is highest or lowest. Where several
rows share that y, engines take any of them, and not the same one in each run. Here it is said: of
numbers the highest counts, as for the creatinine of a moment elsewhere in the definitions; words
that differ are unknown, as is a last value in conflict. Rows are numbered by value within a moment,
so the number of the row is that of the value. Rows where x or y is unknown are left out everywhere.
"""

from __future__ import annotations

import re

NUMBERS = ("micro", "row", "egfr")
WORDS = ("text", "unit")
CALL = re.compile(
    r"\b(?P<how>max_by|arg_max|min_by|arg_min)"
    r"\((?P<x>[\w.]+), (?P<y>coalesce\([\w.]+, 0\)|[\w.]+)\)"
    r"(?: FILTER \(WHERE (?P<where>(?:[^()]|\([^()]*\))*)\))?"
)


def settled(query: str) -> str:
    """The query of a definition with every tie decided, in DuckDB's SQL."""
    return CALL.sub(_decide, query)


def _decide(match: re.Match[str]) -> str:
    x, y = match["x"], match["y"]
    where = f"({match['where']}) AND " if match["where"] else ""
    known = f"FILTER (WHERE {where}{x} IS NOT NULL AND {y} IS NOT NULL)"
    last = match["how"] in ("max_by", "arg_max")
    highest = (
        f"max_by({x}, {{'y': {y}, 'x': {x}}}) {known}"
        if last
        else f"min_by({x}, {{'y': {y}, 'x': -{x}}}) {known}"
    )
    if x.rpartition(".")[2] not in WORDS:
        return highest
    if not last:
        raise NotImplementedError(f"{match[0]}: the first of words is not defined: say max_by")
    lowest = f"min_by({x}, {{'y': -{y}, 'x': {x}}}) {known}"
    return f"CASE WHEN {highest} = {lowest} THEN {highest} END"
