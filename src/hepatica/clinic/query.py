"""A definition as one query over a table with a column for each input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.clinic.compiled import Compiled, compiled
from hepatica.clinic.definition import Scalar
from hepatica.clinic.expression import Expression, columns


def select(
    name: str,
    source: str,
    *,
    keys: Sequence[str] = ("patient",),
    outputs: Sequence[str] | None = None,
    parameters: Mapping[str, Scalar] | None = None,
    dialect: str = "duckdb",
) -> str:
    """SQL that computes a score for every row of `source`, a table or a query in brackets.

    `source` has the columns `keys` and one for each input: DOUBLE in the unit that the definition
    states, BOOLEAN, or VARCHAR for codes; NULL is unknown. Where the definition does not apply
    every output is NULL.
    """
    form = compiled(name, parameters)
    wanted = list(outputs) if outputs is not None else list(form.score.outputs)
    quote = '"' if dialect == "duckdb" else "`"
    inner = source
    for level in _levels(form):
        computed = ", ".join(f"{_sql(form.steps[s], dialect)} AS {quote}{s}{quote}" for s in level)
        inner = f"(SELECT *, {computed} FROM {inner} AS source)"
    guards = [f"{quote}{key}{quote} IS FALSE" for key, _ in form.applies]
    shown = [f"{quote}{key}{quote}" for key in keys]
    for output in wanted:
        column = f"{quote}{output}{quote}"
        guarded = f"CASE WHEN {' OR '.join(guards)} THEN NULL ELSE {column} END AS {column}"
        shown.append(guarded if guards else column)
    return f"SELECT {', '.join(shown)} FROM {inner} AS steps"


def _sql(tree: Expression, dialect: str) -> str:
    """The step's SQL, in which a division by zero is unknown, as it is for one patient.

    Left to themselves DuckDB says infinity and Spark NULL.
    """
    from sqlglot import exp

    safe = tree.copy()
    for node in list(safe.find_all(exp.Div)):
        if not isinstance(node.expression, exp.Literal):
            zero = exp.Literal.number(0)
            node.set("expression", exp.Nullif(this=node.expression, expression=zero))
    return str(safe.sql(dialect))


def _levels(form: Compiled) -> list[list[str]]:
    """Steps grouped so that each reads only inputs and steps of earlier groups."""
    depth: dict[str, int] = {}
    for step, tree in form.steps.items():
        depth[step] = 1 + max((depth[c] for c in columns(tree) if c in depth), default=0)
    return [
        [step for step in form.steps if depth[step] == level]
        for level in range(1, max(depth.values(), default=0) + 1)
    ]
