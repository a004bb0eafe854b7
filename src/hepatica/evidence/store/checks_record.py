"""Is the record sound? Every table whole, every text and offset what it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import sha256

import msgspec

from hepatica.evidence.store.checks import Check, error, ok, warning
from hepatica.evidence.store.edit import list_reviews
from hepatica.evidence.store.rows import unpack_source
from hepatica.evidence.store.state import SUM_MODULUS, read_state, term

RESTORE = "restore a copy of evidence.sqlite, or move the folder away and ingest again"


def check_record(connection: sqlite3.Connection, sample: int | None) -> Iterator[Check]:
    """The checks of the record; `sample` is how many sources are read whole, None for all."""
    yield _integrity(connection)
    yield _completeness(connection)
    yield _content(connection)
    yield _texts(connection, sample)
    yield _statuses(connection)


def _integrity(connection: sqlite3.Connection) -> Check:
    faults = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
    if faults != ["ok"]:
        return error("integrity", f"SQLite finds damage: {'; '.join(faults)}", RESTORE)
    strays = connection.execute("SELECT count(*) FROM pragma_foreign_key_check").fetchone()[0]
    if strays:
        return error("integrity", f"{strays} rows belong to no source", RESTORE)
    return ok("integrity", "the record is sound")


def _completeness(connection: sqlite3.Connection) -> Check:
    halves = connection.execute(
        """SELECT s.id FROM sources s LEFT JOIN texts t USING (source)
           WHERE t.source IS NULL OR s.passages !=
                 (SELECT count(*) FROM passages p WHERE p.source = s.source) LIMIT 5"""
    ).fetchall()
    if halves:
        names = ", ".join(repr(name) for (name,) in halves)
        return error("completeness", f"sources that are not whole: {names}", RESTORE)
    sources, passages = connection.execute(
        "SELECT count(*), coalesce(sum(passages), 0) FROM sources WHERE current = 1"
    ).fetchone()
    older = connection.execute("SELECT count(*) FROM sources WHERE current = 0").fetchone()[0]
    removed = connection.execute("SELECT count(DISTINCT id) FROM removals").fetchone()[0]
    return ok(
        "completeness",
        f"{sources} sources with {passages} passages, {older} older versions readable, "
        f"{removed} sources removed",
    )


def _content(connection: sqlite3.Connection) -> Check:
    total = 0
    for source_id, version in connection.execute(
        "SELECT id, version FROM sources WHERE current = 1"
    ):
        total += term("source", source_id, version)
    for (pack,) in connection.execute("SELECT pack FROM knowledge"):
        total += term("knowledge", sha256(pack).hexdigest())
    last = {row.topic_id: row for row in list_reviews(connection, None)}
    for row in last.values():
        total += term("review", *msgspec.structs.astuple(row))
    state = read_state(connection)
    if total % SUM_MODULUS != state.content:
        return error(
            "store version", f"{state.version} does not stand for what the store holds", RESTORE
        )
    return ok("store version", f"{state.version}, after {state.seq} commits")


def _texts(connection: sqlite3.Connection, sample: int | None) -> Check:
    keys = [key for (key,) in connection.execute("SELECT source FROM sources ORDER BY source")]
    step = 1 if sample is None else max(1, len(keys) // sample)
    wrong = [name for key in keys[::step] if (name := _wrong(connection, key))]
    read = len(keys[::step])
    if wrong:
        names = ", ".join(repr(name) for name in wrong[:5])
        return error("texts and offsets", f"{len(wrong)} of {read} do not hold: {names}", RESTORE)
    return ok("texts and offsets", f"{read} of {len(keys)} versions read, every offset holds")


def _wrong(connection: sqlite3.Connection, key: int) -> str | None:
    """The id of a source whose content or offsets are not what they were when it was ingested."""
    source_id, version, record, text = connection.execute(
        "SELECT id, version, record, text FROM sources LEFT JOIN texts USING (source) "
        "WHERE source = ?",
        (key,),
    ).fetchone()
    try:
        source = unpack_source(record, text.decode() if text is not None else "")
    except (UnicodeDecodeError, msgspec.MsgspecError):
        return str(source_id)
    spans = connection.execute(
        "SELECT start_at, end_at, byte_at, bytes FROM passages WHERE source = ?", (key,)
    )
    holds = (source.id, source.version) == (source_id, version) and all(
        0 <= start < end <= len(source.text)
        and (text or b"")[at : at + size] == source.text[start:end].encode()
        for start, end, at, size in spans
    )
    return None if holds else str(source_id)


def _statuses(connection: sqlite3.Connection) -> Check:
    counts = dict(
        connection.execute(
            "SELECT status, count(*) FROM sources WHERE current = 1 AND status != 'current' "
            "GROUP BY status ORDER BY status"
        )
    )
    if not counts:
        return ok("retractions", "no source is retracted, corrected or under concern")
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    if "retracted" not in counts:
        return ok("retractions", listed)
    return warning(
        "retractions",
        f"{listed}; answers leave the retracted ones out and say so",
        "`hepatica sources list --status retracted` shows them",
    )
