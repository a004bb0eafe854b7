"""Small documents and an empty store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store import Store

Make = Callable[..., Document]


def make_document(source_id: str, *texts: str, title: str = "", **fields: Any) -> Document:
    """A source whose passages are `texts`, divided by a line break."""
    passages, start = [], 0
    for text in texts:
        passages.append(Passage(section=("Results",), start=start, end=start + len(text)))
        start += len(text) + 1
    fields.setdefault("design", Design.COHORT)
    source = Source(id=source_id, title=title or source_id, text="\n".join(texts), **fields)
    return Document(source=source, passages=tuple(passages))


@pytest.fixture(scope="session")
def make() -> Make:
    return make_document


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store") as opened:
        yield opened


@pytest.fixture(scope="session")
def found() -> Callable[..., list[str]]:
    """The source ids that a search finds, best first."""

    def search(store: Store, text: str, **options: Any) -> list[str]:
        hits = store.search(text, **options)
        return [passage.source_id for passage in store.passages([hit.passage_id for hit in hits])]

    return search
