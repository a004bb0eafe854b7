"""Why a result is unknown: the inputs that would settle it, found by walking the expression."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hepatica.clinic.compiled import SPACE, Compiled, python
from hepatica.clinic.expression import Expression

Taint = frozenset[str]
NOTHING: Taint = frozenset()


def missing(
    form: Compiled, values: Mapping[str, Any], computed: Mapping[str, Any], steps: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """For each unknown step the unknown inputs that keep it so, in the definition's order.

    `computed` is what `form.run(values)` gave. Inputs that could not change the outcome are left
    out: once one condition of an AND is false, what the others need is of no interest.
    Alternatives stand together as "pao2 or spo2".
    """
    wanted = {step for step in steps if computed[step] is None}
    if not wanted:
        return {}
    known: dict[str, Any] = {name: values.get(name) for name in form.score.inputs}
    known |= computed
    space = {f"v_{name}": value for name, value in known.items()}
    taints: dict[str, Taint] = {
        name: frozenset({name}) if known[name] is None else NOTHING for name in form.score.inputs
    }
    for name, tree in form.steps.items():
        taints[name] = _taint(tree, space, taints)[1]
    return {step: _grouped(form, taints[step]) for step in steps if step in wanted}


def _grouped(form: Compiled, found: Taint) -> tuple[str, ...]:
    names: list[str] = []
    for name in form.score.inputs:
        if name not in found:
            continue
        group = next((g for g in form.score.any_of if name in g), None)
        label = " or ".join(g for g in group if g in found) if group else name
        if label not in names:
            names.append(label)
    return tuple(names)


def _taint(
    node: Expression, values: Mapping[str, Any], taints: Mapping[str, Taint]
) -> tuple[Any, Taint]:
    """The node's value and the unknown inputs that it rests on."""
    kind = type(node).__name__
    if kind == "Column":
        return values[f"v_{node.name}"], taints[node.name]
    if kind in ("Literal", "Boolean", "Null"):
        return _value(node, values), NOTHING
    if kind == "Case":
        return _case(node, values, taints)
    parts = [_taint(part, values, taints) for part in _children(node)]
    value = _value(node, values)
    if kind in ("And", "Or") and value is not None:
        decisive = [taint for part, taint in parts if part is value]
        return value, min(decisive, key=len)
    if kind == "Coalesce" and value is not None:
        return value, next(taint for part, taint in parts if part is not None)
    unknown = [taint for part, taint in parts if part is None]
    chosen = unknown if value is None and unknown else [taint for _, taint in parts]
    return value, NOTHING.union(*chosen)


def _case(
    node: Expression, values: Mapping[str, Any], taints: Mapping[str, Taint]
) -> tuple[Any, Taint]:
    passed = NOTHING
    for place, branch in enumerate(node.args["ifs"]):
        condition, taint = _taint(branch.this, values, taints)
        passed |= taint
        if condition:
            value, more = _taint(branch.args["true"], values, taints)
            if type(branch.args["true"]).__name__ == "Null":  # WHEN x IS NULL THEN NULL
                more = _open(node, max(0, place - 1), values, taints)
            return value, passed | more
    default = node.args.get("default")
    if default is None:
        return None, passed
    value, more = _taint(default, values, taints)
    return value, passed | more


def _open(
    node: Expression, first: int, values: Mapping[str, Any], taints: Mapping[str, Taint]
) -> Taint:
    """What the branches from a place on need: any may be the one once the condition is known."""
    branches = [branch.args["true"] for branch in node.args["ifs"][first:]]
    default = node.args.get("default")
    parts = [_taint(b, values, taints) for b in (*branches, *([default] if default else ()))]
    return NOTHING.union(*(taint for value, taint in parts if value is None))


def _children(node: Expression) -> list[Expression]:
    kind = type(node).__name__
    if kind in ("Coalesce", "In"):
        return [node.this, *node.expressions]
    if kind == "Between":
        return [node.this, node.args["low"], node.args["high"]]
    if kind == "Anonymous":
        return list(node.expressions)
    return [node.this, node.expression] if node.args.get("expression") else [node.this]


def _value(node: Expression, values: Mapping[str, Any]) -> Any:
    """The node's value; its code is generated from the parsed tree and kept on the node."""
    code = node.meta.get("code")
    if code is None:
        code = node.meta["code"] = compile(python(node), "<step>", "eval")
    return eval(code, SPACE, values)
