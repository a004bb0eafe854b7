"""Begins to read a file of one kind while the database is being opened."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.one_kind import OneKind, one_kind
from hepatica.errors import InputError

_NEEDED = {"patient", "concept", "value", "time"}


class Ahead:
    """The rows of `path` if they are of one kind and not more than `most`; close it after use."""

    def __init__(self, path: Path, most: int) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(1)
        self._found: Future[tuple[OneKind, Any] | None] | None = None
        if path.is_file() and path.suffix.lower() == ".parquet":
            self._found = self._pool.submit(_read, path, most)

    def taken(self, path: Path) -> tuple[OneKind, Any] | None:
        """What the rows of the file are, and they themselves; None where nothing was read ahead.

        They are handed out once, so that they last no longer than they are used.
        """
        found, self._found = self._found, None
        return found.result() if found is not None and path == self._path else None

    def close(self) -> None:
        """Waits for what is being read, and lets go of it."""
        self._pool.shutdown(cancel_futures=True)
        self._found = None


def _read(path: Path, most: int) -> tuple[OneKind, Any] | None:
    from pyarrow import ArrowException, parquet

    try:
        given = parquet.read_schema(path).names
        names = {name.lower(): name for name in given}
        plain = len(names) == len(given) and names.keys() >= _NEEDED
        found = one_kind(path, names) if plain else None
        return None if found is None or found.rows > most else (found, found.table())
    except (ArrowException, OSError, InputError):
        return None  # who reads it next says what is wrong with it
