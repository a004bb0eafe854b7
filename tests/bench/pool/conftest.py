"""Reference figures of metafor and netmeta, and the data they were computed from."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hepatica.bench.pool.effects import Tables
from hepatica.bench.pool.settings import Pooling, load_pooling
from hepatica.evidence.knowledge import Knowledge, load

HERE = Path(__file__).parent


def as_tables(rows: list[dict[str, Any]]) -> Tables:
    def column(name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        return np.array([float(row[name]) for row in rows])

    return Tables(
        labels=tuple(str(place + 1) for place in range(len(rows))),
        a=column("tpos"),
        n1=column("tpos") + column("tneg"),
        c=column("cpos"),
        n2=column("cpos") + column("cneg"),
    )


@pytest.fixture(scope="session")
def metafor() -> dict[str, Any]:
    return json.loads((HERE / "metafor.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def netmeta() -> dict[str, Any]:
    return json.loads((HERE / "netmeta.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def bcg(shared: Path) -> Tables:
    """The 13 trials of BCG vaccine (Colditz 1994)."""
    with (shared / "data/bench/metafor/dat_bcg.csv").open(encoding="utf-8") as file:
        return as_tables(list(csv.DictReader(file)))


@pytest.fixture(scope="session")
def sparse(metafor: dict[str, Any]) -> Tables:
    """Six made-up trials: empty cells, one without events, one with events only in an arm."""
    return as_tables(metafor["data"]["sparse"])


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def pooling() -> Pooling:
    return load_pooling()
