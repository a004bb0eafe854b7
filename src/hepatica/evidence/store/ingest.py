"""Documents into the record, a batch a transaction."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator

from hepatica.errors import SourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.store.change import Change
from hepatica.evidence.store.commit import Commit, Outcome, committing
from hepatica.evidence.store.records import REJECTIONS_KEPT, IngestReport, Origin, Settle

BATCH_CHARACTERS = 8_000_000
BATCH_SECONDS = 2.0
"""A slow source of documents loses at most this much to an interruption."""


def ingest(
    connection: sqlite3.Connection,
    documents: Iterable[Document | Rejection | Origin | Settle],
    *,
    origin: str,
    batch: int,
    report: IngestReport,
    committed: Callable[[Change | None], None],
) -> None:
    """Puts every document into the record and counts in `report` what is committed.

    Calls `committed` after every batch. When reading fails, what was read until then is committed
    before the failure is raised.
    """
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY) WITHOUT ROWID")
    connection.execute("DELETE FROM temp.seen")
    iterator = iter(documents)
    while True:
        records, end = _next_batch(iterator, batch)
        if records:
            with committing(connection, origin) as commit:
                for record in records:
                    _put(commit, record)
            origin = commit.origin
            _count(commit, report)
            committed(commit.change if commit.changed else None)
        if isinstance(end, StopIteration):
            return
        if end is not None:
            raise end


def _next_batch(
    documents: Iterator[Document | Rejection | Origin | Settle], size: int
) -> tuple[list[Document | Rejection | Origin], BaseException | None]:
    """The next records and what ended them: None when the batch is full."""
    records: list[Document | Rejection | Origin] = []
    characters = 0
    until = time.monotonic() + BATCH_SECONDS
    try:
        while len(records) < size and characters < BATCH_CHARACTERS:
            record = next(documents)
            if isinstance(record, Settle):
                break
            records.append(record)
            if isinstance(record, Document):
                characters += len(record.source.text)
            if time.monotonic() > until:
                break
    except BaseException as error:
        return records, error
    return records, None


def _put(commit: Commit, record: Document | Rejection | Origin) -> None:
    if isinstance(record, Origin):
        commit.origin = record.name
    elif isinstance(record, Rejection):
        commit.rejections.append(record)
    else:
        try:
            commit.put(record)
        except SourceError as error:
            where = f"{commit.origin}: {record.source.id!r}"
            commit.rejections.append(Rejection(where=where, reason=str(error)))


def _count(commit: Commit, report: IngestReport) -> None:
    report.new += commit.counts[Outcome.NEW]
    report.unchanged += commit.counts[Outcome.UNCHANGED]
    report.superseded += commit.counts[Outcome.SUPERSEDED]
    report.older += commit.counts[Outcome.OLDER]
    report.rejected += len(commit.rejections)
    room = REJECTIONS_KEPT - len(report.rejections)
    report.rejections.extend(commit.rejections[:room])
