"""Does search find what answers the question, and how fast?

    python -m benchmarks.retrieval COLLECTION_DIR [--out FILE] [--peer-queries N]

The folder holds corpus.jsonl.gz, queries.jsonl.gz and qrels.tsv. Entries of one PMID become one
source, with its title where the collection has it, as a PubMed record would; every entry is a
passage and is judged by its own id. Three systems answer the same queries in the same run: the
store, rank_bm25 as its documentation uses it (lower-case words), and rank_bm25 over the store's own
terms, which tells the ranking from the engine. The last line is the store's nDCG@10.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.judged import Entries, documents, entries, judgements, queries
from benchmarks.ndcg import ndcg
from benchmarks.results import percentile, save
from hepatica.evidence.store.analysis import analyse, query_terms
from hepatica.evidence.store.store import Store

DEPTH = 100
WORD = re.compile(r"\w+")

Search = Callable[[str], list[str]]


def store_search(store: Store, places: Entries) -> Search:
    """The first DEPTH entries that the store finds."""

    def search(text: str) -> list[str]:
        found = store.passages([hit.passage_id for hit in store.search(text, k=DEPTH)])
        return [places[passage.source_id, passage.start] for passage in found]

    return search


def peer_search(
    corpus: Sequence[tuple[str, str]],
    of_passage: Callable[[str], list[str]],
    of_query: Callable[[str], list[str]],
) -> Search:
    """The same by rank_bm25 over the terms that the two functions make."""
    from rank_bm25 import BM25Okapi

    ids = [key for key, _ in corpus]
    model = BM25Okapi([of_passage(text) for _, text in corpus])

    def search(text: str) -> list[str]:
        scores = model.get_scores(of_query(text))
        return [ids[place] for place in scores.argsort()[::-1][:DEPTH]]

    return search


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def measure(
    search: Search, asked: Sequence[tuple[str, str]], grades: dict[str, dict[str, int]]
) -> dict[str, Any]:
    """Quality over the judged queries, and milliseconds a query."""
    gains, recalls, times = [], [], []
    for key, text in asked:
        start = time.perf_counter()
        found = search(text)
        times.append(1000 * (time.perf_counter() - start))
        relevant = {entry for entry, grade in grades[key].items() if grade > 0}
        gains.append(ndcg(found, grades[key]))
        recalls.append(len(relevant & set(found)) / len(relevant))
    return {
        "queries": len(asked),
        "nDCG@10": sum(gains) / len(gains),
        f"R@{DEPTH}": sum(recalls) / len(recalls),
        "p50 ms": percentile(times, 0.5),
        "p95 ms": percentile(times, 0.95),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collection", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--peer-queries", type=int, help="ask the peers only the first N queries")
    options = parser.parse_args()
    grades = judgements(options.collection)
    asked = [query for query in queries(options.collection) if query[0] in grades]
    corpus = entries(options.collection)
    figures: dict[str, Any] = {"collection": options.collection.name, "passages": len(corpus)}
    systems: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, Store.open(Path(folder)) as store:
        grouped, places = documents(options.collection)
        start = time.perf_counter()
        store.ingest(grouped, origin="benchmark")
        figures["passages a second to searchable"] = len(corpus) / (time.perf_counter() - start)
        systems["hepatica"] = measure(store_search(store, places), asked, grades)
    few = asked[: options.peer_queries]
    naive = peer_search(corpus, words, words)
    systems["rank_bm25, words"] = measure(naive, few, grades)
    same = peer_search(corpus, analyse, lambda text: list(query_terms(text).elements()))
    systems["rank_bm25, our terms"] = measure(same, few, grades)
    figures["systems"] = systems
    figures["times as fast as rank_bm25"] = (
        systems["rank_bm25, words"]["p50 ms"] / systems["hepatica"]["p50 ms"]
    )
    _print(figures)
    save(options.out, figures, "rank-bm25")
    print(f"nDCG@10 {systems['hepatica']['nDCG@10']:.4f}")


def _print(figures: dict[str, Any]) -> None:
    print(f"{figures['collection']}: {figures['passages']} passages")
    columns = list(next(iter(figures["systems"].values())))
    print(f"{'':24}" + "".join(f"{column:>10}" for column in columns))
    for name, row in figures["systems"].items():
        cells = (f"{row[c]:10d}" if isinstance(row[c], int) else f"{row[c]:10.4f}" for c in columns)
        print(f"{name:24}" + "".join(cells))
    for name in ("passages a second to searchable", "times as fast as rank_bm25"):
        print(f"{name}: {figures[name]:.1f}")


if __name__ == "__main__":
    main()
