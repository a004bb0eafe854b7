"""Experiments and wells: what is averaged, what is counted, what fails."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.bench.plate import minimum_significant_ratio, plate_checks, plate_statistics
from hepatica.bench.replicates import (
    agreement,
    lack_of_fit,
    missed,
    over_experiments,
    ratio_of_fits,
    ratio_of_means,
    streaks,
    turned_back,
)
from hepatica.bench.result import Status, Verdict


def test_a_geometric_mean_with_students_interval():
    found = over_experiments("Kd", [1.0, 2.0, 4.0], unit="nM", group=None, level=0.95)
    assert found.value == pytest.approx(2)
    half = 4.302652729911275 * np.log(2) / np.sqrt(3)  # t with 2 df
    assert found.low == pytest.approx(2 * np.exp(-half))
    assert found.high == pytest.approx(2 * np.exp(half))
    assert (found.n, found.n_of) == (3, "experiments")


def test_one_experiment_gives_no_interval_over_experiments():
    found = over_experiments("Kd", [1.0], unit="nM", group=None, level=0.95)
    assert found.verdict is Verdict.NOT_ESTIMABLE
    assert "at least 2 are needed" in (found.reason or "")


def test_a_ratio_turns_round_with_its_interval():
    a, b = [2.0, 3.0, 2.5], [1.0, 1.4, 0.9, 1.2]
    there, p = ratio_of_means("x", a, b, group="g", level=0.95)
    back, q = ratio_of_means("x", b, a, group="g", level=0.95)
    assert p == pytest.approx(q)
    assert there.value == pytest.approx(1 / (back.value or 0))
    assert there.low == pytest.approx(1 / (back.high or 0))


def test_a_ratio_of_curves_needs_both():
    good = ratio_of_fits("x", 2.0, 0.1, 1.0, 0.1, 20, group="g", level=0.95)
    assert good.value == pytest.approx(2)
    bad = ratio_of_fits("x", 2.0, float("inf"), 1.0, 0.1, 20, group="g", level=0.95)
    assert bad.verdict is Verdict.NOT_ESTIMABLE


def test_wells_that_agree_and_wells_that_do_not():
    x = np.array([1.0, 1, 2, 2])
    assert agreement(x, np.array([10.0, 11, 20, 21])).status is Status.PASSED
    assert agreement(x, np.array([10.0, 20, 20, 40])).status is Status.FAILED
    single = agreement(np.array([1.0, 2]), np.array([10.0, 11]))
    assert single.status is Status.NOT_ASSESSED


def test_a_bend_that_the_model_misses_is_found():
    x = np.repeat(np.arange(8.0), 3)
    random = np.random.default_rng(1)
    y = (x - 3.5) ** 2 + random.normal(0, 0.5, x.size)
    line = np.polyval(np.polyfit(x, y, 1), x)
    ss = float(((y - line) ** 2).sum())
    assert lack_of_fit(x, y, ss, x.size - 2).status is Status.FAILED
    assert streaks(x, y - line).status is Status.FAILED
    assert streaks(x, random.normal(0, 1, x.size)).status is Status.PASSED


def test_the_miss_is_a_share_of_the_range_of_the_means():
    x, y = np.array([1.0, 1, 2, 2]), np.array([9.0, 11, 19, 21])
    assert missed(x, y, y - np.array([12.0, 12, 18, 18])) == pytest.approx(2 / 10)
    assert missed(x, y, y - np.array([10.0, 10, 20, 20])) == 0


@pytest.mark.parametrize(
    ("means", "turns"),
    [
        ((0, 50, 100, 100), False),
        ((0, 50, 100, 60), True),
        ((100, 50, 0, 40), True),  # a curve that falls and comes back
        ((0, 50, 100, 94), False),  # less than a tenth of the range
        ((50, 50, 50, 50), False),
    ],
)
def test_readings_that_turn_back(means, turns):
    x = np.repeat([1.0, 10, 100, 1000], 3)
    y = np.repeat(np.array(means, dtype=float), 3) + np.tile([-2.0, 0, 2], 4)
    assert (turned_back(x, y) is not None) is turns
    scattered = np.repeat(np.array(means, dtype=float), 3) + np.tile([-40.0, 0, 40], 4)
    assert turned_back(x, scattered) is None  # within three standard errors


def test_plate_figures_of_a_worked_example():
    high, low = np.array([100.0, 110, 90]), np.array([10.0, 12, 8])
    found = plate_statistics(high, low)
    assert found["Z'"] == pytest.approx(1 - 3 * (10 + 2) / 90)
    assert found["signal to background"] == pytest.approx(10)
    assert found["SSMD"] == pytest.approx(90 / np.sqrt(104))
    checks, _ = plate_checks(high[:1], low)
    assert checks[0].status is Status.NOT_ASSESSED


def test_the_minimum_significant_ratio():
    values = np.array([1.0, 10.0, 1.0, 10.0])
    s = np.array([0.0, 1, 0, 1]).std(ddof=1)
    assert minimum_significant_ratio(values) == pytest.approx(10 ** (2 * np.sqrt(2) * s))
    assert minimum_significant_ratio(values * 7) == pytest.approx(minimum_significant_ratio(values))
