"""Is the index whole and level with the record?"""

from __future__ import annotations

import sqlite3
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hepatica.evidence.store.checks import Check, error, ok, warning
from hepatica.evidence.store.follow import lag_of
from hepatica.evidence.store.index import IndexBusyError, PassageIndex
from hepatica.evidence.store.mark import read_meta

REBUILD = "`hepatica doctor --fix` rebuilds it from the record"

FOOTER_MAGIC = 1337
"""The last four bytes of a Tantivy segment file; before them the length of its footer."""


class _Footer(msgspec.Struct):
    crc: int


def check_index(connection: sqlite3.Connection, folder: Path) -> Iterator[Check]:
    """The checks of the index in `folder`, without changing anything."""
    if not (folder / "meta.json").is_file():
        yield warning("index", "there is no index", f"the next search builds it, or {REBUILD}")
        return
    try:
        damaged = _damaged(folder)
    except ValueError as failure:
        yield error("index", f"cannot be opened: {failure}", REBUILD)
        return
    if damaged:
        yield error("index", f"damaged files: {', '.join(damaged[:5])}", REBUILD)
        return
    try:
        index = PassageIndex(folder)
    except (ValueError, OSError) as failure:
        yield error("index", f"cannot be opened: {failure}", REBUILD)
        return
    yield _level(connection, index)
    yield _writer(index)


def _damaged(folder: Path) -> list[str]:
    stems = read_meta(folder).stems
    names = [path.name for path in sorted(folder.iterdir()) if path.name.split(".")[0] in stems]
    found = [name for name in names if _is_damaged(folder / name)]
    # A merge that ended meanwhile took files away or put others in their place.
    return found if read_meta(folder).stems == stems else []


def _is_damaged(path: Path) -> bool:
    """Whether a segment file does not match the checksum in its own footer."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return False
    if len(data) < 8:
        return True
    length, magic = struct.unpack("<II", data[-8:])
    if magic != FOOTER_MAGIC:
        return True
    try:
        footer = msgspec.json.decode(data[-8 - length : -8], type=_Footer)
    except msgspec.MsgspecError:
        return True
    return zlib.crc32(data[: -8 - length]) != footer.crc


def _level(connection: sqlite3.Connection, index: PassageIndex) -> Check:
    lag = lag_of(connection, index)
    if lag is None:
        return warning("index", "it belongs to another record", f"the next search or {REBUILD}")
    if lag:
        return warning(
            "index", f"{lag} commits behind the record", f"the next search catches up, or {REBUILD}"
        )
    wanted = connection.execute(
        "SELECT coalesce(sum(passages), 0) FROM sources WHERE current = 1"
    ).fetchone()[0]
    if index.passages != wanted:
        return error("index", f"{index.passages} passages, the record has {wanted}", REBUILD)
    deleted = read_meta(index.folder).deleted
    if deleted > 0.2 * wanted:
        return warning("index", f"{deleted} superseded passages still count in its scores", REBUILD)
    return ok("index", f"level with the record, {index.passages} passages")


def _writer(index: PassageIndex) -> Check:
    try:
        index.writer()
    except IndexBusyError:
        return warning(
            "index lock",
            "held by another process, or not writable",
            "wait for the ingestion to end; if none runs, restart the process that holds it",
        )
    return ok("index lock", "free")
