"""Rows in which an input that a definition divides by is zero, and what the engines say of them."""

from __future__ import annotations

import math
import random
from typing import Any

import pyarrow as pa
from sqlglot import exp
from tests.clinic.values import draw

from hepatica.clinic.compiled import compiled
from hepatica.clinic.definition import Score, definition
from hepatica.clinic.expression import columns
from hepatica.clinic.records import names


def divisors(item: Score) -> list[str]:
    """Inputs that a step divides by, other than through a function that zero has no place in."""
    found: dict[str, None] = {}
    for tree in compiled(item.id).steps.values():
        for node in tree.find_all(exp.Div):
            for name in columns(node.expression):
                given = item.inputs.get(name)
                if given is not None and given.unit is not None:
                    found[name] = None
    return list(found)


def dividing() -> list[str]:
    return [name for name in names("scores") if divisors(definition(name))]


def table(item: Score) -> tuple[list[dict[str, Any]], pa.Table]:
    """Rows with each divisor zero in turn, as dicts for Python and as a table for the engines."""
    rng = random.Random(item.id)
    rows = []
    for zero in divisors(item):
        for _ in range(4):
            row = {key: draw(item, key, rng, unknown=0.0) for key in item.inputs}
            rows.append({**row, zero: 0.0})
    kinds = {
        key: pa.bool_() if given.flag else pa.float64() if given.unit else pa.string()
        for key, given in item.inputs.items()
    }
    cells = {key: pa.array([row[key] for row in rows], kind) for key, kind in kinds.items()}
    return rows, pa.table({"patient": [str(n) for n in range(len(rows))], **cells})


def expected(item: Score, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The outputs by patient as Python computes them; where it does not apply, all unknown."""
    form, found = compiled(item.id), {}
    for number, row in enumerate(rows):
        steps = form.run(row)
        applies = all(steps[key] is not False for key, _ in form.applies)
        found[str(number)] = {key: steps[key] if applies else None for key in item.outputs}
    return found


def alike(one: Any, other: Any) -> bool:
    if isinstance(one, float) and isinstance(other, float | int):
        return math.isclose(one, other, rel_tol=1e-12)
    return bool(one == other)
