"""A judged retrieval collection, its corpus as sources shaped like PubMed records.

The folder has corpus.jsonl.gz, queries.jsonl.gz and qrels.tsv. A corpus line has `id` (or `_id`)
and `text`, and may have `pmid`, `section` and `title`.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hepatica.evidence.model import Design, Document, Passage, Source

CORPUS = "corpus.jsonl.gz"
GAP = "\n\n"

Entries = dict[tuple[str, int], str]
"""Which corpus entry stands at which offset of which source."""


def entries(folder: Path) -> list[tuple[str, str]]:
    """(id, text) of each corpus entry."""
    return [(_key(line), line["text"]) for line in _lines(folder / CORPUS)]


def queries(folder: Path) -> list[tuple[str, str]]:
    """(id, text) of each query."""
    return [(_key(line), line["text"]) for line in _lines(folder / "queries.jsonl.gz")]


def judgements(folder: Path) -> dict[str, dict[str, int]]:
    """Grade by entry by query, of the queries to which something is relevant."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        query, _, entry, grade = line.split()
        grades[query][entry] = int(grade)
    return {query: found for query, found in grades.items() if any(g > 0 for g in found.values())}


def documents(folder: Path) -> tuple[list[Document], Entries]:
    """Sources with the entries of one PMID as their passages, and where each entry stands."""
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in _lines(folder / CORPUS):
        pmid = line.get("pmid")
        groups[f"pmid:{pmid}" if pmid else _key(line)].append(line)
    places: Entries = {}
    made = [_document(source_id, group, places) for source_id, group in groups.items()]
    return made, places


def _document(source_id: str, group: list[dict[str, Any]], places: Entries) -> Document:
    titles = [line["text"] for line in group if line.get("section") == "title"]
    passages, start = [], 0
    for line in group:
        end = start + len(line["text"])
        kind = "title" if line.get("section") == "title" else "text"
        passages.append(Passage(section=(), start=start, end=end, kind=kind))
        places[source_id, start] = _key(line)
        start = end + len(GAP)
    source = Source(
        id=source_id,
        title=group[0].get("title") or (titles[0] if titles else ""),
        text=GAP.join(line["text"] for line in group),
        design=Design.NARRATIVE,
    )
    return Document(source=source, passages=tuple(passages))


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _key(line: dict[str, Any]) -> str:
    return str(line.get("id") or line["_id"])
