from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hepatica.errors import StoreError
from hepatica.evidence.model import Document, Status
from hepatica.evidence.store import Store
from hepatica.evidence.store.doctor import Check, Severity, check, fix
from hepatica.evidence.store.index import PassageIndex

Make = Callable[..., Document]


@pytest.fixture
def folder(store: Store, make: Make) -> Path:
    documents = [make(f"a{n}", f"cirrhosis {n}", "Ångström ≥2.25") for n in range(20)]
    store.ingest([*documents, make("r", "x", status=Status.RETRACTED)], origin="test")
    store.ingest([make("a3", "corrected")], origin="test")
    store.remove("a4")
    store.put_knowledge(b"pack", [make("c1", "claim", curated=True)], fingerprint="f")
    store.add_review("t", "submitted", "r", "2026-01-01", "h")
    store.add_review("t", "approved", "r", "2026-01-02", "h")
    store.close()
    return store.folder


def edit(folder: Path, *statements: str) -> None:
    record = sqlite3.connect(folder / "evidence.sqlite")
    try:
        for statement in statements:
            assert record.execute(statement).rowcount != 0
        record.commit()
    finally:
        record.close()


def of(checks: list[Check], name: str) -> Check:
    [found] = [item for item in checks if item.name == name]
    return found


def test_a_well_store(folder: Path) -> None:
    checks = check(folder, sample=None)
    assert [item for item in checks if item.severity is Severity.ERROR] == []
    assert of(checks, "completeness").message == (
        "21 sources with 39 passages, 1 older versions readable, 1 sources removed"
    )
    assert of(checks, "texts and offsets").message.startswith("22 of 22 versions")
    assert of(checks, "index").message == "level with the record, 39 passages"
    assert "1 retracted" in of(checks, "retractions").message
    assert of(checks, "knowledge").severity is Severity.WARNING
    assert all(item.remedy for item in checks if item.severity is not Severity.OK)


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("integrity", "UPDATE passages SET source = 999 WHERE passage = 5"),
        ("completeness", "DELETE FROM passages WHERE passage = 5"),
        ("completeness", "DELETE FROM texts WHERE source = 7"),
        ("store version", "UPDATE sources SET current = 0 WHERE source = 6"),
        ("store version", "UPDATE knowledge SET pack = x'00'"),
        ("store version", "DELETE FROM reviews WHERE review = 2"),
        ("texts and offsets", "UPDATE texts SET text = x'41424344' WHERE source = 6"),
        ("texts and offsets", "UPDATE passages SET byte_at = byte_at + 1 WHERE passage = 6"),
        ("texts and offsets", "UPDATE passages SET end_at = 9999 WHERE passage = 6"),
        ("texts and offsets", "UPDATE sources SET record = x'ff' WHERE source = 6"),
        ("texts and offsets", "UPDATE sources SET version = 'aaaa' WHERE source = 6"),
    ],
)
def test_damage_to_the_record_is_found(folder: Path, name: str, statement: str) -> None:
    edit(folder, statement)
    found = of(check(folder, sample=None), name)
    assert found.severity is Severity.ERROR
    assert found.remedy is not None
    assert "restore a copy" in found.remedy


def test_a_record_that_cannot_be_read_is_one_error(folder: Path) -> None:
    record = folder / "evidence.sqlite"
    data = record.read_bytes()
    record.write_bytes(data[:4096] + b"\xff" * 8192 + data[12288:])
    errors = [item for item in check(folder) if item.severity is Severity.ERROR]
    assert errors
    assert "\n" not in errors[0].message
    with pytest.raises(StoreError):
        fix(folder / "none")


@pytest.mark.parametrize("pattern", ["*.idx", "*.term", "*.fast", "*.fieldnorm", "*.pos"])
def test_one_changed_byte_in_the_index_is_found(folder: Path, pattern: str) -> None:
    path = sorted((folder / "index").glob(pattern))[0]
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 1
    path.write_bytes(data)
    assert of(check(folder), "index").severity is Severity.ERROR
    fix(folder)
    assert of(check(folder), "index").severity is Severity.OK


def test_a_file_that_belongs_to_no_commit_is_no_damage(folder: Path) -> None:
    """One that is being written now, or that a killed process left."""
    (folder / "index" / f"{'0' * 32}.store").write_bytes(b"half of a segment")
    assert of(check(folder), "index").severity is Severity.OK


def test_a_file_of_a_commit_that_is_cut_short_is_damage(folder: Path) -> None:
    path = sorted((folder / "index").glob("*.fast"))[0]
    path.write_bytes(path.read_bytes()[:5])
    assert of(check(folder), "index").severity is Severity.ERROR


def test_an_index_that_is_missing_or_lags_is_a_warning(
    folder: Path, make: Make, tmp_path: Path
) -> None:
    saved = shutil.copytree(folder / "index", tmp_path / "saved")
    with Store.open(folder) as store:
        store.ingest([make("new", "x")], origin="test")
    shutil.rmtree(folder / "index")
    assert of(check(folder), "index").message == "there is no index"
    assert not (folder / "index").exists()
    saved.rename(folder / "index")
    lagging = of(check(folder), "index")
    assert (lagging.severity, lagging.message) == (Severity.WARNING, "1 commits behind the record")


def test_locks_of_others_are_seen(folder: Path) -> None:
    writer = PassageIndex(folder / "index").writer()
    other = sqlite3.connect(folder / "evidence.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    checks = check(folder)
    assert of(checks, "index lock").severity is Severity.WARNING
    assert of(checks, "record lock").severity is Severity.WARNING
    with pytest.raises(StoreError, match="is being written"):
        fix(folder)
    other.close()
    del writer
    assert of(check(folder), "index lock").severity is Severity.OK
    assert of(check(folder), "record lock").severity is Severity.OK


def test_leftovers_are_cleared_away_once_they_are_old(folder: Path) -> None:
    old = folder / "index-new-abc"
    young = folder / "index-new-def"
    for path in (old, young):
        path.mkdir()
        (path / "meta.json").write_text("{}")
    part = folder / f"evidence.sqlite-{'0' * 32}"
    part.write_text("")
    before = time.time() - 7200
    for path in (old, part):
        os.utime(path, (before, before))
    assert "index-new-abc" in of(check(folder), "leftovers").message
    assert "removed index-new-abc" in fix(folder)
    assert (old.exists(), part.exists(), young.exists()) == (False, False, True)


def test_the_sample_is_spread_over_the_store(folder: Path) -> None:
    found = of(check(folder, sample=5), "texts and offsets")
    assert found.message.startswith("6 of 22 versions")
