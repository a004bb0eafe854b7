"""Search by meaning is measured as `hepatica ask` searches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from benchmarks.meaning import by_meaning, by_rank, encoder
from benchmarks.retrieval import measure

from hepatica.errors import InputError
from hepatica.evidence.dense.files import find
from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store.records import Hit
from hepatica.evidence.store.store import Store

np = pytest.importorskip("numpy", reason="the extra `dense` is not installed")

TEXTS = {"r": "Renal insufficiency.", "k": "Kidney stones.", "t": "A train timetable."}


class ByTable:
    """Knows that kidney failure and renal insufficiency are one, and nothing else."""

    def encode(self, texts: Sequence[str]) -> object:
        kidney = ("Kidney failure?", TEXTS["r"])
        return np.array([[1, 0] if text in kidney else [0, 1] for text in texts], dtype=np.float32)


@pytest.fixture
def own(tmp_path: Path) -> Store:
    store = Store.open(tmp_path)
    store.ingest(
        [
            Document(
                source=Source(id=key, title="", text=text, design=Design.RCT),
                passages=(Passage(section=(), start=0, end=len(text)),),
            )
            for key, text in TEXTS.items()
        ],
        origin="test",
    )
    return store


def test_each_way_of_searching_finds_what_it_should(own: Store) -> None:
    searches = by_meaning(own, {(key, 0): key for key in TEXTS}, ByTable())
    assert list(searches) == ["dense", "fused", "fused by rank"]
    assert searches["dense"]("Kidney failure?")[0] == "r"
    assert set(searches["fused"]("Kidney failure?")[:2]) == {"r", "k"}
    assert searches["fused"]("Kidney failure?")[2] == "t"
    figures = measure(searches["fused"], [("q", "Kidney failure?")], {"q": {"r": 1, "k": 1}})
    assert figures["nDCG@10"] == 1.0


def test_reciprocal_rank_by_hand() -> None:
    fused = by_rank([Hit(1, 9.0), Hit(2, 8.0)], [Hit(2, 0.9), Hit(3, 0.8)], k=3)
    assert [hit.passage_id for hit in fused] == [2, 1, 3]
    assert fused[0].score == pytest.approx(1 / 62 + 1 / 61)


def test_a_folder_without_the_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing"):
        encoder(tmp_path)


def test_the_real_model_finds_meaning_without_shared_words(own: Store) -> None:
    paths = find()
    if paths is None:
        pytest.skip("no model files: set HEPATICA_MODEL to their folder")
    searches = by_meaning(
        own, {(key, 0): key for key in TEXTS}, encoder(paths["model.onnx"].parent)
    )
    assert searches["dense"]("Kidney failure?")[0] == "r"
