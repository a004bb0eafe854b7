"""Answers from a small fixed knowledge: what is rendered does not change with the content."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hepatica.ask.engine import Engine
from hepatica.ask.prepared import pack
from hepatica.evidence.knowledge import documents, load
from hepatica.evidence.store.analysis import analyse
from hepatica.evidence.store.store import Store

SMALL = Path(__file__).parents[1] / "fixtures" / "knowledge"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    knowledge = load(SMALL)
    with Store.open(tmp_path_factory.mktemp("small")) as store:
        store.put_knowledge(pack(knowledge, analyse), documents(knowledge), fingerprint="small")
        yield Engine(store)
