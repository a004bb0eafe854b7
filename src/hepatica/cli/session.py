"""Opening the store with its knowledge up to date, and the subject of the last question."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hepatica.ask.engine import Engine
    from hepatica.evidence.store.store import Store

_SUBJECT = "subject.json"


@contextmanager
def open_engine(folder: Path | None, *, dense: bool = False) -> Iterator[Engine]:
    """An engine over the store in `folder`; the curated knowledge is put in when it changed.

    `dense` adds retrieval by meaning, from what `hepatica dense build` made.
    """
    from hepatica.ask.engine import Engine, sync
    from hepatica.evidence.store.store import Store

    with Store.open(folder) as store:
        sync(store)
        meaning = None
        if dense:
            from hepatica.ask.meaning import Meaning

            meaning = Meaning.open(store.folder)
        yield Engine(store, meaning=meaning)


def remember(store: Store, subject: Sequence[str]) -> None:
    """Keep the concepts asked about for `--follow`: ids of the vocabulary, never the question."""
    with suppress(OSError):  # a read-only store still answers
        (store.folder / _SUBJECT).write_text(json.dumps(list(subject)), encoding="utf-8")


def recall(store: Store) -> tuple[str, ...]:
    """The concepts of the question asked before, none if there was none."""
    with suppress(OSError, ValueError):
        kept = json.loads((store.folder / _SUBJECT).read_text(encoding="utf-8"))
        if isinstance(kept, list):
            return tuple(str(concept) for concept in kept)
    return ()
