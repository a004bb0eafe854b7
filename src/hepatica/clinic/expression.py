"""SQL expressions of definitions: parsed once, run by any engine or compiled to Python.

Beside plain SQL a definition may say

    clamp(x, low, high)            x held within limits; unknown stays unknown
    at_least(x, low)               as above, with a floor only
    half_up(x), half_up(x, 1)      rounded half up to an integer, or to decimals
    micro(x)                       x in whole millionths, for comparisons exact at the boundary
    decide(c1, v1, c2, v2, ..., v) the first value whose condition is true; unknown as soon as a
                                   condition before it is unknown (CASE would fall through)
    sure(c), possible(c)           1 if c is true (is not false), else 0: for counting conditions

GREATEST, LEAST, COALESCE of unlike things and CASE that falls through on an unknown condition are
the usual ways in which missing data turns into a normal value; the first two are refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from hepatica.errors import KnowledgeError, MissingExtraError

Expression = Any  # sqlglot.exp.Expression, imported only when a definition is compiled


def _sqlglot() -> Any:
    try:
        import sqlglot
        import sqlglot.expressions
    except ImportError:
        raise MissingExtraError(what="Computing scores", extra="clinic") from None
    return sqlglot


@cache
def parse(sql: str) -> Expression:
    """The expression with its macros expanded; do not change it, copy it."""
    sqlglot = _sqlglot()
    try:
        tree = sqlglot.parse_one(sql, dialect="duckdb")
    except sqlglot.errors.ParseError as error:
        reason = str(error).splitlines()[0]
        raise KnowledgeError(f"{sql!r} is not an SQL expression: {reason}") from None
    expanded = tree.transform(_expand)
    for column in expanded.find_all(sqlglot.exp.Column):
        column.this.set("quoted", True)
    return expanded


def bind(tree: Expression, parameters: Mapping[str, object]) -> Expression:
    """The expression with `$name` replaced by the parameter's value."""
    exp = _sqlglot().exp

    def fill(node: Expression) -> Expression:
        if isinstance(node, exp.Placeholder | exp.Parameter):
            if node.name not in parameters:
                raise KnowledgeError(f"${node.name} is no parameter of the definition")
            return _literal(parameters[node.name])
        return node

    return tree.transform(fill)


def columns(tree: Expression) -> tuple[str, ...]:
    """Names that the expression reads, in order of first use."""
    exp = _sqlglot().exp
    return tuple(dict.fromkeys(node.name for node in tree.find_all(exp.Column, bfs=False)))


def _literal(value: object) -> Expression:
    exp = _sqlglot().exp
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, int):
        return exp.Literal.number(value)
    if isinstance(value, float):
        return exp.Literal.number(f"{value!r}e0" if "e" not in repr(value) else repr(value))
    return exp.Literal.string(str(value))


def _expand(node: Expression) -> Expression:
    exp = _sqlglot().exp
    if isinstance(node, exp.Greatest | exp.Least):
        raise KnowledgeError(f"{node.sql('duckdb')}: skips unknown values: use clamp or decide")
    if isinstance(node, exp.Literal) and not node.is_string and "." in node.this:
        if "e" not in node.this.lower():  # a decimal literal is a DOUBLE in every engine
            return exp.Literal.number(f"{node.this}e0")
        return node
    if isinstance(node, exp.Log) and node.expression:
        return exp.Anonymous(this="LOG10", expressions=[node.expression.transform(_expand)])
    if isinstance(node, exp.Anonymous):
        macro = _MACROS.get(node.this.lower())
        if macro is not None:
            return macro(*(part.transform(_expand) for part in node.expressions))
        if node.this.upper() != "LOG10":
            raise KnowledgeError(f"{node.sql('duckdb')}: there is no function {node.this}")
    return node


def _case(*pairs: tuple[Any, Any], default: Any = None) -> Any:
    exp = _sqlglot().exp
    ifs = [exp.If(this=_wrap(c), true=_wrap(v)) for c, v in pairs]
    return exp.Case(ifs=ifs, default=None if default is None else _wrap(default))


def _wrap(node: Any) -> Any:
    exp = _sqlglot().exp
    simple = (exp.Column, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Case)
    copied = node.copy()
    return copied if isinstance(copied, simple) else exp.Paren(this=copied)


def _clamp(x: Any, low: Any, high: Any) -> Any:
    exp = _sqlglot().exp
    below = exp.LT(this=_wrap(x), expression=_wrap(low))
    above = exp.GT(this=_wrap(x), expression=_wrap(high))
    return _case((below, low), (above, high), default=x)


def _at_least(x: Any, low: Any) -> Any:
    exp = _sqlglot().exp
    return _case((exp.LT(this=_wrap(x), expression=_wrap(low)), low), default=x)


def _half_up(x: Any, digits: Any = None) -> Any:
    exp = _sqlglot().exp
    half = exp.Literal.number("0.5e0")
    if digits is None:
        return exp.Floor(this=exp.Add(this=_wrap(x), expression=half))
    power = exp.Literal.number(f"{10 ** int(digits.this)}.0e0")
    scaled = exp.Add(this=exp.Mul(this=_wrap(x), expression=power), expression=half)
    return exp.Paren(this=exp.Div(this=exp.Floor(this=scaled), expression=power.copy()))


def _micro(x: Any) -> Any:
    exp = _sqlglot().exp
    scaled = exp.Mul(this=_wrap(x), expression=exp.Literal.number("1000000.0e0"))
    whole = exp.Floor(this=exp.Add(this=scaled, expression=exp.Literal.number("0.5e0")))
    return exp.Cast(this=whole, to=exp.DataType.build("BIGINT"))


def _decide(*arguments: Any) -> Any:
    exp = _sqlglot().exp
    if len(arguments) % 2 == 0:
        raise KnowledgeError("decide() takes conditions with their values and a last value")
    pairs: list[tuple[Any, Any]] = []
    for condition, value in zip(arguments[:-1:2], arguments[1::2], strict=True):
        unknown = exp.Is(this=_wrap(condition), expression=exp.Null())
        pairs += [(condition, value), (unknown, exp.Null())]
    return _case(*pairs, default=arguments[-1])


def _sure(condition: Any) -> Any:
    exp = _sqlglot().exp
    return _case((condition, exp.Literal.number(1)), default=exp.Literal.number(0))


def _possible(condition: Any) -> Any:
    exp = _sqlglot().exp
    false = exp.Not(this=_wrap(condition))
    return _case((false, exp.Literal.number(0)), default=exp.Literal.number(1))


_MACROS: Mapping[str, Callable[..., Expression]] = {
    "clamp": _clamp,
    "at_least": _at_least,
    "half_up": _half_up,
    "micro": _micro,
    "decide": _decide,
    "sure": _sure,
    "possible": _possible,
}
