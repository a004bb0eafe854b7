from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hepatica.errors import StoreError
from hepatica.evidence.model import Design, Document, Passage, Source, Status, Tier
from hepatica.evidence.store import Store, default_folder

Make = Callable[..., Document]
Found = Callable[..., list[str]]


def test_a_source_comes_back_as_it_went_in(store: Store) -> None:
    source = Source(
        id="pmid:1",
        title="Terlipressin – ≥2.25 mg/dL",
        text="SCr ≥2.25 mg/dL 🫀.\nNo\x00thing – lost.",
        design=Design.RCT,
        authors="Wong F",
        issuer="a",
        container="NEJM",
        year=2021,
        published="2021-03-04",
        revision="2022-01-01",
        identifiers={"pmid": "1", "doi": "10.1/x"},
        url="https://example.org",
        licence="CC BY",
        language="eng",
        status=Status.CORRECTED,
        notices=("Erratum in: x",),
        subjects=("Humans",),
    )
    passages = (
        Passage(section=(), start=0, end=18, kind="title"),
        Passage(section=("A", "B"), start=19, end=35, code="34067-9"),
    )
    store.ingest([Document(source=source, passages=passages)], origin="test")
    assert store.source("pmid:1") == source
    assert store.source("pmid:1").version == source.version
    stored = store.passages([2, 1])
    assert [passage.passage_id for passage in stored] == [2, 1]
    assert [passage.text for passage in stored] == [source.text[19:35], source.text[0:18]]
    second = stored[0]
    assert (second.section, second.start, second.end) == (("A", "B"), 19, 35)
    assert (second.kind, second.code, second.source_version) == ("text", "34067-9", source.version)
    assert (second.title, second.design, second.year) == (source.title, Design.RCT, 2021)
    assert (second.status, second.authors, second.container) == (Status.CORRECTED, "Wong F", "NEJM")
    assert (second.identifiers, second.url) == ({"pmid": "1", "doi": "10.1/x"}, source.url)
    assert not second.curated


def test_passages_that_overlap_or_step_back_keep_their_text(store: Store) -> None:
    text = "é" * 10 + "αβγ" + "x" * 10
    spans = [(10, 13), (0, 13), (11, 23), (5, 11)]
    document = Document(
        source=Source(id="a", title="t", text=text, design=Design.REVIEW),
        passages=tuple(Passage(section=(), start=start, end=end) for start, end in spans),
    )
    store.ingest([document], origin="test")
    texts = [passage.text for passage in store.passages([1, 2, 3, 4])]
    assert texts == [text[start:end] for start, end in spans]


def test_filters_of_search(store: Store, make: Make, found: Found) -> None:
    text = "terlipressin reverses hepatorenal syndrome"
    store.ingest(
        [
            make("guideline", text, design=Design.GUIDELINE, year=2024),
            make("label", text, design=Design.REGULATORY_LABEL, year=2022),
            make("trial", text, design=Design.RCT, year=2016),
            make("undated", text, design=Design.RCT),
            make("claims", text, design=Design.RCT, year=2021, curated=True),
        ],
        origin="test",
    )
    everything = {"guideline", "label", "trial", "undated", "claims"}
    assert set(found(store, "terlipressin")) == everything
    assert set(found(store, "terlipressin", tiers=[Tier.GUIDELINE, Tier.LABEL])) == {
        "guideline",
        "label",
    }
    assert set(found(store, "terlipressin", since=2021)) == {"guideline", "label", "claims"}
    assert set(found(store, "terlipressin", include_curated=False)) == everything - {"claims"}
    assert set(found(store, "terlipressin", kinds=["text"])) == everything
    assert found(store, "terlipressin", kinds=["table", "claim"]) == []
    assert found(store, "terlipressin", kinds=[]) == []
    assert len(store.search("terlipressin", k=2)) == 2
    assert store.search("terlipressin", k=0) == []
    assert store.search("") == store.search("?!") == store.search("zzzz") == []


def test_equal_passages_rank_in_an_order_of_their_own(tmp_path: Path, make: Make) -> None:
    documents = [make(f"pmid:{n}", "albumin and terlipressin") for n in range(300)]
    orders = []
    for name, batch, records in (("a", 500, documents), ("b", 7, documents[::-1])):
        with Store.open(tmp_path / name) as store:
            store.ingest(records, origin="test", batch=batch)
            hits = store.search("terlipressin albumin", k=20)
            passages = store.passages([hit.passage_id for hit in hits])
            orders.append([(p.source_id, h.score) for p, h in zip(passages, hits, strict=True)])
    assert orders[0] == orders[1]


def test_retracted_sources_are_found_with_their_status(store: Store, make: Make) -> None:
    store.ingest([make("a", "cirrhosis", status=Status.RETRACTED)], origin="test")
    [hit] = store.search("cirrhosis")
    assert store.passages([hit.passage_id])[0].status is Status.RETRACTED


def test_lists_filter_and_show_versions(store: Store, make: Make) -> None:
    store.ingest(
        [
            make("b", "one", title="On Albumin", design=Design.GUIDELINE),
            make("a", "two", design=Design.RCT, status=Status.RETRACTED, year=2001),
        ],
        origin="first.xml",
    )
    store.ingest([make("a", "three", "four", design=Design.RCT)], origin="second.xml")
    assert [row.id for row in store.sources()] == ["a", "b"]
    assert [row.id for row in store.sources(tier=Tier.GUIDELINE)] == ["b"]
    assert [row.id for row in store.sources(design=Design.RCT)] == ["a"]
    assert [row.id for row in store.sources(query="albumin")] == ["b"]
    assert list(store.sources(status=Status.RETRACTED)) == []
    old, new = store.sources(query="a", design=Design.RCT, all_versions=True)
    assert (old.current, old.superseded_by, old.origin) == (False, new.version, "first.xml")
    assert (new.current, new.superseded_by, new.passages) == (True, None, 2)
    assert (old.status, old.year) == (Status.RETRACTED, 2001)


def test_what_is_not_there_is_named(store: Store, make: Make) -> None:
    store.ingest([make("a", "one")], origin="test")
    with pytest.raises(StoreError, match="no source 'pmid:9'"):
        store.source("pmid:9")
    with pytest.raises(StoreError, match="no source 'a' version 'ffff'; of 'a' it holds version"):
        store.source("a", "ffff")
    with pytest.raises(StoreError, match="no source 'pmid:9'"):
        store.remove("pmid:9")


def test_removal_deletes_all_versions_and_says_when(store: Store, make: Make, found: Found) -> None:
    empty = store.version
    store.ingest([make("a", "cirrhosis one")], origin="test")
    store.ingest([make("a", "cirrhosis two")], origin="test")
    [hit] = store.search("cirrhosis")
    assert store.remove("a") == 2
    assert found(store, "cirrhosis") == []
    assert store.passages([hit.passage_id]) == []
    assert store.version == empty
    with pytest.raises(StoreError, match="'a' was removed from this store on 2"):
        store.source("a")
    store.ingest([make("a", "cirrhosis two")], origin="test")
    assert found(store, "cirrhosis") == ["a"]
    assert store.search("cirrhosis")[0].passage_id != hit.passage_id


def test_reviews_are_kept_in_order_and_count_in_the_version(store: Store) -> None:
    empty = store.version
    store.add_review("hrs-treatment", "submitted", "A", "2026-11-01", "aa")
    submitted = store.version
    store.add_review("hrs-treatment", "approved", "B", "2026-11-02", "aa")
    store.add_review("ascites", "approved", "B", "2026-11-02", "bb")
    assert [row.status for row in store.reviews("hrs-treatment")] == ["submitted", "approved"]
    assert len(store.reviews()) == 3
    assert len({empty, submitted, store.version}) == 3


def test_the_folder_comes_from_the_setting_or_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HEPATICA_STORE", str(tmp_path / "mine"))
    assert default_folder() == tmp_path / "mine"
    monkeypatch.delenv("HEPATICA_STORE")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "hepatica"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "hepatica"
    monkeypatch.setattr("sys.platform", "darwin")
    assert default_folder() == tmp_path / "Library" / "Application Support" / "hepatica"
    monkeypatch.setattr("sys.platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert default_folder() == tmp_path / "Local" / "hepatica"
