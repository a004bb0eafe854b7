"""One connection to the record: opened, checked, and with errors that say what to do."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from hepatica.errors import StoreError
from hepatica.evidence.store.schema import APPLICATION_ID, RECORD_NAME, SCHEMA_VERSION, TABLES


def connect(folder: Path, *, create: bool, timeout: float) -> sqlite3.Connection:
    """A checked connection to the record in `folder`; `timeout` in seconds is how long to wait
    for another writer. Raises StoreError."""
    path = folder / RECORD_NAME
    if not path.exists():
        if not create:
            raise StoreError(
                f"no store at {str(folder)!r}: `hepatica ingest PATH --store {folder}` makes one, "
                "HEPATICA_STORE or --store names another"
            )
        _make_folder(folder)
    with translated(folder):
        connection = sqlite3.connect(_uri(path), uri=True, isolation_level=None, timeout=timeout)
        try:
            _prepare(connection, folder, create=create)
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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot make the store folder {str(folder)!r}: {error.strerror}; "
            "choose another with --store or HEPATICA_STORE"
        ) from error


def is_writable(folder: Path) -> bool:
    """Whether this process may write the record and files beside it."""
    path = folder / RECORD_NAME
    return os.access(folder, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))


def _uri(path: Path) -> str:
    address = path.absolute().as_uri()
    if is_writable(path.parent):
        return f"{address}?mode=rwc"
    # SQLite cannot make the shared-memory file of a WAL database in a folder that is read-only,
    # and needs none when no writer has left a log behind.
    log = path.with_name(path.name + "-wal")
    settled = not log.exists() or log.stat().st_size == 0
    return f"{address}?immutable=1" if settled else f"{address}?mode=ro"


def _prepare(connection: sqlite3.Connection, folder: Path, *, create: bool) -> None:
    application, version = _marks(connection)
    if application == 0 and version == 0 and create and _is_empty(connection):
        _create_tables(connection)
        application, version = _marks(connection)
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
    connection.execute("PRAGMA mmap_size = 268435456")


def _marks(connection: sqlite3.Connection) -> tuple[int, int]:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    return application & 0xFFFFFFFF, version


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]


def _create_tables(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    try:
        connection.executescript(
            f"""BEGIN IMMEDIATE; {TABLES}
            INSERT INTO state VALUES (1, '{uuid4().hex}', 0, 1, 1, '{0:032x}');
            PRAGMA application_id = {APPLICATION_ID};
            PRAGMA user_version = {SCHEMA_VERSION};
            COMMIT;"""
        )
    except sqlite3.OperationalError:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        # Another process may have made the same store in the meantime: then all is well.
        if _marks(connection) != (APPLICATION_ID, SCHEMA_VERSION):
            raise


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
