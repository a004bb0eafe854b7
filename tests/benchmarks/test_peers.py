"""The peers answer from the same corpus, and one that is not installed is named."""

from __future__ import annotations

import pytest

from benchmarks import peers, retrieval

CORPUS = [
    ("a", "Terlipressin reverses hepatorenal syndrome."),
    ("b", "Lactulose treats encephalopathy."),
    ("c", "Ascites is drained with albumin."),
]


def test_rank_bm25_finds_the_entry_with_the_words() -> None:
    pytest.importorskip("rank_bm25", reason="the extra `bench` is not installed")
    search = peers.rank_bm25(CORPUS, retrieval.words, retrieval.words)
    assert search("What treats encephalopathy?")[0] == "b"


def test_haystack_finds_the_entry_with_the_words() -> None:
    pytest.importorskip("haystack", reason="haystack-ai is not installed")
    search = peers.haystack_bm25(CORPUS)
    assert search is not None
    assert search("What treats encephalopathy?")[0] == "b"


def test_without_haystack_the_run_goes_on_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rank_bm25", reason="the extra `bench` is not installed")
    monkeypatch.setattr(peers, "find_spec", lambda name: None)
    assert list(retrieval.peers(CORPUS)) == ["rank_bm25, words", "rank_bm25, our terms"]
    assert "haystack: left out" in capsys.readouterr().out
