from __future__ import annotations

from collections.abc import Callable

import pytest

from hepatica.errors import StoreError
from hepatica.evidence.model import Document
from hepatica.evidence.store import Store

Make = Callable[..., Document]
Found = Callable[..., list[str]]


def test_knowledge_is_replaced_as_a_whole(store: Store, make: Make, found: Found) -> None:
    assert (store.knowledge(), store.knowledge_fingerprint) == (None, None)
    one, two = make("c1", "cirrhosis", curated=True), make("c2", "cirrhosis", curated=True)
    store.ingest([make("pmid:1", "cirrhosis")], origin="test")
    store.put_knowledge(b"pack 1", [one, two], fingerprint="f1")
    assert (store.knowledge(), store.knowledge_fingerprint) == (b"pack 1", "f1")
    assert set(found(store, "cirrhosis")) == {"pmid:1", "c1", "c2"}

    changed = make("c2", "ascites", curated=True)
    store.put_knowledge(b"pack 2", [changed], fingerprint="f2")
    assert (store.knowledge(), store.knowledge_fingerprint) == (b"pack 2", "f2")
    assert set(found(store, "cirrhosis")) == {"pmid:1"}
    assert found(store, "ascites") == ["c2"]
    # An answer given earlier still verifies.
    assert store.source("c1") == one.source
    assert store.source("c2", two.source.version) == two.source

    store.put_knowledge(b"pack 1", [one, two], fingerprint="f1")
    assert set(found(store, "cirrhosis")) == {"pmid:1", "c1", "c2"}


def test_the_version_counts_the_knowledge(store: Store, make: Make) -> None:
    documents = [make("c1", "cirrhosis", curated=True)]
    versions = [store.version]
    store.put_knowledge(b"pack 1", documents, fingerprint="f1")
    versions.append(store.version)
    store.put_knowledge(b"pack 1", documents, fingerprint="f1")
    assert store.version == versions[-1]
    store.put_knowledge(b"pack 2", documents, fingerprint="f2")
    versions.append(store.version)
    assert len(set(versions)) == 3
    store.put_knowledge(b"pack 1", documents, fingerprint="f1")
    assert store.version == versions[1]


def test_a_failure_half_way_changes_nothing(store: Store, make: Make, found: Found) -> None:
    store.put_knowledge(b"pack 1", [make("c1", "cirrhosis")], fingerprint="f1")
    version = store.version
    twice = [make("c2", "ascites"), make("c2", "ascites")]
    with pytest.raises(StoreError, match="two sources with the id 'c2'"):
        store.put_knowledge(b"pack 2", twice, fingerprint="f2")
    assert (store.version, store.knowledge()) == (version, b"pack 1")
    assert (found(store, "cirrhosis"), found(store, "ascites")) == (["c1"], [])


def test_ingestion_and_removal_leave_the_knowledge_alone(store: Store, make: Make) -> None:
    curated = make("c1", "cirrhosis", curated=True)
    store.put_knowledge(b"pack", [curated], fingerprint="f")
    report = store.ingest([make("c1", "something else")], origin="mine.md")
    assert (report.rejected, report.superseded) == (1, 0)
    assert "belongs to the built-in knowledge" in report.rejections[0].reason
    with pytest.raises(StoreError, match="cannot be removed"):
        store.remove("c1")
    assert store.source("c1") == curated.source


def test_knowledge_takes_back_an_id_that_a_user_gave_away(store: Store, make: Make) -> None:
    mine = make("c1", "my own notes")
    store.ingest([mine], origin="mine.md")
    curated = make("c1", "cirrhosis", curated=True)
    store.put_knowledge(b"pack", [curated], fingerprint="f")
    assert store.source("c1") == curated.source
    assert store.source("c1", mine.source.version) == mine.source
