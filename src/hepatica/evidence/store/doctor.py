"""Is the store well, and if not, what to do? Nothing here changes it except `fix`."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from hepatica.errors import HepaticaError, StoreError
from hepatica.evidence.store.checks import Check, Severity, error, ok, warning
from hepatica.evidence.store.checks_index import check_index
from hepatica.evidence.store.checks_record import RESTORE, check_record
from hepatica.evidence.store.connection import connect, translated
from hepatica.evidence.store.follow import rebuild
from hepatica.evidence.store.index import PassageIndex
from hepatica.evidence.store.schema import INDEX_NAME, RECORD_NAME

__all__ = ["Check", "Severity", "check", "fix"]

SAMPLE = 1000
LITTLE_SPACE = 200_000_000
"""Bytes: a rebuild of the index of a million passages, or a PubMed baseline file, fits in it."""

LEFTOVER_SECONDS = 3600

EXTRAS = {
    "pdf": ("pypdfium2",),
    "fetch": ("httpx2",),
    "dense": ("numpy", "onnxruntime", "tokenizers"),
}


def check(folder: Path, *, sample: int | None = SAMPLE) -> list[Check]:
    """Everything that was looked at. `sample` is how many sources are read whole, None for all."""
    try:
        connection = connect(folder, create=False, timeout=1.0)
    except StoreError as failure:
        return [error("store", str(failure), None), _space(folder), *_extras()]
    with closing(connection):
        found = [ok("store", str(folder))]
        try:
            with translated(folder):
                found += check_record(connection, sample)
                found += check_index(connection, folder / INDEX_NAME)
                found.append(_lock(connection))
                found.append(_knowledge(connection))
        except StoreError as failure:
            found.append(error("record", str(failure), RESTORE))
    return [*found, *_leftovers(folder), _space(folder), *_extras()]


def fix(folder: Path) -> list[str]:
    """Rebuilds the index and clears away what killed processes left; returns what was done.

    Raises StoreError when the record is damaged, or while another process writes the index.
    """
    done = []
    with closing(connect(folder, create=False, timeout=10.0)) as connection, translated(folder):
        place = folder / INDEX_NAME
        try:
            PassageIndex(place).writer()
        except (ValueError, OSError):
            done.append("the index could not be opened")
        try:
            index = rebuild(connection, place)
        except (ValueError, RuntimeError, OSError) as failure:
            raise StoreError(f"cannot rebuild the index at {str(place)!r}: {failure}") from failure
        done.append(f"rebuilt the index with {index.passages} passages")
    for path in _stale(folder):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
        done.append(f"removed {path.name}")
    return done


def _lock(connection: sqlite3.Connection) -> Check:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return warning(
            "record lock",
            "another process is writing, or the record is read-only",
            "wait for the ingestion to end; if none runs, restart the process that holds it",
        )
    return ok("record lock", "free")


def _knowledge(connection: sqlite3.Connection) -> Check:
    from hepatica.evidence.knowledge import fingerprint

    row = connection.execute("SELECT fingerprint FROM knowledge").fetchone()
    try:
        shipped = fingerprint()
    except HepaticaError as failure:
        return error("knowledge", str(failure), "install Hepatica again")
    if row is None:
        return warning("knowledge", "not in the store yet", "the next `hepatica ask` puts it in")
    if row[0].partition("-")[0] != shipped:
        return warning(
            "knowledge",
            "the store has the knowledge of another version of Hepatica",
            "the next `hepatica ask` brings it up to date",
        )
    return ok("knowledge", f"up to date, fingerprint {shipped}")


def _stale(folder: Path) -> list[Path]:
    """What a killed process left behind, once it is too old to belong to a living one."""
    patterns = (f"{INDEX_NAME}-new-*", f"{INDEX_NAME}-old-*", f"{RECORD_NAME}-{'?' * 32}*")
    paths = sorted(path for pattern in patterns for path in folder.glob(pattern))
    return [path for path in paths if time.time() - path.stat().st_mtime > LEFTOVER_SECONDS]


def _leftovers(folder: Path) -> Iterator[Check]:
    paths = _stale(folder)
    if paths:
        names = ", ".join(path.name for path in paths)
        yield warning("leftovers", f"of interrupted work: {names}", "`hepatica doctor --fix`")


def _space(folder: Path) -> Check:
    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    message = f"{free / 1e9:.1f} GB free"
    if free < LITTLE_SPACE:
        return warning("disk space", message, "free some space before the next ingestion")
    return ok("disk space", message)


def _extras() -> Iterator[Check]:
    for extra, modules in EXTRAS.items():
        missing = [module for module in modules if find_spec(module) is None]
        if missing:
            yield ok(f"extra {extra}", f"not installed: pip install 'hepatica[{extra}]'")
        else:
            yield ok(f"extra {extra}", "installed")
