"""Fusion is the mean of the shares of the best score, by words and by meaning."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.evidence.dense.fusion import fuse
from hepatica.evidence.store.records import Hit


def shares(hits: list[Hit]) -> dict[int, float]:
    return {hit.passage_id: pytest.approx(hit.score) for hit in hits}


def test_a_hand_worked_example() -> None:
    words = [Hit(1, 10.0), Hit(2, 6.0)]
    meaning = [Hit(3, 0.8), Hit(2, 0.6), Hit(1, 0.2)]
    # Passage 3 counts by words as the last of them, 6 / 10.
    fused = fuse(words, meaning, k=2)
    assert [hit.passage_id for hit in fused] == [3, 2]
    assert shares(fused) == {3: (0.6 + 1) / 2, 2: (0.6 + 0.75) / 2}


def test_where_words_found_all_there_is_a_passage_without_them_scores_nothing_by_words() -> None:
    fused = fuse([Hit(1, 5.0)], [Hit(2, 0.9), Hit(1, 0.9)], k=5)
    assert shares(fused) == {1: 1.0, 2: 0.5}


def test_a_passage_without_a_vector_counts_as_the_farthest() -> None:
    fused = fuse([Hit(1, 5.0), Hit(2, 4.0)], [Hit(1, 0.9), Hit(3, 0.45)], k=5)
    assert shares(fused) == {1: 1.0, 2: (0.8 + 0.5) / 2, 3: 0.25}


def test_meaning_alone_ranks_when_no_word_is_known_and_words_alone_when_there_are_no_vectors() -> (
    None
):
    near = [Hit(7, 0.5), Hit(8, 0.4)]
    assert [hit.passage_id for hit in fuse([], near, k=5)] == [7, 8]
    assert [hit.passage_id for hit in fuse(near, [], k=5)] == [7, 8]
    assert fuse([], [], k=5) == []


def test_a_negative_cosine_counts_as_zero() -> None:
    assert shares(fuse([], [Hit(1, -0.1), Hit(2, -0.2)], k=5)) == {1: 0.0, 2: 0.0}
    assert shares(fuse([], [Hit(1, 0.1), Hit(2, -0.2)], k=5)) == {1: 0.5, 2: 0.0}


ranking = st.dictionaries(st.integers(1, 20), st.floats(0.01, 50), max_size=12).map(
    lambda scores: [Hit(key, scores[key]) for key in sorted(scores, key=lambda k: (-scores[k], k))]
)


@given(words=ranking, meaning=ranking, k=st.integers(1, 15))
def test_scores_are_shares_that_do_not_depend_on_the_scale_of_either_search(
    words: list[Hit], meaning: list[Hit], k: int
) -> None:
    fused = fuse(words, meaning, k=k)
    assert len(fused) <= k
    assert all(0 <= hit.score <= 1 for hit in fused)
    assert [hit.score for hit in fused] == sorted((hit.score for hit in fused), reverse=True)
    # A power of two changes no digit of a quotient.
    doubled = [Hit(hit.passage_id, 2 * hit.score) for hit in words]
    assert fuse(doubled, meaning, k=k) == fused
