"""kill -9 at random moments of an ingestion: nothing that was committed is lost, nothing is half
there, the index catches up, and ingesting again ends where an undisturbed ingestion ends.

HEPATICA_KILLS sets how many kills, HEPATICA_KILL_SEED their moments.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kill_child import BATCH, SOURCES, documents

from hepatica.evidence.model import Document
from hepatica.evidence.store import Store

KILLS = int(os.environ.get("HEPATICA_KILLS", "12"))
SEED = int(os.environ.get("HEPATICA_KILL_SEED", "20261122"))
CHILD = Path(__file__).with_name("kill_child.py")
DOCUMENTS = list(documents())


COMMITS = -(-SOURCES // BATCH)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The version that a whole ingestion ends in."""
    folder = tmp_path_factory.mktemp("undisturbed")
    assert run_child(folder, commits=None, then=0.0)[-1] == "done"
    with Store.open(folder) as store:
        assert len(list(store.sources(all_versions=True))) == SOURCES
        return store.version


def run_child(folder: Path, *, commits: int | None, then: float) -> list[str]:
    """What the child said before it was killed, `then` seconds after its line `commits`, or while
    it starts and makes the store when that is 0."""
    command = [sys.executable, str(CHILD), str(folder)]
    lines: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        if commits == 0:
            time.sleep(0.1 + 4 * then)
            child.kill()
        for line in child.stdout:
            lines.append(line)
            if len(lines) == commits:
                time.sleep(then)
                child.kill()
    return [line.strip() for line in lines if line.endswith("\n")]


def test_kills_at_random_moments(tmp_path: Path, undisturbed: str) -> None:
    chance = random.Random(SEED)
    interrupted = 0
    for attempt in range(KILLS):
        folder = tmp_path / str(attempt // 2)
        lines = run_child(
            folder, commits=chance.choice([0, *range(1, COMMITS + 2)]), then=chance.uniform(0, 0.03)
        )
        settled = [int(line) for line in lines if line.isdigit()]
        check(folder, settled[-1] if settled else 0)
        interrupted += "done" not in lines
        # Every other ingestion starts from what a killed one left behind.
        if attempt % 2 or attempt == KILLS - 1:
            with Store.open(folder) as store:
                store.ingest(DOCUMENTS, origin="again", batch=BATCH)
                assert (store.version, store.lag) == (undisturbed, 0)
    assert interrupted >= KILLS / 2  # on a fast machine some are done before they are killed


def check(folder: Path, settled: int) -> None:
    """Everything the child called committed is there, whole and found; all else is whole or not
    there."""
    expected: dict[str, Document] = {}
    for document in DOCUMENTS[:settled]:
        expected[document.source.id] = document
    with Store.open(folder) as store:
        for document in DOCUMENTS[:settled]:
            assert store.source(document.source.id, document.source.version) == document.source
        for source_id, document in expected.items():
            held = store.source(source_id)
            assert held.revision is not None
            assert document.source.revision is not None
            assert held.revision >= document.source.revision
        found = {}
        for row in store.sources():
            source = store.source(row.id)
            token = source.text.split()[0]
            stored = store.passages([hit.passage_id for hit in store.search(token, k=10)])
            whole = {p.start: p.text for p in stored if p.source_id == row.id}
            assert len(whole) == row.passages
            assert all(source.text[start:].startswith(text) for start, text in whole.items())
            found[row.id] = source
        assert set(expected) <= set(found)
        passages = sum(row.passages for row in store.sources())
        assert len(store.search("cirrhosis", k=2000)) == passages
        assert store.lag == 0
    record = sqlite3.connect(folder / "evidence.sqlite")
    try:
        assert record.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert record.execute("PRAGMA foreign_key_check").fetchall() == []
        halves = """SELECT count(*) FROM sources s WHERE
            (SELECT count(*) FROM texts WHERE source = s.source) != 1 OR
            (SELECT count(*) FROM passages WHERE source = s.source) != s.passages"""
        assert record.execute(halves).fetchone() == (0,)
    finally:
        record.close()
