from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hepatica.evidence.model import Document
from hepatica.evidence.store import ReviewRow, Store, follow, live
from hepatica.evidence.store.connection import connect
from hepatica.evidence.store.edit import add_review
from hepatica.evidence.store.index import PassageIndex
from hepatica.evidence.store.mark import read_mark, read_meta

Make = Callable[..., Document]
Found = Callable[..., list[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def test_an_index_that_missed_commits_catches_up(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    store.ingest([make("a", "cirrhosis"), make("b", "cirrhosis")], origin="test")
    saved = shutil.copytree(folder / "index", folder / "saved")
    store.ingest([make("b", "ascites"), make("c", "cirrhosis")], origin="test")
    store.remove("a")
    store.close()
    shutil.rmtree(folder / "index")
    saved.rename(folder / "index")
    with Store.open(folder) as reader:
        assert found(reader, "cirrhosis") == ["c"]
        assert found(reader, "ascites") == ["b"]
        assert reader.lag == 0


def test_commits_are_applied_again_without_harm_when_the_mark_is_older(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    store.ingest([make("a", "cirrhosis")], origin="test")
    mark = (folder / "index" / "mark.json").read_bytes()
    store.ingest([make("b", "cirrhosis")], origin="test")
    store.close()
    (folder / "index" / "mark.json").write_bytes(mark)
    with Store.open(folder) as reader:
        assert sorted(found(reader, "cirrhosis")) == ["a", "b"]


def test_equal_stores_score_equally_whatever_happened_to_them(tmp_path: Path, make: Make) -> None:
    final = [make(f"a{n}", f"cirrhosis {n}", "ascites") for n in range(40)]
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        one.ingest(final, origin="test")
        two.ingest((make(f"a{n}", "cirrhosis and so much more") for n in range(40)), origin="test")
        two.ingest([make("gone", "cirrhosis")], origin="test")
        two.ingest(final, origin="test", batch=3)
        two.remove("gone")
        assert one.version == two.version
        assert read_meta(tmp_path / "two" / "index").deleted == 0
        scores = [[hit.score for hit in store.search("cirrhosis 7", k=30)] for store in (one, two)]
        assert scores[0] == scores[1]


def test_above_the_limit_deletions_are_left_to_merges(
    folder: Path, store: Store, make: Make, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow, "REBUILD_BELOW", 0)
    store.ingest((make(f"a{n}", "cirrhosis") for n in range(10)), origin="test")
    store.ingest([make("a3", "ascites")], origin="test")
    assert read_meta(folder / "index").deleted == 1
    assert (len(found(store, "cirrhosis")), found(store, "ascites")) == (9, ["a3"])


def test_while_another_process_writes_the_last_state_is_searched(
    folder: Path, store: Store, make: Make, found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RETRY_SECONDS", 0.0)
    store.ingest([make("a", "cirrhosis"), make("b", "cirrhosis")], origin="test")
    writer = PassageIndex(folder / "index").writer()
    with Store.open(folder) as reader:
        assert len(found(reader, "cirrhosis")) == 2
        assert store.ingest([make("b", "ascites"), make("c", "liver")], origin="test").lag == 1
        # Superseded passages are not shown even though the index still has them.
        assert found(reader, "cirrhosis") == ["a"]
        assert found(reader, "liver") == []
        assert reader.lag == 1
        del writer
        assert found(reader, "liver") == ["c"]
        assert reader.lag == 0


def test_an_open_store_sees_what_others_commit(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    assert found(store, "cirrhosis") == []
    with Store.open(folder) as other:
        other.ingest([make("a", "cirrhosis")], origin="test")
        assert found(store, "cirrhosis") == ["a"]
        other.remove("a")
        assert found(store, "cirrhosis") == []


def test_commits_of_two_writers_both_reach_the_index(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    def documents() -> object:
        for n in range(6):
            if n == 3:
                with Store.open(folder) as other:
                    other.ingest([make("other", "cirrhosis")], origin="other")
            yield make(f"a{n}", "cirrhosis")

    report = store.ingest(documents(), origin="test", batch=2)  # type: ignore[arg-type]
    assert (report.new, report.lag) == (6, 0)
    assert len(found(store, "cirrhosis")) == 7


@pytest.mark.parametrize("damage", ["missing", "empty", "meta", "mark", "segments", "schema"])
def test_a_damaged_index_is_rebuilt(
    folder: Path, store: Store, make: Make, found: Found, damage: str
) -> None:
    store.ingest((make(f"a{n}", "cirrhosis", "ascites") for n in range(20)), origin="test")
    store.close()
    index = folder / "index"
    match damage:
        case "missing":
            shutil.rmtree(index)
        case "empty":
            shutil.rmtree(index)
            index.mkdir()
        case "meta" | "mark":
            (index / f"{damage}.json").write_text("{")
        case "segments":
            for path in index.glob("*.idx"):
                path.write_bytes(path.read_bytes()[:10])
        case "schema":
            import tantivy

            shutil.rmtree(index)
            index.mkdir()
            builder = tantivy.SchemaBuilder()
            builder.add_text_field("other")
            tantivy.Index(builder.build(), path=str(index))
    with Store.open(folder) as reader:
        assert len(found(reader, "cirrhosis")) == 20
        assert reader.lag == 0
    assert sorted(path.name for path in folder.iterdir()) == ["evidence.sqlite", "index"]


def commit_to_the_record_alone(folder: Path) -> None:
    row = ReviewRow(topic_id="t", status="submitted", reviewer="r", date="d", content_hash="h")
    with closing(connect(folder, create=False, timeout=5)) as connection:
        add_review(connection, row)


@pytest.mark.parametrize("pattern", ["meta.json", "*.idx", "*.pos", "*.fast", "*.term"])
def test_damage_that_shows_only_later_is_mended(
    folder: Path, store: Store, make: Make, found: Found, pattern: str
) -> None:
    store.ingest((make(f"a{n}", "cirrhosis", "ascites") for n in range(20)), origin="test")
    store.close()
    with Store.open(folder) as reader:
        assert len(found(reader, "cirrhosis")) == 20
        for path in (folder / "index").glob(pattern):
            path.unlink()
            path.write_bytes(b"damaged")
        commit_to_the_record_alone(folder)
        assert len(found(reader, "cirrhosis")) == 20
        assert reader.lag == 0
    with Store.open(folder) as second:
        assert len(found(second, "ascites")) == 20
        assert second.lag == 0


def test_a_flipped_byte_that_makes_tantivy_panic_is_mended(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    store.ingest((make(f"a{n}", "cirrhosis " * 3, "ascites") for n in range(300)), origin="test")
    store.close()
    [path] = (folder / "index").glob("*.idx")
    data = path.read_bytes()
    footer = data.rindex(b'{"version"')
    path.write_bytes(b"\xff" * footer + data[footer:])
    with Store.open(folder) as reader:
        assert len(found(reader, "cirrhosis", k=400)) == 300


def test_an_index_of_another_store_is_not_believed(
    tmp_path: Path, make: Make, found: Found
) -> None:
    with Store.open(tmp_path / "one") as one, Store.open(tmp_path / "two") as two:
        one.ingest([make("a", "cirrhosis")], origin="test")
        two.ingest([make("b", "cirrhosis")], origin="test")
    shutil.rmtree(tmp_path / "two" / "index")
    shutil.copytree(tmp_path / "one" / "index", tmp_path / "two" / "index")
    with Store.open(tmp_path / "two") as two:
        assert found(two, "cirrhosis") == ["b"]


def test_a_record_put_back_from_a_copy_is_not_mistaken_for_the_newer_one(
    folder: Path, store: Store, make: Make, found: Found
) -> None:
    store.ingest([make("a", "cirrhosis")], origin="test")
    store.close()
    copy = (folder / "evidence.sqlite").read_bytes()
    with Store.open(folder) as later:
        later.ingest([make("b", "cirrhosis")], origin="test")
    (folder / "evidence.sqlite").write_bytes(copy)
    with Store.open(folder) as restored:
        assert found(restored, "cirrhosis") == ["a"]
        restored.ingest([make("c", "cirrhosis")], origin="test")
        assert sorted(found(restored, "cirrhosis")) == ["a", "c"]
    mark = read_mark(folder / "index")
    assert mark is not None
    assert mark.seq == 2
