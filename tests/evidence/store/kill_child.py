"""Ingests the same documents in every process, says what is committed, and waits to be killed.

python kill_child.py FOLDER
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store import Store, follow

SOURCES = 240
BATCH = 8


def documents() -> Iterator[Document]:
    """SOURCES documents; every tenth id comes a second time with a newer revision."""
    for number in range(SOURCES):
        key, revision = number, 1
        if number % 10 == 9:
            key, revision = number - 7, 2
        parts = [f"{token(key, revision)} part{part} cirrhosis β" for part in range(1 + key % 4)]
        passages, start = [], 0
        for part in parts:
            passages.append(Passage(section=(), start=start, end=start + len(part)))
            start += len(part) + 1
        source = Source(
            id=f"pmid:{key}",
            title="",
            text="\n".join(parts),
            design=Design.COHORT,
            revision=str(revision),
        )
        yield Document(source=source, passages=tuple(passages))


def token(key: int, revision: int) -> str:
    """A word that no other version of any source has."""
    return "x" + "".join("abcdefghij"[int(digit)] for digit in f"{key:03d}{revision}") + "x"


def main() -> None:
    follow.COMMIT_PASSAGES = 100  # so that kills also fall into commits of the index
    with Store.open(Path(sys.argv[1])) as store:
        print("ready", flush=True)
        store.ingest(
            documents(),
            origin="child",
            batch=BATCH,
            on_progress=lambda settled: print(settled, flush=True),
        )
    print("done", flush=True)


if __name__ == "__main__":
    main()
