"""Search keeps finding what answers a question, by the collections' own judgements."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.judged import documents, judgements, queries
from benchmarks.retrieval import measure, store_search

from hepatica.evidence.store import Store


@pytest.mark.parametrize(
    ("collection", "least"),
    [("bioasq-snippets", 0.80), ("bioasq-docs", 0.84), ("pubmedqa", 0.97)],
)
def test_ndcg_does_not_fall(shared: Path, tmp_path: Path, collection: str, least: float) -> None:
    folder = shared / "data" / "retrieval" / collection
    found, places = documents(folder)
    grades = judgements(folder)
    asked = [query for query in queries(folder) if query[0] in grades]
    with Store.open(tmp_path) as store:
        store.ingest(found, origin="test")
        figures = measure(store_search(store, places), asked, grades)
    assert figures["queries"] == len(grades)
    assert figures["nDCG@10"] >= least
