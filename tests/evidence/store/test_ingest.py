from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hepatica.errors import SourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.store import IngestReport, Origin, Store

Make = Callable[..., Document]
Found = Callable[..., list[str]]


def counts(report: IngestReport) -> tuple[int, int, int, int, int]:
    return report.new, report.unchanged, report.superseded, report.older, report.rejected


def test_the_same_again_changes_nothing(store: Store, make: Make) -> None:
    documents = [make(f"pmid:{n}", f"text {n}") for n in range(30)]
    assert counts(store.ingest(documents, origin="test", batch=7)) == (30, 0, 0, 0, 0)
    version = store.version
    again = store.ingest(documents, origin="test")
    assert counts(again) == (0, 30, 0, 0, 0)
    assert (store.version, again.lag) == (version, 0)


def test_another_version_supersedes_and_the_old_one_stays_readable(
    store: Store, make: Make, found: Found
) -> None:
    first, second = make("a", "lactulose"), make("a", "rifaximin")
    store.ingest([first], origin="test")
    assert counts(store.ingest([second], origin="test")) == (0, 0, 1, 0, 0)
    assert store.source("a") == second.source
    assert store.source("a", first.source.version) == first.source
    assert (found(store, "lactulose"), found(store, "rifaximin")) == ([], ["a"])


def test_going_back_to_an_earlier_text_makes_it_current_again(
    store: Store, make: Make, found: Found
) -> None:
    first, second = make("a", "lactulose"), make("a", "rifaximin")
    for document in (first, second, first):
        store.ingest([document], origin="test")
    assert store.source("a") == first.source
    assert (found(store, "lactulose"), found(store, "rifaximin")) == (["a"], [])
    assert len(list(store.sources(all_versions=True))) == 2


@pytest.mark.parametrize(
    ("older", "newer"),
    [("9", "10"), ("2020-01-31", "2020-02-01"), ("2019", "2020"), ("2020-01", "2020-11")],
)
def test_an_older_revision_does_not_come_back(
    store: Store, make: Make, older: str, newer: str
) -> None:
    old, new = make("a", "x", revision=older), make("a", "y", revision=newer)
    report = store.ingest([old, new, old], origin="test")
    assert counts(report) == (1, 0, 1, 1, 0)
    assert len(store.search("x y")) == 1
    assert counts(store.ingest([old, new], origin="test")) == (0, 1, 0, 1, 0)
    assert store.source("a") == new.source


def test_corrections_under_the_same_revision_are_taken_once_and_in_order(
    store: Store, make: Make
) -> None:
    one, two = make("a", "x", revision="2020-01-01"), make("a", "y", revision="2020-01-01")
    assert counts(store.ingest([one, two], origin="test")) == (1, 0, 1, 0, 0)
    assert counts(store.ingest([one, two], origin="test")) == (0, 1, 0, 1, 0)
    assert store.source("a") == two.source


def test_an_id_used_twice_is_rejected_and_the_first_is_kept(store: Store, make: Make) -> None:
    documents = [make("a", "one"), make("b", "other"), make("a", "two"), make("a", "one")]
    for _ in range(2):
        report = store.ingest(documents, origin="test", batch=1)
        assert report.rejected == 1
        assert report.rejections[0].where == "test: 'a'"
        assert "read before in this ingestion" in report.rejections[0].reason
        assert store.source("a").text == "one"


def test_rejections_of_readers_and_of_the_store_are_reported(store: Store, make: Make) -> None:
    report = store.ingest(
        [
            make("a", "good"),
            Rejection(where="file.xml record 2", reason="no title"),
            make("b", "bad \ud800 text"),
            make("c", "text", title="\udfff"),
            make("", "no id"),
            make("d\x1b[31m", "escape in the id"),
        ],
        origin="test",
    )
    assert counts(report) == (1, 0, 0, 0, 5)
    assert report.read == 6
    reasons = {rejection.where: rejection.reason for rejection in report.rejections}
    assert reasons["file.xml record 2"] == "no title"
    assert "surrogate" in reasons["test: 'b'"]
    assert "surrogate" in reasons["test: 'c'"]
    assert "printable id" in reasons["test: ''"]


def test_each_source_remembers_where_it_came_from(store: Store, make: Make) -> None:
    records = [make("a", "x"), Origin("one.xml"), make("b", "x"), Origin("two.xml"), make("c", "x")]
    assert store.ingest(records, origin="start", batch=2).read == 3
    assert [row.origin for row in store.sources()] == ["start", "one.xml", "two.xml"]


def test_many_rejections_are_counted_but_not_all_kept(store: Store) -> None:
    many = (Rejection(where=f"record {n}", reason="empty") for n in range(2500))
    report = store.ingest(many, origin="test")
    assert (report.rejected, len(report.rejections)) == (2500, 1000)


@pytest.mark.parametrize(
    "failure", [SourceError("truncated"), KeyboardInterrupt(), ValueError("x")]
)
def test_what_was_read_before_a_failure_is_kept(
    store: Store, make: Make, found: Found, failure: BaseException
) -> None:
    def documents() -> Iterator[Document]:
        for n in range(25):
            yield make(f"pmid:{n}", f"cirrhosis {n}")
        raise failure

    report = IngestReport()
    with pytest.raises(type(failure)):
        store.ingest(documents(), origin="test", batch=10, report=report)
    assert report.new == 25
    assert len(found(store, "cirrhosis", k=50)) == 25
    assert store.lag == 0


def test_a_failure_while_writing_keeps_whole_batches_only(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hepatica.evidence.store import commit

    real, calls = commit.insert_document, 0

    def interrupted(connection: sqlite3.Connection, document: Document, **keys: object) -> None:
        nonlocal calls
        calls += 1
        real(connection, document, **keys)  # type: ignore[arg-type]
        if calls == 15:
            raise KeyboardInterrupt

    monkeypatch.setattr(commit, "insert_document", interrupted)
    with pytest.raises(KeyboardInterrupt):
        store.ingest((make(f"a{n}", "liver") for n in range(30)), origin="test", batch=10)
    monkeypatch.undo()
    assert len(list(store.sources())) == 10
    assert len(store.search("liver")) == 10
    assert store.ingest((make(f"a{n}", "liver") for n in range(30)), origin="test").new == 20


def test_progress_counts_what_is_committed(store: Store, make: Make, tmp_path: Path) -> None:
    seen = []

    def progress(settled: int) -> None:
        with Store.open(tmp_path / "store") as other:
            seen.append((settled, len(list(other.sources()))))

    documents = (make(f"a{n}", "liver") for n in range(25))
    store.ingest(documents, origin="test", batch=10, on_progress=progress)
    assert seen == [(10, 10), (20, 20), (25, 25)]


def test_the_version_depends_on_the_content_alone(tmp_path: Path, make: Make) -> None:
    first = [make(f"a{n}", f"text {n}") for n in range(20)]
    second = [make(f"a{n}", f"text {n} corrected") for n in range(0, 20, 3)]
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        assert one.version == two.version
        one.ingest(first, origin="x")
        one.ingest(second, origin="y")
        final = {d.source.id: d for d in (*first, *second)}
        two.ingest(reversed(final.values()), origin="z", batch=3)
        assert one.version == two.version
        two.ingest([make("extra", "x")], origin="z")
        assert one.version != two.version
        two.remove("extra")
        assert one.version == two.version
