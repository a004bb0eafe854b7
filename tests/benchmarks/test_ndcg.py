from __future__ import annotations

import pytest
from benchmarks.ndcg import ndcg


def test_a_hand_worked_example() -> None:
    # Gains 3, 2, 3, 0, 1, 2 at ranks 1 to 6, discounts 1, 1.58496, 2, 2.32193, 2.58496, 2.80735:
    # DCG 3 + 1.26186 + 1.5 + 0 + 0.38685 + 0.71241 = 6.86113;
    # ideal order 3, 3, 2, 2, 1, 0: 3 + 1.89279 + 1 + 0.86135 + 0.38685 = 7.14100.
    grades = {"a": 3, "b": 2, "c": 3, "e": 1, "f": 2}
    assert ndcg(["a", "b", "c", "d", "e", "f"], grades) == pytest.approx(0.96081, abs=1e-5)


def test_only_the_first_k_count_in_the_ranking_and_in_the_ideal() -> None:
    grades = {"a": 1, "b": 1, "c": 1}
    assert ndcg(["x", "a", "b", "c"], grades, k=2) == pytest.approx(
        (1 / 1.58496) / (1 + 1 / 1.58496)
    )


def test_the_ideal_order_scores_one_and_a_miss_scores_nothing() -> None:
    assert ndcg(["a", "b"], {"a": 2, "b": 1}) == 1.0
    assert ndcg(["x"], {"a": 1}) == 0.0


def test_a_query_to_which_nothing_is_relevant_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing is relevant"):
        ndcg(["a"], {"a": 0})
