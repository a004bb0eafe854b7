"""A retrieval collection as documents: corpus.jsonl.gz, queries.jsonl.gz, qrels.tsv in a folder."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

from hepatica.evidence.model import Design, Document, Passage, Source


def documents(folder: Path) -> Iterator[Document]:
    """Each entry of the corpus as a source with one passage."""
    with gzip.open(folder / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            text = entry["text"]
            yield Document(
                source=Source(
                    id=str(entry.get("id") or entry.get("_id")),
                    title=entry.get("title") or f"Entry {entry.get('id') or entry.get('_id')}",
                    text=text,
                    design=Design.NARRATIVE,
                ),
                passages=(Passage(section=(), start=0, end=len(text)),),
            )


def queries(folder: Path) -> list[tuple[str, str]]:
    """(id, text) of each query."""
    with gzip.open(folder / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        entries = [json.loads(line) for line in lines]
    return [(str(e.get("id") or e.get("_id")), e["text"]) for e in entries]
