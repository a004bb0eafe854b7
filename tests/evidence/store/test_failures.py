from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hepatica.errors import StoreError
from hepatica.evidence.model import Document
from hepatica.evidence.store import IngestReport, Store

Make = Callable[..., Document]
Found = Callable[..., list[str]]


@pytest.fixture
def folder(store: Store, make: Make) -> Path:
    """A closed store with fifty sources."""
    store.ingest((make(f"a{n}", f"cirrhosis {n}") for n in range(50)), origin="test")
    store.close()
    return store.folder


@pytest.fixture
def readonly(folder: Path) -> Iterator[Path]:
    """The same, with everything in it read-only."""
    paths = [folder, *folder.rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in paths:
        path.chmod(0o755 if path.is_dir() else 0o644)


def message(error: pytest.ExceptionInfo[StoreError]) -> str:
    text = str(error.value)
    assert "\n" not in text
    return text


def test_no_store_where_one_is_expected(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as error:
        Store.open(tmp_path / "none", create=False)
    assert message(error).startswith(f"no store at '{tmp_path / 'none'}'")
    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as error:
        Store.open(tmp_path / "file" / "store")
    assert "cannot make a store in the folder" in message(error)


def test_a_record_that_is_no_database(folder: Path) -> None:
    (folder / "evidence.sqlite").write_bytes(b"not a database, not at all" * 100)
    with pytest.raises(StoreError) as error:
        Store.open(folder)
    assert "is corrupt" in message(error)
    assert "evidence.sqlite" in message(error)


def test_a_record_cut_short(folder: Path) -> None:
    record = folder / "evidence.sqlite"
    record.write_bytes(record.read_bytes()[:8192])
    with pytest.raises(StoreError, match="is corrupt"), Store.open(folder) as store:
        list(store.sources())


def test_a_database_of_another_program(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "evidence.sqlite") as other:
        other.execute("CREATE TABLE notes (text)")
    other.close()
    with pytest.raises(StoreError) as error:
        Store.open(tmp_path)
    assert "no Hepatica store" in message(error)


def test_a_store_of_a_newer_version(folder: Path) -> None:
    with sqlite3.connect(folder / "evidence.sqlite") as record:
        record.execute("PRAGMA user_version = 99")
    record.close()
    with pytest.raises(StoreError) as error:
        Store.open(folder)
    assert "schema version 99" in message(error)
    assert "upgrade" in message(error)


def test_a_store_that_stays_locked(folder: Path, make: Make) -> None:
    other = sqlite3.connect(folder / "evidence.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with Store.open(folder, timeout=0.1) as store:
            # Readers are not in the way of a writer, nor a writer in theirs.
            assert len(store.search("cirrhosis", k=50)) == 50
            with pytest.raises(StoreError) as error:
                store.ingest([make("new", "x")], origin="test")
            assert "is locked by another writer" in message(error)
            other.execute("ROLLBACK")
            assert store.ingest([make("new", "x")], origin="test").new == 1
    finally:
        other.close()


def test_a_full_disk_keeps_what_was_committed(tmp_path: Path, make: Make, found: Found) -> None:
    documents = [make(f"a{n}", f"cirrhosis {'x' * 2000}") for n in range(400)]
    report = IngestReport()
    with Store.open(tmp_path / "store") as store:
        store._connection.execute("PRAGMA max_page_count = 100")
        with pytest.raises(StoreError) as error:
            store.ingest(documents, origin="test", batch=20, report=report)
        assert "is full" in message(error)
        assert 0 < report.new < 400
        assert len(found(store, "cirrhosis", k=500)) == report.new
    with Store.open(tmp_path / "store") as store:
        again = store.ingest(documents, origin="test")
        assert (again.unchanged, again.new) == (report.new, 400 - report.new)


FULL = """
import resource, sys
from pathlib import Path
from hepatica.errors import StoreError
from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store import IngestReport, Store

def documents():
    for n in range(3000):
        text = " ".join(f"word{n}x{m}" for m in range(30))
        source = Source(id=f"a{n}", title="", text=text, design=Design.COHORT)
        yield Document(source=source, passages=(Passage(section=(), start=0, end=len(text)),))

report = IngestReport()
with Store.open(Path(sys.argv[1])) as store:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), -1))
    try:
        store.ingest(documents(), origin="test", batch=50, report=report)
    except StoreError as error:
        print(error)
print(report.new, report.lag)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file")
def test_files_that_may_not_grow_stop_the_ingestion_and_not_the_store(
    tmp_path: Path, found: Found
) -> None:
    command = [sys.executable, "-c", FULL, str(tmp_path / "store"), "400000"]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    *errors, counts = child.stdout.splitlines()
    assert len(errors) == 1
    assert "the disk may be full" in errors[0] or "is full" in errors[0]
    kept = int(counts.split()[0])
    assert 0 < kept < 3000
    with Store.open(tmp_path / "store") as store:
        assert len(list(store.sources())) == kept
        assert found(store, f"word{kept - 1}x3")[0] == f"a{kept - 1}"
        assert store.lag == 0


@pytest.mark.skipif(
    not hasattr(os, "getuid") or sys.platform == "win32", reason="needs POSIX permissions"
)
def test_a_read_only_store_can_be_read_and_says_so_when_written(readonly: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from hepatica.errors import StoreError
from hepatica.evidence.store import Store, live
import tantivy
if os.getuid() == 0:
    os.setuid(65534)
with Store.open(Path(sys.argv[1])) as store:
    print(len(store.search("cirrhosis", k=100)), store.lag, store.source("a7").text)
    try:
        store.add_review("t", "approved", "r", "2026-01-01", "h")
    except StoreError as error:
        print(error)
"""
    for parent in readonly.parents[:4]:
        parent.chmod(parent.stat().st_mode | 0o055)
    command = [sys.executable, "-c", script, str(readonly)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stdout.splitlines() == [
        "50 0 cirrhosis 7",
        f"the store at '{readonly}' is read-only: make it writable or choose another with --store",
    ], child.stderr


@pytest.mark.skipif(
    not hasattr(os, "getuid") or sys.platform == "win32", reason="needs POSIX permissions"
)
def test_a_folder_that_may_not_be_entered_is_one_line(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    script = """
import os, sys
from pathlib import Path
from hepatica.errors import StoreError
from hepatica.evidence.store import Store
if os.getuid() == 0:
    os.setuid(65534)
for create in (True, False):
    try:
        Store.open(Path(sys.argv[1]), create=create)
    except StoreError as error:
        print(error)
"""
    command = [sys.executable, "-c", script, str(closed / "store")]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    closed.chmod(0o700)
    assert child.stderr == ""
    lines = child.stdout.splitlines()
    assert len(lines) == 2
    assert all("Permission denied; check that the folder is yours" in line for line in lines)
