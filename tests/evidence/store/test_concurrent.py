"""Other processes read and write the same store at the same time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from kill_child import SOURCES, documents

from hepatica.evidence.store import Store

CHILD = Path(__file__).with_name("kill_child.py")


def start(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, str(CHILD), str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_readers_work_during_an_ingestion(tmp_path: Path) -> None:
    searches = 0
    with start(tmp_path) as child, Store.open(tmp_path) as store:
        while child.poll() is None:
            hits = store.search("cirrhosis", k=1000)
            stored = store.passages([hit.passage_id for hit in hits])
            assert all("cirrhosis" in passage.text for passage in stored)
            for row in list(store.sources())[-3:]:
                assert store.source(row.id).title == ""
            searches += 1
        assert child.stdout is not None
        assert child.stdout.read().endswith("done\n")
        current = {d.source.id: len(d.passages) for d in documents()}
        assert len(store.search("cirrhosis", k=2000)) == sum(current.values())
        assert store.lag == 0
    assert searches > 3


def test_two_ingestions_at_once_end_as_one(tmp_path: Path) -> None:
    with start(tmp_path / "both") as one, start(tmp_path / "both") as two:
        outputs = [one.communicate(timeout=60)[0], two.communicate(timeout=60)[0]]
    assert all(output.endswith("done\n") for output in outputs)
    with Store.open(tmp_path / "both") as both, Store.open(tmp_path / "alone") as alone:
        alone.ingest(documents(), origin="alone")
        assert both.version == alone.version
        assert len(list(both.sources(all_versions=True))) == SOURCES
        hits = [len(store.search("cirrhosis", k=2000)) for store in (both, alone)]
        assert hits[0] == hits[1]


MAKE_MANY = """
import sys
from pathlib import Path
from hepatica.evidence.store import Store
for number in range(30):
    with Store.open(Path(sys.argv[1]) / str(number)) as store:
        store.add_review("topic", "submitted", "r", "2026-01-01", "h")
"""


def test_processes_that_make_the_same_store_share_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MAKE_MANY, str(tmp_path)]
    children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [child.communicate(timeout=60)[1] for child in children] == ["", "", ""]
    for number in range(30):
        with Store.open(tmp_path / str(number)) as store:
            assert len(store.reviews()) == 3
