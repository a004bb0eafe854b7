"""A division by zero is unknown, for one patient and in a registry."""

from __future__ import annotations

import duckdb
import pytest
from tests.clinic.zero import alike, dividing, expected, table

from hepatica.clinic.definition import definition
from hepatica.clinic.query import select


def test_there_are_such_definitions() -> None:
    assert {"fib4", "apri", "fena", "pf_ratio"} <= set(dividing())


@pytest.mark.parametrize("name", dividing())
def test_duckdb_says_what_python_says(name: str) -> None:
    item = definition(name)
    rows, given = table(item)
    connection = duckdb.connect()
    connection.register("given", given)
    cursor = connection.execute(select(name, "given"))
    keys = [column[0] for column in cursor.description]
    unknown = 0
    own = expected(item, rows)
    for row in cursor.fetchall():
        found = dict(zip(keys, row, strict=True))
        for key, value in own[found["patient"]].items():
            assert alike(value, found[key]), (name, key, rows[int(found["patient"])])
            unknown += value is None
    assert unknown
