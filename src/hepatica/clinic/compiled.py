"""A definition compiled: to one Python function for one patient, to one query for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from hepatica.clinic import three_valued
from hepatica.clinic.definition import Scalar, Score, definition
from hepatica.clinic.expression import Expression, bind, columns, parse
from hepatica.clinic.parameters import settings
from hepatica.errors import InputError, KnowledgeError

_NAMES = {
    "Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "power", "LT": "lt",
    "LTE": "le", "GT": "gt", "GTE": "ge", "EQ": "eq", "NEQ": "ne", "And": "and_", "Or": "or_",
    "Not": "not_", "Neg": "neg", "Ln": "ln", "Exp": "exp", "Sqrt": "sqrt", "Floor": "floor",
    "Abs": "absolute",
}  # fmt: skip

SPACE: dict[str, Any] = {f"sql_{k}": v for k, v in vars(three_valued).items() if k[0] != "_"}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A definition with its parameters bound: `run(values)` gives every step's value."""

    score: Score
    parameters: Mapping[str, Scalar]
    steps: Mapping[str, Expression]
    needs: Mapping[str, frozenset[str]]
    run: Callable[[Mapping[str, Any]], dict[str, Any]]
    applies: tuple[tuple[str, str], ...]


def compiled(name: str, parameters: Mapping[str, Scalar] | None = None) -> Compiled:
    """The definition ready to run; compiled once for each set of parameters.

    Raises InputError for a parameter that it does not have, or a value that is no choice.
    """
    score = definition(name)
    for key in parameters or {}:
        if key not in score.parameters:
            known = ", ".join(score.parameters) or "none"
            raise InputError(f"{score.id} has no parameter {key!r}: it has {known}")
    return _compile(name, tuple(sorted(settings(score, parameters or {}).items())))


@cache
def _compile(name: str, chosen: tuple[tuple[str, Scalar], ...]) -> Compiled:
    score = definition(name)
    parameters = dict(chosen)
    texts = dict(score.steps)
    applies = tuple((f"applies_{i}", p.reason) for i, p in enumerate(score.applies))
    texts.update({key: p.sql for (key, _), p in zip(applies, score.applies, strict=True)})
    steps = {step: bind(parse(sql), parameters) for step, sql in texts.items()}
    needs: dict[str, frozenset[str]] = {}
    for step, tree in steps.items():
        found: set[str] = set()
        for column in columns(tree):
            if column not in score.inputs and column not in needs:
                raise KnowledgeError(f"{name}: {step} reads {column!r}, which stands nowhere above")
            found |= needs.get(column, frozenset({column}))
        needs[step] = frozenset(found)
    return Compiled(score, parameters, steps, needs, _function(score, steps), applies)


def _function(
    score: Score, steps: Mapping[str, Expression]
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    lines = ["def run(values):", "    get = values.get"]
    lines += [f"    v_{name} = get({name!r})" for name in score.inputs]
    lines += [f"    v_{name} = {python(tree)}" for name, tree in steps.items()]
    lines.append("    return {" + ", ".join(f"{name!r}: v_{name}" for name in steps) + "}")
    space = dict(SPACE)
    # The text is generated from a parsed expression tree: names and literals, nothing else.
    exec(compile("\n".join(lines), f"<{score.id}>", "exec"), space)
    run: Callable[[Mapping[str, Any]], dict[str, Any]] = space["run"]
    return run


def python(node: Expression) -> str:
    """The Python expression that agrees with DuckDB on this SQL expression."""
    kind = type(node).__name__
    if kind in _NAMES:
        parts = [node.this, node.expression] if node.args.get("expression") else [node.this]
        return f"sql_{_NAMES[kind]}({', '.join(python(part) for part in parts)})"
    return _special(node, kind)


def _special(node: Expression, kind: str) -> str:
    match kind:
        case "Column":
            if not node.name.isidentifier():
                raise KnowledgeError(f"{node.name!r} is no name")
            return f"v_{node.name}"  # a name such as class is a word of Python
        case "Literal":
            if node.is_string:
                return repr(node.this)
            return repr(float(node.this) if not node.this.isdigit() else int(node.this))
        case "Boolean":
            return repr(bool(node.this))
        case "Null":
            return "None"
        case "Paren":
            return f"({python(node.this)})"
        case "Case":
            last = python(node.args["default"]) if node.args.get("default") else "None"
            for branch in reversed(node.args["ifs"]):
                last = f"({python(branch.args['true'])} if {python(branch.this)} else {last})"
            return last
        case "Is" if type(node.expression).__name__ == "Null":
            return f"({python(node.this)} is None)"
        case "Coalesce":
            parts = [node.this, *node.expressions]
            return f"sql_coalesce({', '.join(python(part) for part in parts)})"
        case "Between":
            x, low, high = (python(node.args[key]) for key in ("this", "low", "high"))
            return f"sql_and_(sql_ge({x}, {low}), sql_le({x}, {high}))"
        case "In":
            x = python(node.this)
            parts = [f"sql_eq({x}, {python(item)})" for item in node.expressions]
            last = parts.pop()
            for part in reversed(parts):
                last = f"sql_or_({part}, {last})"
            return last
        case "Cast":
            to = node.to.this.value
            return f"sql_{'bigint' if to == 'BIGINT' else 'double'}({python(node.this)})"
        case "Anonymous" if node.this == "LOG10":
            return f"sql_log10({python(node.expressions[0])})"
        case _:
            raise KnowledgeError(f"{node.sql('duckdb')}: {kind} cannot be computed in Python")
