"""The store: everything that the rest of Hepatica asks of its evidence."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from hepatica.evidence.model import Design, Document, Rejection, Source, Status, Tier
from hepatica.evidence.store import edit, lookup
from hepatica.evidence.store.connection import connect, translated
from hepatica.evidence.store.ingest import ingest
from hepatica.evidence.store.location import default_folder
from hepatica.evidence.store.records import (
    Hit,
    IngestReport,
    Origin,
    ReviewRow,
    Settle,
    SourceRow,
    StoredPassage,
)
from hepatica.evidence.store.state import read_state

if TYPE_CHECKING:
    from hepatica.evidence.store.change import Change
    from hepatica.evidence.store.live import LiveIndex


class Store:
    """An open store. One thread at a time; any number of processes may read and write it."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self.folder = folder
        self._connection = connection
        self._live: LiveIndex | None = None

    @classmethod
    def open(
        cls, folder: Path | None = None, *, create: bool = True, timeout: float = 10.0
    ) -> Self:
        """The store in `folder` (by default `default_folder()`), made if it is not there.

        `timeout` in seconds is how long to wait for another writer. Raises StoreError.
        """
        folder = folder or default_folder()
        return cls(connect(folder, create=create, timeout=timeout), folder)

    def close(self) -> None:
        self._live = None
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def version(self) -> str:
        """16 hex digits that are the same for the same current sources, knowledge and reviews."""
        with translated(self.folder):
            return read_state(self._connection).version

    # Writing

    def ingest(
        self,
        documents: Iterable[Document | Rejection | Origin | Settle],
        *,
        origin: str,
        on_progress: Callable[[int], None] | None = None,
        batch: int = 500,
        report: IngestReport | None = None,
    ) -> IngestReport:
        """Takes documents in, each wholly or not at all, and makes them searchable.

        `origin` says where they come from, until an Origin among them says otherwise. A Settle
        among them ends a batch early.

        A document that is held already costs a look. Another version of a source supersedes the
        current one, unless its own revision is older. `on_progress` gets the number of records
        that are settled after each commit; so does a `report` passed in, which holds true also
        when reading fails or is interrupted: what was read until then is kept. Raises StoreError.
        """
        report = report if report is not None else IngestReport()
        with translated(self.folder), self._feeding() as feed:

            def committed(change: Change | None) -> None:
                if change is not None:
                    feed(change)
                if on_progress is not None:
                    on_progress(report.read)

            ingest(
                self._connection,
                documents,
                origin=origin,
                batch=batch,
                report=report,
                committed=committed,
            )
        report.lag = self.lag
        return report

    def remove(self, source_id: str) -> int:
        """Deletes a source with all its versions, and returns how many there were.

        Unlike a superseded version it cannot be read any more: answers that cite it no longer
        verify, and `source` says when it was removed. Raises StoreError for an unknown id and for
        one of the built-in knowledge.
        """
        with translated(self.folder), self._feeding() as feed:
            change, versions = edit.remove(self._connection, source_id)
            feed(change)
        return versions

    def put_knowledge(
        self, blob: bytes, documents: Iterable[Document], *, fingerprint: str
    ) -> None:
        """Replaces the built-in knowledge in one transaction: the compiled blob, the documents of
        its sources (those no longer among them are retired, and stay readable), the fingerprint."""
        with translated(self.folder), self._feeding() as feed:
            change = edit.put_knowledge(self._connection, blob, documents, fingerprint)
            if change is not None:
                feed(change)

    def add_review(
        self, topic_id: str, status: str, reviewer: str, date: str, content_hash: str
    ) -> None:
        """Adds a decision on a topic; earlier ones stay on record."""
        row = ReviewRow(
            topic_id=topic_id,
            status=status,
            reviewer=reviewer,
            date=date,
            content_hash=content_hash,
        )
        with translated(self.folder), self._feeding() as feed:
            feed(edit.add_review(self._connection, row))

    # Reading

    def source(self, source_id: str, version: str | None = None) -> Source:
        """A source with its text; by default the current version. Raises StoreError."""
        with translated(self.folder):
            return lookup.find_source(self._connection, source_id, version)

    def sources(
        self,
        *,
        tier: Tier | None = None,
        design: Design | None = None,
        status: Status | None = None,
        query: str | None = None,
        curated: bool | None = None,
        all_versions: bool = False,
    ) -> Iterator[SourceRow]:
        """Sources by id; `query` is looked for in ids and titles."""
        with translated(self.folder):
            yield from lookup.list_sources(
                self._connection,
                tier=tier,
                design=design,
                status=status,
                query=query,
                curated=curated,
                all_versions=all_versions,
            )

    def passage_around(self, source_id: str, version: str, start: int, end: int) -> str:
        """The text of the passage that holds [start, end) of a source, or that stretch alone."""
        with translated(self.folder):
            return lookup.passage_around(self._connection, source_id, version, start, end)

    def passage_ids(self) -> list[int]:
        """The ids of the passages of all current sources, in order."""
        with translated(self.folder):
            return lookup.passage_ids(self._connection)

    def passages(self, ids: Sequence[int]) -> list[StoredPassage]:
        """The passages in that order, without those removed since they were found."""
        with translated(self.folder):
            return lookup.load_passages(self._connection, ids)

    def search(
        self,
        text: str,
        *,
        k: int = 50,
        kinds: Sequence[str] | None = None,
        tiers: Sequence[Tier] | None = None,
        since: int | None = None,
        include_curated: bool = True,
    ) -> list[Hit]:
        """The best `k` passages of current sources, best first. Retracted ones are among them.

        `since` is the first year. An index that lags is brought up to date first; while another
        process writes it, the last finished state is searched and `lag` says how far it is behind.
        """
        with translated(self.folder):
            return self._index().search(
                text,
                k=k,
                kinds=kinds,
                tiers=tiers,
                since=since,
                include_curated=include_curated,
            )

    def held(self, terms: Sequence[str]) -> frozenset[str]:
        """Those of the terms of the index (see `analyse`) that some passage holds."""
        with translated(self.folder):
            return self._index().held(terms)

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """How rare each term of the index (see `analyse`) is: its inverse document frequency."""
        with translated(self.folder):
            return self._index().rarity(terms)

    @property
    def lag(self) -> int:
        """How many commits the index is behind the record; 0 when it holds everything."""
        with translated(self.folder):
            return self._index().current_lag()

    def knowledge(self) -> bytes | None:
        """The compiled knowledge, None where there is none."""
        with translated(self.folder):
            row = self._connection.execute("SELECT pack FROM knowledge").fetchone()
        return row[0] if row else None

    @property
    def knowledge_fingerprint(self) -> str | None:
        """What the knowledge was compiled from, None where there is none."""
        with translated(self.folder):
            row = self._connection.execute("SELECT fingerprint FROM knowledge").fetchone()
        return row[0] if row else None

    def reviews(self, topic_id: str | None = None) -> list[ReviewRow]:
        """Decisions on a topic, or on all, oldest first."""
        with translated(self.folder):
            return edit.list_reviews(self._connection, topic_id)

    def _index(self) -> LiveIndex:
        if self._live is None:
            # Here, because importing Tantivy takes longer than opening the record.
            from hepatica.evidence.store.live import LiveIndex

            self._live = LiveIndex(self._connection, self.folder)
        return self._live

    @contextmanager
    def _feeding(self) -> Iterator[Callable[[Change], None]]:
        with self._index().feeding() as take:
            yield take
