"""DuckDB's SQL as Spark's: what sqlglot does not know, and what it leaves to the reader."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def spark(query: str) -> str:
    """The query for Spark, with the outcome that it has in DuckDB.

    A decimal literal is a double (in Spark it would be a decimal, and divide as one); times are
    without zone; whole years are counted as DuckDB counts them.
    """
    import sqlglot

    tree = sqlglot.parse_one(query, dialect="duckdb")
    return str(tree.transform(_translate).sql(dialect="spark"))


def _translate(node: Any) -> Any:
    from sqlglot import exp

    if isinstance(node, exp.Literal):
        if node.is_string or "." not in node.this or "e" in node.this.lower():
            return node
        return exp.Literal.number(f"{node.this}e0")
    if isinstance(node, exp.Log) and node.expression:
        return _call("LOG10", node.expression)
    if isinstance(node, exp.TimeToUnix):
        return _call("UNIX_SECONDS", exp.cast(node.this.copy(), "timestamp"))
    if isinstance(node, exp.UnixToTime):
        return exp.cast(_call("TIMESTAMP_MICROS", node.this), "timestampntz")
    if isinstance(node, exp.Anonymous) and node.name.lower() == "date_sub":
        unit, start, end = node.expressions
        if unit.this != "year":
            raise ValueError(f"date_sub: {unit.this!r}, and only 'year' is known")
        months = _call("MONTHS_BETWEEN", end, start, exp.false())
        years = exp.Div(this=months, expression=exp.Literal.number("12e0"))
        return exp.cast(_call("FLOOR", years), "bigint")
    return node


def _call(name: str, *arguments: Any) -> Any:
    from sqlglot import exp

    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])
