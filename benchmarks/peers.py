"""Other retrieval to compare with: rank_bm25, and Haystack's BM25 retriever where it installs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib.util import find_spec

DEPTH = 100
"""How many entries each system finds for a query."""

Search = Callable[[str], list[str]]
"""The ids of the entries found for a query, best first."""


def rank_bm25(
    corpus: Sequence[tuple[str, str]],
    of_passage: Callable[[str], list[str]],
    of_query: Callable[[str], list[str]],
) -> Search:
    """BM25Okapi with its own parameters over the terms that the two functions make."""
    from rank_bm25 import BM25Okapi

    ids = [key for key, _ in corpus]
    model = BM25Okapi([of_passage(text) for _, text in corpus])

    def search(text: str) -> list[str]:
        scores = model.get_scores(of_query(text))
        return [ids[place] for place in scores.argsort()[::-1][:DEPTH]]

    return search


def haystack_bm25(corpus: Sequence[tuple[str, str]]) -> Search | None:
    """Haystack's InMemoryBM25Retriever with its own settings; None when it is not installed."""
    if find_spec("haystack") is None:
        return None
    # Read when the package is imported, which reports its use over the network otherwise.
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "false"
    from haystack import Document
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    held = InMemoryDocumentStore()
    held.write_documents([Document(id=key, content=text) for key, text in corpus])
    retriever = InMemoryBM25Retriever(held, top_k=DEPTH)

    def search(text: str) -> list[str]:
        return [found.id for found in retriever.run(query=text)["documents"]]

    return search
