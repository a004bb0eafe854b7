"""Retrieval by meaning, fused with retrieval by words, where the store has vectors."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hepatica.errors import InputError
from hepatica.evidence.dense.encoder import Encoder
from hepatica.evidence.dense.fusion import fuse
from hepatica.evidence.dense.vectors import Encodes, Vectors
from hepatica.evidence.store.records import Hit

_NEAREST = 100


class Meaning:
    """Finds passages by the meaning of a question."""

    def __init__(self, encoder: Encodes, vectors: Vectors) -> None:
        self._encoder = encoder
        self._vectors = vectors

    @classmethod
    def open(cls, folder: Path, *, model: Path | None = None) -> Meaning:
        """What `hepatica dense build` made for the store in `folder`.

        Raises InputError when vectors or model files are missing, MissingExtraError without the
        extra.
        """
        from hepatica.evidence.dense.files import find

        vectors = Vectors.open(folder)
        paths = find(model)
        if vectors is None:
            raise InputError(f"no vectors for {str(folder)!r}: run `hepatica dense build`")
        if paths is None:
            raise InputError(
                "no model files: set HEPATICA_MODEL to their folder, or run `hepatica dense "
                "download`"
            )
        return cls(Encoder(paths), vectors)

    def fuse(self, text: str, hits: Sequence[Hit], *, k: int) -> list[Hit]:
        """The best `k` of `hits`, for which `k` were asked, and of the passages nearest in meaning.

        The scores of the result are shares of the best, 0 to 1.
        """
        query = self._encoder.encode([text])[0]
        near = self._vectors.search(query, k=_NEAREST, also=[hit.passage_id for hit in hits])
        return fuse(hits, near, k=k)
