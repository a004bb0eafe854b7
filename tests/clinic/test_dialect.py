"""What the SQL of a definition may say, so that every engine answers the same.

DuckDB's `7 / 2` is 3.5 and SQLite's is 3, and neither complains. What is allowed here is what
`test_engines.py` has held against each other; anything new is looked at first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from hepatica.clinic.criterion import criteria
from hepatica.clinic.engine import filled
from hepatica.clinic.tables import base

QUERIES = {**base(), **{item.id: filled(item) for item in criteria()}}
FUNCTIONS = {
    "Abs", "And", "ArgMax", "ArgMin", "Case", "Cast", "Coalesce", "Count", "Exists", "Explode",
    "Floor", "GenerateSeries", "Greatest", "If", "Lag", "Least", "LogicalAnd", "LogicalOr", "Max",
    "Min", "Nullif", "Or", "Pow", "Round", "RowNumber", "Sum", "TimeToUnix", "UnixToTime",
}  # fmt: skip
TO_WHOLE = (exp.Sum, exp.Floor, exp.Round, exp.Null)
REALS = {"value"}  # columns that are real numbers in every table
KNOWN_OTHERS = {"date_sub"}


@pytest.fixture(params=QUERIES)
def tree(request: pytest.FixtureRequest) -> Any:
    return sqlglot.parse_one(QUERIES[request.param], dialect="duckdb")


def test_functions_are_known_to_every_engine(tree: Any) -> None:
    assert {type(node).__name__ for node in tree.find_all(exp.Func)} - {"Anonymous"} <= FUNCTIONS
    others = list(tree.find_all(exp.Anonymous))
    assert {node.name for node in others} <= KNOWN_OTHERS
    assert all(node.expressions[0].this == "year" for node in others)


def test_real_division_has_a_real_side(tree: Any) -> None:
    for node in tree.find_all(exp.Div):
        assert any(map(real, (node.this, node.expression))), node.sql()


def real(node: Any) -> bool:
    """Whether a side is a real number in SQLite, too: a decimal in it, or what came of one."""
    return any(
        (isinstance(part, exp.Literal) and not part.is_string and "." in part.this)
        or (isinstance(part, exp.Column) and part.name in REALS)
        for part in node.walk()
    )


def test_casts_lose_nothing(tree: Any) -> None:
    for node in tree.find_all(exp.Cast):
        if node.to.this in (exp.DataType.Type.BIGINT, exp.DataType.Type.INT):
            assert isinstance(node.this, TO_WHOLE) or inner(node.this), node.sql()


def inner(node: Any) -> bool:
    """A window over a sum, which is as whole as the sum."""
    return isinstance(node, exp.Window) and isinstance(node.this, exp.Sum)


def test_no_name_is_quoted_and_no_join_is_full(tree: Any) -> None:
    """A misspelt name in quotes is a text in SQLite, and FULL JOIN is younger than 3.39."""
    assert not [node for node in tree.find_all(exp.Identifier) if node.quoted]
    assert not [node for node in tree.find_all(exp.Join) if node.side in ("FULL", "RIGHT")]
    assert not list(tree.find_all(exp.Like, exp.ILike, exp.SimilarTo, exp.RegexpLike))


def test_an_order_holds_no_text_that_ends_it(tree: Any) -> None:
    for node in tree.find_all(exp.Ordered):
        words = [word.this for word in node.find_all(exp.Literal) if word.is_string]
        assert not re.search("[(),]", " ".join(words)), node.sql()


@pytest.mark.parametrize("name", QUERIES)
def test_no_text_looks_like_what_is_rewritten(name: str) -> None:
    for text in texts(QUERIES[name]):
        assert not re.search(r"//|\bbool_(?:or|and)\(|ORDER BY|max_by|min_by|arg_m", text), text


def texts(query: str) -> Iterator[str]:
    return (found[1] for found in re.finditer(r"'((?:[^']|'')*)'", query))
