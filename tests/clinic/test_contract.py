"""What every score file must keep: its examples, DuckDB's arithmetic, and three-valued honesty."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from values import draw, rows

from hepatica.clinic.bulk import insert
from hepatica.clinic.compiled import compiled
from hepatica.clinic.criterion import criteria
from hepatica.clinic.definition import Example, Score, definition, definitions
from hepatica.clinic.query import select
from hepatica.clinic.score import evaluate, score

SCORES = [item.id for item in definitions()]
EXAMPLES = [
    pytest.param(item, example, id=f"{item.id}-{index}")
    for item in definitions()
    for index, example in enumerate(item.examples)
]


def agrees(found: Any, expected: Any) -> bool:
    """Equal; a decimal as precisely as it is printed."""
    if isinstance(expected, float) and isinstance(found, float | int):
        places = len(str(expected).partition(".")[2])
        return abs(found - expected) <= 0.5000001 * 10**-places
    return bool(found == expected)


@pytest.mark.parametrize(("item", "example"), EXAMPLES)
def test_worked_examples(item: Score, example: Example) -> None:
    result = score(item.id, parameters=example.parameters, **example.inputs)
    found = {key: result.outputs[key] for key in example.expected}
    assert all(agrees(found[key], value) for key, value in example.expected.items()), found


@pytest.mark.parametrize("name", SCORES)
def test_documented(name: str) -> None:
    item = definition(name)
    assert item.status in ("A", "B", "C")
    assert item.examples
    assert item.limits
    assert item.result in item.outputs
    assert set(item.outputs) <= set(item.steps)
    for text in (item.about, item.population, item.bounds, item.rounding, item.reference.text):
        assert text.strip()
    for parameter in item.parameters.values():
        assert parameter.default in parameter.choices
        assert parameter.source


@pytest.mark.parametrize("name", SCORES)
def test_python_and_duckdb_agree(name: str) -> None:
    item = definition(name)
    table = list(rows(item, 1500))
    found = by_duckdb(item, table)
    form = compiled(name)
    for index, row in enumerate(table):
        mine = evaluate(form, row).outputs
        assert same(mine, found[index]), (row, mine, found[index])


def same(mine: dict[str, Any], theirs: dict[str, Any]) -> bool:
    return all(
        mine[key] == theirs[key]
        or (
            isinstance(mine[key], float)
            and isinstance(theirs[key], float)
            and math.isclose(mine[key], theirs[key], rel_tol=1e-14)
        )
        for key in mine
    )


def by_duckdb(item: Score, table: list[dict[str, Any]]) -> list[dict[str, Any]]:
    connection = duckdb.connect()
    types = dict.fromkeys(item.inputs, "VARCHAR")
    types |= {key: "DOUBLE" for key, given in item.inputs.items() if given.unit}
    types |= {key: "BOOLEAN" for key, given in item.inputs.items() if given.flag}
    columns = ", ".join(f'"{key}" {kind}' for key, kind in types.items())
    connection.execute(f"CREATE TABLE given (patient BIGINT, {columns})")
    insert(connection, "given", [(index, *row.values()) for index, row in enumerate(table)])
    cursor = connection.execute(select(item.id, "given") + " ORDER BY patient")
    names = [column[0] for column in cursor.description][1:]
    return [dict(zip(names, row[1:], strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("name", SCORES)
def test_missing_data_never_decides(name: str) -> None:
    """Taking an input away leaves an output as it was or makes it unknown, never another value."""
    item = definition(name)
    form = compiled(name)
    optional = {key for group in item.any_of for key in group} | OPTIONAL.get(name, set())
    for row in rows(item, 250, seed=1, unknown=0.05):
        full = evaluate(form, row)
        for key in item.inputs:
            if row[key] is None or key in optional:
                continue
            less = evaluate(form, {**row, key: None})
            for output, value in less.outputs.items():
                if full.not_applicable is None and output not in ("possible_failures", "failures"):
                    assert value is None or value == full.outputs[output], (key, output, row)


# Looked at only where measured: the rate and the count decide alone without them.
OPTIONAL = {"sirs": {"paco2", "bands"}}


@pytest.mark.parametrize("name", SCORES)
def test_unknown_names_what_would_settle_it(name: str) -> None:
    """An unknown result names inputs; once they are all given it is known."""
    import random

    item = definition(name)
    form = compiled(name)
    rng = random.Random(name)
    for row in rows(item, 200, seed=2, unknown=0.4):
        found = evaluate(form, row)
        if found.value is not None or found.not_applicable:
            assert found.missing == ()
            continue
        for _ in range(len(item.inputs) + 1):
            assert found.missing, row
            for label in found.missing:
                for key in label.split(" or "):
                    assert row[key] is None
                    row[key] = draw(item, key, rng, unknown=0)
            found = evaluate(form, row)
            if found.value is not None or found.not_applicable:
                break
        assert found.value is not None or found.not_applicable, row


@pytest.mark.parametrize(
    ("name", "key", "sign"),
    [(i.id, key, 1) for i in definitions() for key in i.rises_with]
    + [(i.id, key, -1) for i in definitions() for key in i.falls_with],
)
def test_monotone(name: str, key: str, sign: int) -> None:
    import random

    item = definition(name)
    form = compiled(name)
    rng = random.Random(name + key)
    scope = {one.sql: True for one in item.applies if one.sql in item.inputs}
    compared = 0
    for row in rows(item, 3000, seed=3, unknown=0):
        values = sorted(draw(item, key, rng, unknown=0) for _ in range(2))
        low, high = (evaluate(form, {**row, **scope, key: value}).value for value in values)
        if low is not None and high is not None:
            compared += 1
            assert sign * (high - low) >= -1e-9, (row, values)  # type: ignore[operator]
        if compared == 100:
            break
    assert compared > 10


def test_every_confirmed_item_is_shipped_and_no_unconfirmed_one(shared: Path) -> None:
    """Items of status U in the specification are not offered; all others are."""
    items = yaml.safe_load((shared / "specs/clinic-spec.yaml").read_text())["items"]
    graded = {item["id"]: item["status"] for item in items}
    offered = {item.spec: item.status for item in (*definitions(), *criteria())}
    offered.pop("meta")
    assert set(offered) == {name for name, status in graded.items() if status != "U"}
    assert all(graded[name] == status for name, status in offered.items())
