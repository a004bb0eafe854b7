"""Numbers for names: the same for the same name, in the order in which DuckDB sorts them."""

from __future__ import annotations

import random

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from hepatica.clinic.cohort.names import _by_bits, numbered

NAMES = {
    "one length": [f"p{n:08}" for n in (0, 7, 10, 99_999_999, 12, 7)],
    "digits": ["1", "0", "9", "5"],
    "one name": ["a", "a"],
    "all letters": ["Zoe", "aoe", "ßo", "zzz", "000"],
    "several lengths": ["10", "9", "100", "", "1"],
    "beyond ASCII": ["é", "z", "ü", "日本", "a"],
    "long": ["c0ffee00-0000-4000-8000-00000000000f", "00000000-0000-4000-8000-00000000000a"] * 2,
    "a zero byte": ["a\0", "a", "a\0b", "b"],
}


@pytest.mark.parametrize("kind", NAMES)
def test_order_and_sameness(kind: str) -> None:
    names = NAMES[kind] * 3
    random.Random(kind).shuffle(names)
    found, most = numbered(pa.array(names, pa.string()))
    assert len(set(found.tolist())) == len(set(names))
    assert found.max() < most
    mine = [names[place] for place in np.argsort(found, kind="stable")]
    connection = duckdb.connect()
    connection.register("given", pa.table({"name": names}))
    rows = connection.execute("SELECT name FROM given ORDER BY name").fetchall()
    assert mine == [name for (name,) in rows]


def test_names_of_one_length_need_no_dictionary() -> None:
    assert _by_bits(pa.array(NAMES["one length"])) is not None
    assert _by_bits(pa.array(NAMES["several lengths"])) is None
    assert _by_bits(pa.array(NAMES["long"])) is not None  # few places differ
    rng = random.Random(1)
    assert _by_bits(pa.array([rng.randbytes(16).hex() for _ in range(99)])) is None


def test_none() -> None:
    assert len(numbered(pa.array([], pa.string()))[0]) == 0
