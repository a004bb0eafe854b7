"""Wilcoxon's exact test and the Hodges-Lehmann shift, against R and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from hepatica.bench.rank import rank_shift


@pytest.mark.parametrize(("m", "n"), [(4, 4), (5, 9), (12, 7), (20, 20)])
def test_exact_p(m: int, n: int) -> None:
    rng = np.random.default_rng(m * n)
    first, second = rng.normal(0, 1, m), rng.normal(0.5, 1, n)
    found = rank_shift(first.tolist(), second.tolist(), 0.95)
    assert found is not None
    exact = mannwhitneyu(first, second, method="exact").pvalue
    assert found.p == pytest.approx(float(exact), rel=1e-12)


def test_interval_as_r_gives_it() -> None:
    """wilcox.test(c(1.1, 2.3, 3.2, 4.8), c(0.4, 1.9, 2.6, 0.2), conf.int = TRUE), R 4.2.2."""
    found = rank_shift([1.1, 2.3, 3.2, 4.8], [0.4, 1.9, 2.6, 0.2], 0.95)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((1.6, -1.5, 4.6))
    assert found.p == pytest.approx(0.2, rel=1e-9)


def test_the_interval_holds_the_shift_as_often_as_it_says() -> None:
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(400):
        found = rank_shift((rng.exponential(1, 8) + 1).tolist(), rng.exponential(1, 8).tolist(),
                           0.95)  # fmt: skip
        assert found is not None
        inside += found.low <= 1 <= found.high
    assert inside >= 0.93 * 400


@pytest.mark.parametrize(
    ("first", "second"), [([1.0, 2.0], [3.0, 4.0]), ([1.0, 2.0, 3.0], [3.0, 5.0, 6.0]), ([], [1.0])]
)
def test_too_few_and_ties_have_no_interval(first: list[float], second: list[float]) -> None:
    assert rank_shift(first, second, 0.95) is None
