"""Search by meaning alone and fused with the store's, as `hepatica ask` fuses them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.judged import Entries
from benchmarks.peers import DEPTH, Search
from hepatica.ask.meaning import Meaning
from hepatica.evidence.dense.encoder import Encoder
from hepatica.evidence.dense.files import find
from hepatica.evidence.dense.vectors import Encodes, Vectors, build
from hepatica.evidence.store.records import Hit
from hepatica.evidence.store.store import Store


def encoder(folder: Path) -> Encoder:
    """The encoder of the model in `folder`. Raises InputError unless its files are the pinned."""
    paths = find(folder)
    if paths is None:
        raise AssertionError("find returns paths or raises for a named folder")
    return Encoder(paths)


def by_meaning(store: Store, places: Entries, encodes: Encodes) -> dict[str, Search]:
    """The entries nearest in meaning, and these with the store's, fused in two ways.

    Encodes first the passages without a vector, some dozens a second, and counts on a terminal.
    """
    total = len(store.passage_ids())
    build(store, encodes, on_progress=lambda done: _progress(done, total))
    vectors = Vectors.open(store.folder)
    if vectors is None:
        raise AssertionError("build writes the vectors")
    meaning = Meaning(encodes, vectors)

    def entries(hits: list[Hit]) -> list[str]:
        found = store.passages([hit.passage_id for hit in hits])
        return [places[passage.source_id, passage.start] for passage in found]

    def near(text: str) -> list[Hit]:
        return vectors.search(encodes.encode([text])[0], k=DEPTH)

    def words(text: str) -> list[Hit]:
        return store.search(text, k=DEPTH)

    return {
        "dense": lambda text: entries(near(text)),
        "fused": lambda text: entries(meaning.fuse(text, words(text), k=DEPTH)),
        "fused by rank": lambda text: entries(by_rank(words(text), near(text), k=DEPTH)),
    }


def by_rank(*rankings: Sequence[Hit], k: int, constant: int = 60) -> list[Hit]:
    """One ranking from several by reciprocal rank, the sum of 1 / (constant + rank): what most
    libraries do, to compare with."""
    total: dict[int, float] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            total[hit.passage_id] = total.get(hit.passage_id, 0.0) + 1 / (constant + rank)
    best = sorted(total.items(), key=lambda item: (-item[1], item[0]))[:k]
    return [Hit(passage, score) for passage, score in best]


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        print(f"\rencoded {done} of {total}", end="\n" if done == total else "", file=sys.stderr)
