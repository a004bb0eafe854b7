"""One transaction on the record: what every way of changing the store goes through."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

from hepatica.errors import SourceError
from hepatica.evidence.model import Document, Rejection, Source
from hepatica.evidence.store.change import Change, entries_of
from hepatica.evidence.store.connection import writing
from hepatica.evidence.store.revision import compare_revisions
from hepatica.evidence.store.rows import encoded_text, insert_document
from hepatica.evidence.store.state import read_state, term, write_state

KNOWLEDGE = "knowledge"
"""The origin of the sources that come with the package."""


class Outcome(StrEnum):
    """What putting a document did; the names are columns of the log."""

    NEW = "new"
    UNCHANGED = "unchanged"
    SUPERSEDED = "superseded"
    OLDER = "older"


class _Held(NamedTuple):
    key: int
    version: str
    revision: str | None
    origin: str


@contextmanager
def committing(connection: sqlite3.Connection, origin: str) -> Iterator[Commit]:
    """A commit of the record: the changes of the block and their log are written, or nothing is."""
    with writing(connection):
        commit = Commit(connection, origin)
        yield commit
        commit.finish()


class Commit:
    """The changes of one transaction. `change` tells them to the index once `changed`."""

    def __init__(self, connection: sqlite3.Connection, origin: str) -> None:
        self.connection = connection
        self.origin = origin
        self._logged_as = origin
        self.at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.state = read_state(connection)
        self.state.seq += 1
        self.counts = dict.fromkeys(Outcome, 0)
        self.rejections: list[Rejection] = []
        self.change = Change(self.state.seq)
        self.changed = False

    def put(self, document: Document) -> Outcome:
        """Makes a document the current version of its source, unless it is that already.

        Raises SourceError, and changes nothing, for a document that cannot be kept.
        """
        work = document.source
        text = encoded_text(work)
        version = work.version
        held = self.current(work.id)
        outcome = self._outcome(work, version, held)
        if outcome in (Outcome.NEW, Outcome.SUPERSEDED):
            if held:
                self.retire(held.key, work.id, held.version, superseded_by=version)
            self._make_current(document, version, text)
        if work.revision is None and self.origin != KNOWLEDGE:
            self.connection.execute("INSERT OR IGNORE INTO temp.seen VALUES (?)", (work.id,))
        self.counts[outcome] += 1
        return outcome

    def retire(
        self, key: int, source_id: str, version: str, *, superseded_by: str | None = None
    ) -> None:
        """Takes a version out of selection; it stays readable."""
        self.connection.execute(
            "UPDATE sources SET current = 0, superseded_by = ?, seq = ? WHERE source = ?",
            (superseded_by, self.state.seq, key),
        )
        self.leave(key, source_id, version)

    def leave(self, key: int, source_id: str, version: str) -> None:
        """Notes that a version is no longer among what the store holds as current."""
        self.changed = True
        self.change.gone.add(key)
        self.state.subtract(term("source", source_id, version))

    def current(self, source_id: str) -> _Held | None:
        row = self.connection.execute(
            "SELECT source, version, revision, origin FROM sources WHERE id = ? AND current = 1",
            (source_id,),
        ).fetchone()
        return _Held(*row) if row else None

    def finish(self) -> None:
        """Writes the log and the new state, if there is anything to write."""
        if not (self.changed or self.rejections):
            return
        write_state(self.connection, self.state)
        self.change.content = self.state.content_hex
        self.connection.execute(
            "INSERT INTO commits VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.state.seq,
                self.at,
                self._logged_as,
                *(self.counts[outcome] for outcome in Outcome),
                len(self.rejections),
                self.change.content,
            ),
        )
        self.connection.executemany(
            "INSERT INTO rejections VALUES (?, ?, ?)",
            ((self.state.seq, item.where, item.reason) for item in self.rejections),
        )
        self.changed = True

    def _outcome(self, work: Source, version: str, held: _Held | None) -> Outcome:
        if held is None:
            return Outcome.NEW
        if version == held.version:
            return Outcome.UNCHANGED
        if self.origin == KNOWLEDGE:
            return Outcome.SUPERSEDED
        if held.origin == KNOWLEDGE:
            raise SourceError(
                f"the id {work.id!r} belongs to the built-in knowledge: give the source another id"
            )
        order = compare_revisions(work.revision, held.revision)
        if order is None and self._seen(work.id):
            raise SourceError(
                f"the id {work.id!r} was read before in this ingestion with another content: "
                "give each source its own id, or a revision that tells which is newer"
            )
        if order == -1 or (order == 0 and self._key(work.id, version)):
            return Outcome.OLDER
        return Outcome.SUPERSEDED

    def _make_current(self, document: Document, version: str, text: bytes) -> None:
        self.changed = True
        self.state.add(term("source", document.source.id, version))
        if key := self._key(document.source.id, version):
            self.connection.execute(
                "UPDATE sources SET current = 1, superseded_by = NULL, seq = ?, origin = ? "
                "WHERE source = ?",
                (self.state.seq, self.origin, key),
            )
            self.change.added = None
            return
        source, passage = self.state.next_source, self.state.next_passage
        self.state.next_source += 1
        self.state.next_passage += len(document.passages)
        insert_document(
            self.connection,
            document,
            version=version,
            text=text,
            source=source,
            passage=passage,
            seq=self.state.seq,
            origin=self.origin,
            at=self.at,
        )
        if self.change.added is not None:
            self.change.added.extend(entries_of(document, version, source, passage))

    def _key(self, source_id: str, version: str) -> int | None:
        row = self.connection.execute(
            "SELECT source FROM sources WHERE id = ? AND version = ?", (source_id, version)
        ).fetchone()
        return row[0] if row else None

    def _seen(self, source_id: str) -> bool:
        row = self.connection.execute("SELECT 1 FROM temp.seen WHERE id = ?", (source_id,))
        return row.fetchone() is not None
