"""One connection to the record: opened, checked, and with errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import uuid4

from hepatica.errors import StoreError
from hepatica.evidence.store.schema import APPLICATION_ID, RECORD_NAME, SCHEMA_VERSION, TABLES


def connect(folder: Path, *, create: bool, timeout: float) -> sqlite3.Connection:
    """A checked connection to the record in `folder`; `timeout` in seconds is how long to wait
    for another writer. Raises StoreError."""
    path = folder / RECORD_NAME
    if not _exists(path):
        if not create:
            raise StoreError(
                f"no store at {str(folder)!r}: `hepatica ingest PATH --store {folder}` makes one, "
                "HEPATICA_STORE or --store names another"
            )
        with translated(folder):
            _create(folder)
    with translated(folder):
        connection = sqlite3.connect(_uri(path), uri=True, isolation_level=None, timeout=timeout)
        try:
            _prepare(connection, folder)
        except BaseException:
            connection.close()
            raise
    return connection


@contextmanager
def translated(folder: Path) -> Iterator[None]:
    """Turns what SQLite raises into one line that says what is wrong and what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_explain(error, folder)) from error


@contextmanager
def writing(connection: sqlite3.Connection) -> Iterator[None]:
    """A write transaction: everything in the block is committed, or nothing is."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """A read transaction: every statement in the block sees the same commit."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreError(
            f"cannot open the store at {str(path.parent)!r}: {error.strerror}; check that the "
            "folder is yours, or choose another with --store or HEPATICA_STORE"
        ) from error


def _create(folder: Path) -> None:
    """Makes an empty record under another name and links it into place: whoever sees a record
    sees a whole one, however many processes make the same store at once."""
    path = folder / RECORD_NAME
    fresh = folder / f"{RECORD_NAME}-{uuid4().hex}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            _write_empty(fresh)
            _place(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make a store in the folder {str(folder)!r}: {error.strerror}; "
            "choose another with --store or HEPATICA_STORE"
        ) from error


def _place(fresh: Path, path: Path) -> None:
    try:
        os.link(fresh, path)
    except OSError:
        # Already there, made by another process; or a file system without hard links.
        if not path.exists():
            fresh.rename(path)


def _write_empty(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"""BEGIN; {TABLES}
            INSERT INTO state VALUES (1, '{uuid4().hex}', 0, 1, 1, '{0:032x}');
            PRAGMA application_id = {APPLICATION_ID};
            PRAGMA user_version = {SCHEMA_VERSION};
            COMMIT;"""
        )


def is_writable(folder: Path) -> bool:
    """Whether this process may write the record and files beside it."""
    path = folder / RECORD_NAME
    return os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _uri(path: Path) -> str:
    address = path.absolute().as_uri()
    if is_writable(path.parent):
        return f"{address}?mode=rw"
    # SQLite cannot make the shared-memory file of a WAL database in a folder that is read-only,
    # and needs none when no writer has left a log behind.
    log = path.with_name(path.name + "-wal")
    settled = not log.exists() or log.stat().st_size == 0
    return f"{address}?immutable=1" if settled else f"{address}?mode=ro"


def _prepare(connection: sqlite3.Connection, folder: Path) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0] & 0xFFFFFFFF
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise StoreError(
            f"{str(folder / RECORD_NAME)!r} is an SQLite file but no Hepatica store "
            f"(application_id {application:#x}, expected {APPLICATION_ID:#x}): "
            "choose another folder with --store"
        )
    if version != SCHEMA_VERSION:
        raise StoreError(
            f"the store at {str(folder)!r} has schema version {version}, this Hepatica reads "
            f"{SCHEMA_VERSION}: upgrade Hepatica, or ingest into a new folder"
        )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")


def _explain(error: sqlite3.Error, folder: Path) -> str:
    where = repr(str(folder))
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"the store at {where} is locked by another writer: wait for it to end and try again"
    if name.startswith("SQLITE_FULL"):
        return f"the disk of the store at {where} is full: free some space and run it again"
    if name.startswith("SQLITE_READONLY"):
        return f"the store at {where} is read-only: make it writable or choose another with --store"
    if name.startswith("SQLITE_CANTOPEN"):
        return f"cannot open the store at {where}: check that the folder exists and is yours"
    if name.startswith("SQLITE_IOERR"):
        return (
            f"cannot read or write the store at {where} ({name}): "
            "the disk may be full or failing; free some space and run it again"
        )
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return (
            f"the record at {str(folder / RECORD_NAME)!r} is corrupt ({error}): restore a copy of "
            "it, or move the folder away and ingest again"
        )
    return f"the store at {where} failed: {error}"
