"""Verdicts: an interval that says nothing is no result."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.bench import tested
from hepatica.bench.fit import fit
from hepatica.bench.intervals import Interval
from hepatica.bench.models.logistic import FOUR
from hepatica.bench.result import Verdict
from hepatica.bench.tested import SLOPES, dose_range, lone_dose, plateau, rate_range
from hepatica.bench.verdicts import judge, judge_fitted

OK, NOT, BEYOND, SIDED = Verdict


def bounds(low: float | None, high: float | None) -> Interval:
    return Interval(low, high, 0.95)


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict", "left"),
    [
        (2.4, 1.1, 5.0, OK, (1.1, 5.0)),
        (7.0, 0.7, 514.0, OK, (0.7, 514.0)),  # wide, but within a thousandfold
        (916.0, 366.0, 2.3e8, SIDED, (366.0, None)),
        (0.026, 8.8e-5, 0.141, SIDED, (None, 0.141)),
        (2.4, 2.7e-7, 2e7, NOT, (None, None)),
        (1e-8, None, 0.99, SIDED, (None, 0.99)),  # the value ran away; its bound did not
        (30.0, -5.0, 65.0, SIDED, (None, 65.0)),
    ],
)
def test_a_positive_parameter_within_a_thousandfold(value, low, high, verdict, left):
    found = judge("Kd", value, bounds(low, high), positive=True)
    assert found.verdict is verdict
    assert (found.low, found.high) == left
    if verdict is not OK:
        assert found.reason


def test_what_may_be_negative_has_no_fold():
    assert judge("basal", 0.5, bounds(-3.0, 4.0)).verdict is OK
    assert judge("basal", 1.0, bounds(1e-4, 2.0)).verdict is OK


@pytest.mark.parametrize(
    ("value", "low", "high", "verdict", "left"),
    [
        (95.0, 90.0, 100.0, OK, (90.0, 100.0)),
        (110.0, 90.0, 150.0, OK, (90.0, 150.0)),
        (110.0, 90.0, 409.0, SIDED, (90.0, None)),
        (2.0, -412975.0, 20.0, SIDED, (None, 20.0)),
        (400.0, 150.0, 900.0, SIDED, (150.0, None)),
        (28000.0, 27974.0, None, NOT, (None, None)),
    ],
)
def test_a_plateau_within_one_range_beyond_the_readings(value, low, high, verdict, left):
    readings = np.array([0.0, 50.0, 100.0])
    found = judge("top", value, bounds(low, high), within=plateau(readings))
    assert found.verdict is verdict
    assert (found.low, found.high) == left
    if value > 200:
        assert found.value is None


def test_a_slope_that_no_doses_can_show():
    assert judge("Hill", 1.2, bounds(0.8, 3.8), within=SLOPES).verdict is OK
    steep = judge("Hill", 0.97, bounds(0.27, 7427.0), within=SLOPES, positive=True)
    assert (steep.verdict, steep.low) == (SIDED, 0.27)
    assert judge("Hill", 0.5, bounds(0.00134, 55844.0), within=SLOPES).verdict is NOT


def test_a_lowest_dose_far_below_the_others_does_not_count_as_tested():
    """Nifedipine with its zero written as 1e-14 M."""
    doses = np.array([1e-5, 1e-2, 0.1, 1, 10, 100, 1000])
    assert lone_dose(doses) == 1e-5
    assert dose_range(doses) == tested.Tested(0.01, 1000.0, "nM")
    assert dose_range(np.array([0.0, 0.01, 10.0, 100.0])) == tested.Tested(0.01, 100.0, "nM")
    assert lone_dose(np.array([0.0, 1e-5, 0.01, 1.0])) is None  # a zero stands beside it
    assert lone_dose(np.array([0.1, 10.0, 100.0])) is None  # exactly a hundredfold
    assert dose_range(np.zeros(3)) is None


def test_rates_that_the_times_can_show():
    found = rate_range(np.array([0.0, 1.0, 50.0]))
    assert found == tested.Tested(0.001, 5.0, "per min", "times")
    assert rate_range(np.zeros(2)) is None


def test_an_exact_curve_has_its_values_and_no_noise():
    x = np.geomspace(0.1, 100, 12)
    found = fit(FOUR, x, FOUR.predict(x, np.array([0.0, 3041.435481, 5, 1.2])))
    zero, end = (judge_fitted(found, name, 0.95) for name in ("zero", "end"))
    assert (zero.value, zero.low, zero.high) == (0.0, 0.0, 0.0)
    assert end.low == end.value == end.high
