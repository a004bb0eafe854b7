"""The index of an open store: opened late, kept level with the record, rebuilt when it must be."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from hepatica.errors import StoreError
from hepatica.evidence.model import Tier
from hepatica.evidence.store.change import Change
from hepatica.evidence.store.follow import IndexFeed, catch_up, lag_of, rebuild
from hepatica.evidence.store.index import PassageIndex
from hepatica.evidence.store.lookup import are_current
from hepatica.evidence.store.mark import read_mark
from hepatica.evidence.store.records import Hit
from hepatica.evidence.store.schema import INDEX_NAME
from hepatica.evidence.store.state import read_state

FAILURES = (ValueError, RuntimeError, OSError, StoreError)
"""What the index raises on a full disk, a damaged file or a taken lock."""

RETRY_SECONDS = 0.5
SPARE = 50


T = TypeVar("T")


class LiveIndex:
    """Searches that see the record's last commit wherever that is possible."""

    def __init__(self, connection: sqlite3.Connection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder / INDEX_NAME
        self._index: PassageIndex | None = None
        self._usable: PassageIndex | None = None
        self._seen: int | None = None
        self._retry_at = 0.0
        self._lag = 0

    def current_lag(self) -> int:
        """Commits that the index is behind; all of them where there is no index to be had."""
        try:
            self._follow()
        except FAILURES:
            return read_state(self._connection).seq
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
        def found(index: PassageIndex) -> list[Hit]:
            return index.search(
                text,
                k=k + (SPARE if self._lag else 0),
                kinds=kinds,
                tiers=tiers,
                since=since,
                include_curated=include_curated,
            )

        hits = self._ask(found) or []
        if self._lag:
            alive = are_current(self._connection, [hit.passage_id for hit in hits])
            hits = [hit for hit in hits if hit.passage_id in alive]
        return hits[:k]

    def held(self, terms: Sequence[str]) -> frozenset[str]:
        return self._ask(lambda index: index.held(terms)) or frozenset()

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        return self._ask(lambda index: index.rarity(terms)) or {}

    def _ask(self, question: Callable[[PassageIndex], T]) -> T | None:
        """What the index answers; None where there is none to ask. Damage that shows only now is
        mended by one rebuild."""
        index = self._follow()
        if index is None:
            return None
        try:
            return question(index)
        except ValueError:
            self._index = self._usable = self._rebuilt()
        return question(self._index)

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
                self._index = self._rebuilt()
            except OSError as error:
                raise StoreError(self._unusable(error)) from error
        return self._index

    def _rebuilt(self) -> PassageIndex:
        try:
            return rebuild(self._connection, self._folder)
        except (ValueError, RuntimeError, OSError) as error:
            raise StoreError(self._unusable(error)) from error

    def _unusable(self, error: Exception) -> str:
        return (
            f"the index at {str(self._folder)!r} cannot be read or rebuilt ({error}): make the "
            "folder writable, free some space, and run `hepatica doctor --fix`"
        )

    def _follow(self) -> PassageIndex | None:
        """The index, level with the record unless someone else is writing it; None where what
        stands there belongs to another record."""
        version = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if version == self._seen and (self._lag == 0 or self._still_behind()):
            return self._usable
        self._seen, self._retry_at = version, time.monotonic() + RETRY_SECONDS
        index = self._open()
        try:
            self._level(index)
        except ValueError:
            index = self._index = self._rebuilt()
        lag = lag_of(self._connection, index)
        self._lag = read_state(self._connection).seq if lag is None else lag
        self._usable = None if lag is None else index
        return self._usable

    def _level(self, index: PassageIndex) -> None:
        """Brings the index up to date, unless another process writes it or nobody may. Raises
        ValueError when it turns out to be damaged."""
        if lag_of(self._connection, index) == 0:
            return
        index.reload()
        if lag_of(self._connection, index) != 0:
            with suppress(StoreError, OSError):
                catch_up(self._connection, index)

    def _still_behind(self) -> bool:
        """Whether the process that writes the index has got no further, as far as can be told
        without opening it anew."""
        if self._index is None or time.monotonic() > self._retry_at:
            return False
        with suppress(ValueError):
            return read_mark(self._folder) == self._index.mark
        return False
