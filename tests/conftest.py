"""Fixtures that every part of the test-suite shares."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The tests use every processor already: linear algebra on several threads makes them wait.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from hepatica.ask.engine import Engine
    from hepatica.evidence.store.store import Store


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that is too large or not ours to ship; skips where it is absent."""
    root = Path(os.environ.get("HEPATICA_DATA", Path(__file__).parents[1].parent / "shared"))
    if not root.is_dir():
        pytest.skip(f"real data not found at {root}: set HEPATICA_DATA to its folder")
    return root


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the shipped knowledge. Tests that ingest make their own."""
    from hepatica.ask.engine import sync
    from hepatica.evidence.store.store import Store

    with Store.open(tmp_path_factory.mktemp("store")) as opened:
        sync(opened)
        yield opened


@pytest.fixture(scope="session")
def engine(store: Store) -> Engine:
    """Answers from the shipped knowledge."""
    from hepatica.ask.engine import Engine

    return Engine(store)
