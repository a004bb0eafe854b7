"""Vectors are derived, incremental and exact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from hepatica.errors import InputError, StoreError
from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store.store import Store

np = pytest.importorskip("numpy", reason="the extra `dense` is not installed")

from hepatica.evidence.dense import files  # noqa: E402
from hepatica.evidence.dense.vectors import FILE, Vectors, build  # noqa: E402


class Letters:
    """Encodes a text by its letters: enough to tell near from far without a model."""

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts: Sequence[str]) -> object:
        self.encoded += texts
        rows = np.zeros((len(texts), 26), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in text.lower():
                if letter.isascii() and letter.isalpha():
                    row[ord(letter) - ord("a")] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def document(name: str, text: str) -> Document:
    source = Source(id=name, title=name, text=text, design=Design.RCT)
    return Document(source=source, passages=(Passage(section=(), start=0, end=len(text)),))


@pytest.fixture
def own(tmp_path: Path) -> Store:
    store = Store.open(tmp_path)
    store.ingest([document("a", "ammonia"), document("b", "kidney")], origin="test")
    return store


def test_the_nearest_passage_comes_first_with_its_cosine(own: Store) -> None:
    letters = Letters()
    assert build(own, letters) == 2
    vectors = Vectors.open(own.folder)
    assert vectors is not None
    hits = vectors.search(letters.encode(["kidneys"])[0], k=2)
    best = own.passages([hits[0].passage_id])[0]
    assert best.text == "kidney"
    assert 0.9 < hits[0].score <= 1.0001
    assert hits[0].score > hits[1].score


def test_a_second_build_encodes_only_what_is_new_and_drops_what_is_gone(own: Store) -> None:
    build(own, Letters())
    own.ingest([document("a", "ammonia lowered"), document("c", "ascites")], origin="test")
    letters = Letters()
    assert build(own, letters) == 2
    assert sorted(letters.encoded) == ["ammonia lowered", "ascites"]
    vectors = Vectors.open(own.folder)
    assert vectors is not None
    assert len(vectors) == len(own.passage_ids()) == 3


@pytest.mark.parametrize("kept", [0, 3, 100, 300, None])
def test_a_damaged_file_says_what_to_do(own: Store, kept: int | None) -> None:
    build(own, Letters())
    whole = (own.folder / FILE).read_bytes()
    (own.folder / FILE).write_bytes(b"no vectors" if kept is None else whole[:kept])
    with pytest.raises(StoreError, match="hepatica dense build"):
        Vectors.open(own.folder)


def test_passages_asked_for_come_with_their_cosine_however_far(own: Store) -> None:
    letters = Letters()
    build(own, letters)
    vectors = Vectors.open(own.folder)
    assert vectors is not None
    query = letters.encode(["kidneys"])[0]
    nearest, farthest = vectors.search(query, k=2)
    unknown = [0, max(own.passage_ids()) + 1]
    also = vectors.search(query, k=1, also=[farthest.passage_id, *unknown])
    assert also == [nearest, farthest]
    assert vectors.search(query, k=1, also=[nearest.passage_id]) == [nearest]


def test_model_files_that_are_not_the_pinned_ones_are_refused(tmp_path: Path) -> None:
    for name in files.PINNED:
        (tmp_path / name).write_bytes(b"something else")
    with pytest.raises(InputError, match="SHA-256"):
        files.find(tmp_path)
    with pytest.raises(InputError, match="missing"):
        files.find(tmp_path / "nowhere")


def test_an_empty_setting_names_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEPATICA_MODEL", "")
    without = files.find()
    monkeypatch.delenv("HEPATICA_MODEL")
    assert without == files.find()


def test_the_real_encoder_finds_meaning_without_shared_words() -> None:
    paths = files.find()
    if paths is None:
        pytest.skip("no model files: set HEPATICA_MODEL to their folder")
    encoder_module = pytest.importorskip("hepatica.evidence.dense.encoder")
    rows = encoder_module.Encoder(paths).encode(
        ["kidney failure", "renal insufficiency", "a train timetable"]
    )
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2
