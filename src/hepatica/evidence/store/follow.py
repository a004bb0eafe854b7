"""The index follows the record: commit by commit as they are made, or later by their numbers."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from tempfile import mkdtemp

from hepatica.evidence.store.change import Change, entries_since, touched_since
from hepatica.evidence.store.connection import reading
from hepatica.evidence.store.index import PassageIndex, damage_as_error
from hepatica.evidence.store.mark import Mark, read_meta, write_mark
from hepatica.evidence.store.state import State, read_state

COMMIT_PASSAGES = 50_000
COMMIT_SECONDS = 5.0
"""A long ingestion becomes searchable at least this often."""

REBUILD_BELOW = 50_000
"""BM25 counts deleted passages until their segment is merged. An index with deletions and fewer
passages than this (about a second of work) is rebuilt, so that equal stores rank equally."""

NOTHING = -1


def lag_of(connection: sqlite3.Connection, index: PassageIndex) -> int | None:
    """How many commits the index is behind; None if it does not belong to this record at all."""
    state = read_state(connection)
    held = _held(connection, index, state)
    return None if held == NOTHING else state.seq - held


def catch_up(connection: sqlite3.Connection, index: PassageIndex) -> None:
    """Brings the index to the record's last commit. Raises IndexBusyError while another process
    writes it."""
    IndexFeed(connection, index).close()


def rebuild(connection: sqlite3.Connection, folder: Path) -> PassageIndex:
    """A new index in the place of whatever stood there."""
    fresh = Path(mkdtemp(prefix=f"{folder.name}-new-", dir=folder.parent))
    try:
        catch_up(connection, PassageIndex(fresh))
        old = Path(mkdtemp(prefix=f"{folder.name}-old-", dir=folder.parent))
        if folder.exists():
            folder.replace(old / folder.name)
        fresh.replace(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    shutil.rmtree(old, ignore_errors=True)
    return PassageIndex(folder)


def _held(connection: sqlite3.Connection, index: PassageIndex, state: State) -> int:
    """The commit that the index holds; NOTHING unless it is one of this very record."""
    mark = index.mark
    if mark is None or mark.uuid != state.uuid or mark.seq > state.seq:
        return NOTHING
    if mark.seq == state.seq:
        return mark.seq if mark.content == state.content_hex else NOTHING
    if mark.seq == 0:
        return 0
    row = connection.execute("SELECT content FROM commits WHERE seq = ?", (mark.seq,)).fetchone()
    return mark.seq if row and row[0] == mark.content else NOTHING


class IndexFeed:
    """The open writer of an index: takes commits as they are made, and those it missed from the
    record. Whatever interrupts it, `close` brings it to the record's last commit."""

    @damage_as_error()
    def __init__(self, connection: sqlite3.Connection, index: PassageIndex) -> None:
        """Raises IndexBusyError while another process writes the index."""
        self._connection = connection
        self._index = index
        self._writer = index.writer()
        index.reload()
        self._committed_at = time.monotonic()
        self._pending = 0
        self._seq = _held(connection, index, read_state(connection))
        self._pull()

    @damage_as_error()
    def take(self, change: Change) -> None:
        """Adds one commit of the record; commits the index now and then."""
        if change.added is None or change.seq != self._seq + 1:
            self._pull()
        else:
            for source in change.gone:
                self._writer.delete_documents_by_term("source", source)
            # What was superseded in the commit that brought it is among the added, too.
            for entry in (entry for entry in change.added if entry.source not in change.gone):
                self._writer.add_document(self._index.document(entry))
            self._advance(change.seq, change.content, len(change.added) + len(change.gone))
        overdue = time.monotonic() - self._committed_at > COMMIT_SECONDS
        if self._pending > COMMIT_PASSAGES or (self._pending and overdue):
            self.commit()

    def commit(self) -> None:
        """Makes what was taken searchable."""
        if not self._pending:
            return
        opstamp = self._writer.commit()
        uuid = read_state(self._connection).uuid
        write_mark(self._index.folder, Mark(uuid, self._seq, self._content, opstamp))
        self._pending = 0
        self._committed_at = time.monotonic()
        self._index.reload()

    @damage_as_error()
    def close(self) -> None:
        """Commits, and gives the index back to other writers."""
        self._pull()
        self.commit()
        if read_meta(self._index.folder).deleted and self._index.passages <= REBUILD_BELOW:
            self._seq = NOTHING
            self._pull()
            self.commit()
        self._writer.wait_merging_threads()
        self._index.reload()

    def _pull(self) -> None:
        """Takes from the record what the writer does not hold yet."""
        with reading(self._connection):
            state = read_state(self._connection)
            if self._seq == state.seq:
                return
            if self._seq == NOTHING:
                self._writer.delete_all_documents()
            else:
                for source in touched_since(self._connection, self._seq):
                    self._writer.delete_documents_by_term("source", source)
            for entry in entries_since(self._connection, self._seq):
                self._writer.add_document(self._index.document(entry))
        self._advance(state.seq, state.content_hex, 1)

    def _advance(self, seq: int, content: str, size: int) -> None:
        self._seq, self._content = seq, content
        self._pending += size
