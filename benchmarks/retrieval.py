"""Does search find what answers the question, and how fast?

    python -m benchmarks.retrieval COLLECTION_DIR [--dense MODEL_DIR] [--keep STORE_DIR]
                                   [--out FILE] [--peer-queries N]

The folder holds corpus.jsonl.gz, queries.jsonl.gz and qrels.tsv. Entries of one PMID become one
source, with its title where the collection has it, as a PubMed record would; every entry is a
passage and is judged by its own id. All systems answer the same queries in the same run: the store;
rank_bm25 as its documentation uses it (lower-case words), and over the store's own terms, which
tells the ranking from the engine; Haystack's BM25 retriever, if haystack-ai is installed. With
--dense, a folder with model.onnx and tokenizer.json, also search by meaning alone, fused with the
store's as `hepatica ask` does it, and fused by reciprocal rank. Encoding 20,000 passages takes
minutes; with --keep that is done once. The last line is the store's nDCG@10, and the fused one.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.judged import Entries, documents, entries, judgements, queries
from benchmarks.meaning import by_meaning, encoder
from benchmarks.ndcg import ndcg
from benchmarks.peers import DEPTH, Search, haystack_bm25, rank_bm25
from benchmarks.results import percentile, save
from hepatica.evidence.store.analysis import analyse, query_terms
from hepatica.evidence.store.store import Store

WORD = re.compile(r"\w+")


def store_search(store: Store, places: Entries) -> Search:
    """The first DEPTH entries that the store finds."""

    def search(text: str) -> list[str]:
        found = store.passages([hit.passage_id for hit in store.search(text, k=DEPTH)])
        return [places[passage.source_id, passage.start] for passage in found]

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
    parser.add_argument("--dense", type=Path, metavar="MODEL_DIR", help="search by meaning as well")
    parser.add_argument("--keep", type=Path, help="a folder for the store and its vectors")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--peer-queries", type=int, help="ask the peers only the first N queries")
    options = parser.parse_args()
    encodes = encoder(options.dense) if options.dense else None
    grades = judgements(options.collection)
    asked = [query for query in queries(options.collection) if query[0] in grades]
    corpus = entries(options.collection)
    figures: dict[str, Any] = {"collection": options.collection.name, "passages": len(corpus)}
    systems: dict[str, dict[str, Any]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Store.open(options.keep or Path(folder)) as store,
    ):
        grouped, places = documents(options.collection)
        start = time.perf_counter()
        if store.ingest(grouped, origin="benchmark").new:
            figures["passages a second to searchable"] = len(corpus) / (time.perf_counter() - start)
        systems["hepatica"] = measure(store_search(store, places), asked, grades)
        if encodes is not None:
            for name, search in by_meaning(store, places, encodes).items():
                systems[f"hepatica, {name}"] = measure(search, asked, grades)
    few = asked[: options.peer_queries]
    for name, search in peers(corpus).items():
        systems[name] = measure(search, few, grades)
        figures[f"times as fast as {name}"] = (
            systems[name]["p50 ms"] / systems["hepatica"]["p50 ms"]
        )
    figures["systems"] = systems
    _print(figures)
    save(options.out, figures, "rank-bm25", "haystack-ai", "onnxruntime", "tokenizers")
    last = f"nDCG@10 {systems['hepatica']['nDCG@10']:.4f}"
    print(last if encodes is None else f"{last}, fused {systems['hepatica, fused']['nDCG@10']:.4f}")


def peers(corpus: Sequence[tuple[str, str]]) -> dict[str, Search]:
    """The other systems by name; says so where Haystack is left out."""
    found = {
        "rank_bm25, words": rank_bm25(corpus, words, words),
        "rank_bm25, our terms": rank_bm25(
            corpus, analyse, lambda text: list(query_terms(text).elements())
        ),
    }
    haystack = haystack_bm25(corpus)
    if haystack is None:
        print("haystack: left out, not installed (pip install haystack-ai)")
    else:
        found["haystack, BM25"] = haystack
    return found


def _print(figures: dict[str, Any]) -> None:
    print(f"{figures['collection']}: {figures['passages']} passages")
    columns = list(next(iter(figures["systems"].values())))
    print(f"{'':24}" + "".join(f"{column:>10}" for column in columns))
    for name, row in figures["systems"].items():
        cells = (f"{row[c]:10d}" if isinstance(row[c], int) else f"{row[c]:10.4f}" for c in columns)
        print(f"{name:24}" + "".join(cells))
    for name, value in figures.items():
        if isinstance(value, float):
            print(f"{name}: {value:.1f}")


if __name__ == "__main__":
    main()
