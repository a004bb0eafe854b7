"""The index of an open store: opened late, kept level with the record, rebuilt when it must be."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hepatica.evidence.model import Tier
from hepatica.evidence.store.change import Change
from hepatica.evidence.store.follow import IndexFeed, catch_up, lag_of, rebuild
from hepatica.evidence.store.index import IndexBusyError, PassageIndex
from hepatica.evidence.store.lookup import are_current
from hepatica.evidence.store.records import Hit
from hepatica.evidence.store.schema import INDEX_NAME

FAILURES = (ValueError, RuntimeError, OSError, IndexBusyError)
"""What Tantivy raises on a full disk, a damaged file or a taken lock."""

RETRY_SECONDS = 0.5
SPARE = 50


class LiveIndex:
    """Searches that see the record's last commit wherever that is possible."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder / INDEX_NAME
        self._index: PassageIndex | None = None
        self._seen: int | None = None
        self._tried = 0.0
        self._lag = 0

    def current_lag(self) -> int:
        self._follow()
        return self._lag

    def search(
        self,
        text: str,
        *,
        k: int,
        kinds: Sequence[str] | None,
        tiers: Sequence[Tier] | None,
        since: int | None,
        include_curated: bool,
    ) -> list[Hit]:
        index = self._follow()
        if index is None:
            return []
        spare = SPARE if self._lag else 0
        hits = index.search(
            text,
            k=k + spare,
            kinds=kinds,
            tiers=tiers,
            since=since,
            include_curated=include_curated,
        )
        if self._lag:
            alive = are_current(self._connection, [hit.passage_id for hit in hits])
            hits = [hit for hit in hits if hit.passage_id in alive]
        return hits[:k]

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        index = self._follow()
        return index.rarity(terms) if index is not None else {}

    @contextmanager
    def feeding(self) -> Iterator[Callable[[Change], None]]:
        """Takes commits to the index as they are made. What happens to the index fails nothing:
        the record is complete without it, and the next search catches up."""
        feed = self._feed()

        def take(change: Change) -> None:
            nonlocal feed
            try:
                if feed is not None:
                    feed.take(change)
            except FAILURES:
                feed = None

        try:
            yield take
        finally:
            self._seen = None
            if feed is not None:
                with suppress(*FAILURES):
                    feed.close()

    def _feed(self) -> IndexFeed | None:
        try:
            return IndexFeed(self._connection, self._open())
        except FAILURES:
            return None

    def _open(self) -> PassageIndex:
        if self._index is None:
            try:
                self._index = PassageIndex(self._folder)
            except ValueError:
                self._index = rebuild(self._connection, self._folder)
        return self._index

    def _follow(self) -> PassageIndex | None:
        """The index, level with the record unless someone else is writing it; None where what
        stands there belongs to another record."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        waited = time.monotonic() - self._tried > RETRY_SECONDS
        if self._index is not None and version == self._seen and not (self._lag and waited):
            return self._index
        self._seen, self._tried = version, time.monotonic()
        index = self._open()
        self._lag = lag_of(self._connection, index)
        if self._lag:
            index.reload()
            self._lag = lag_of(self._connection, index)
        if self._lag or index.mark is None:
            with suppress(*FAILURES):
                catch_up(self._connection, index)
            self._lag = lag_of(self._connection, index)
        return index
