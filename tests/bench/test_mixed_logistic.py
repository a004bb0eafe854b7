"""The standard curve over runs: what was simulated comes back, and runs alike have no spread."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.bench.arrays import Floats
from hepatica.bench.mixed_logistic import Runs, mixed_logistic

LEVELS = np.geomspace(3.9, 1000, 9)


def simulated(
    runs: int, between: float, within: float, seed: int
) -> tuple[Floats, Floats, list[str]]:
    rng = np.random.default_rng(seed)
    x = np.tile(np.repeat(LEVELS, 2), runs)
    run = [str(number) for number in range(runs) for _ in range(2 * len(LEVELS))]
    end = np.repeat(rng.normal(3.0, between, runs), 2 * len(LEVELS)) if between else 3.0
    y = 0.05 + (end - 0.05) / (1 + (90 / x) ** 1.1)
    return x, y + rng.normal(0, within, x.size), run


def test_what_was_simulated_comes_back() -> None:
    x, y, run = simulated(40, 0.3, 0.03, 20261130)
    found = mixed_logistic(x, y, run, weight=np.ones_like(y))
    assert found.sd_within == pytest.approx(0.03, rel=0.1)
    assert found.sd_between == pytest.approx(0.3, rel=0.3)
    assert found.ec50 == pytest.approx(90, rel=0.05)
    assert found.hill == pytest.approx(1.1, rel=0.02)


def test_runs_alike_have_no_spread() -> None:
    x, y, run = simulated(8, 0.0, 0.03, 1)
    found = mixed_logistic(x, y, run, weight=np.ones_like(y))
    assert found.sd_between < 0.02


def test_the_likelihood_is_that_of_the_whole_covariance() -> None:
    """Against the normal density with V = W^-1 + ratio gg' in each run, weights and all."""
    x, y, run = simulated(3, 0.2, 0.05, 7)
    weight = 1 / np.maximum(y, 0.05)
    runs, ratio = Runs(x, y, run, weight), 4.0
    (zero, end), squares, _ = runs.solve(90.0, 1.1, ratio)
    variance = squares / len(y)
    total = 0.0
    for rows in runs.rows:
        share = 1 / (1 + (90.0 / x[rows]) ** 1.1)
        covariance = variance * (np.diag(1 / weight[rows]) + ratio * np.outer(share, share))
        left = y[rows] - zero - (end - zero) * share
        _, log_determinant = np.linalg.slogdet(2 * np.pi * covariance)
        total -= 0.5 * (log_determinant + left @ np.linalg.solve(covariance, left))
    assert runs.log_likelihood(90.0, 1.1, ratio) == pytest.approx(total, rel=1e-10)
