"""The vectors of a store's passages: derived, incremental, rebuilt at will."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from hepatica.errors import StoreError
from hepatica.evidence.store.records import Hit, StoredPassage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FILE = "vectors.npz"
_BATCH = 256


class Encodes(Protocol):
    """What turns texts into unit vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Passages(Protocol):
    """The part of the store that vectors are made from."""

    folder: Path

    def passage_ids(self) -> list[int]: ...
    def passages(self, ids: Sequence[int]) -> list[StoredPassage]: ...


class Vectors:
    """Unit vectors of passages, searched exhaustively: exact, and fast enough below a million."""

    def __init__(self, ids: NDArray[np.int64], rows: NDArray[np.float16]) -> None:
        """A row for each id; ids rise."""
        import numpy as np

        self._ids = ids
        self._rows = rows.astype(np.float32)

    def __len__(self) -> int:
        return len(self._ids)

    @classmethod
    def open(cls, folder: Path) -> Vectors | None:
        """The vectors kept in a store's folder, None when there are none. Raises StoreError."""
        path = folder / FILE
        if not path.is_file():
            return None
        ids, rows = _read(path)
        return cls(ids, rows)

    def search(self, query: NDArray[np.float32], *, k: int, also: Sequence[int] = ()) -> list[Hit]:
        """The `k` passages nearest to a unit vector and those of `also` that have a vector, by
        cosine, nearest first."""
        import numpy as np

        if not len(self._ids):
            return []
        scores = self._rows @ query
        top = np.argpartition(-scores, min(k, len(scores) - 1))[:k]
        top = np.union1d(top, self._places(also))
        top = top[np.lexsort((self._ids[top], -scores[top]))]
        return [Hit(int(self._ids[at]), float(scores[at])) for at in top]

    def _places(self, passages: Sequence[int]) -> NDArray[np.int64]:
        import numpy as np

        wanted = np.array(passages, dtype=np.int64)
        at = np.searchsorted(self._ids, wanted).clip(max=len(self._ids) - 1)
        return np.asarray(at[self._ids[at] == wanted], dtype=np.int64)


def build(
    store: Passages, encoder: Encodes, *, on_progress: Callable[[int], None] | None = None
) -> int:
    """Encodes the current passages that have no vector yet and drops those that are gone.

    Returns how many were encoded; `on_progress` gets the number done. The file is replaced in one
    step, so an interrupted build leaves the old one.
    """
    import numpy as np

    wanted = store.passage_ids()
    known: dict[int, NDArray[np.float16]] = {}
    path = store.folder / FILE
    if path.is_file():
        ids, rows = _read(path)
        known = dict(zip(ids.tolist(), rows, strict=True))
    missing = [key for key in wanted if key not in known]
    todo, done = iter(missing), 0
    while batch := list(islice(todo, _BATCH)):
        passages = store.passages(batch)
        encoded = encoder.encode([passage.text for passage in passages]).astype(np.float16)
        known.update((p.passage_id, row) for p, row in zip(passages, encoded, strict=True))
        done += len(batch)
        if on_progress is not None:
            on_progress(done)
    kept = [key for key in wanted if key in known]
    rows = np.stack([known[key] for key in kept]) if kept else np.zeros((0, 1), dtype=np.float16)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, ids=np.array(kept, dtype=np.int64), rows=rows)
    partial.replace(path)
    return done


def _read(path: Path) -> tuple[NDArray[np.int64], NDArray[np.float16]]:
    from zipfile import BadZipFile

    import numpy as np

    try:
        # np.load leaves a file that it opened itself open when it is damaged.
        with path.open("rb") as file, np.load(file, allow_pickle=False) as held:
            return held["ids"], held["rows"]
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise StoreError(
            f"{str(path)!r} cannot be read ({error}); delete it and run `hepatica dense build`"
        ) from error
