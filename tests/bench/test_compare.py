"""Comparing models: noise is judged, rounding is not."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

from hepatica.bench.compare import aicc, compare, f_test, unchanging
from hepatica.bench.fit import fit
from hepatica.bench.models.logistic import FIVE, FOUR, THREE

X = np.geomspace(0.1, 100, 12)


def test_two_sums_of_squares_below_rounding_are_equal():
    assert f_test(9e-26, 10, 1e-28, 8, floor=1e-20) == (0.0, 1.0)
    assert f_test(9e-26, 10, 1e-28, 8)[1] < 0.05
    assert aicc(9e-26, 12, 2, floor=1e-20) < aicc(1e-28, 12, 3, floor=1e-20)


def test_a_simpler_model_that_misses_exact_readings_is_still_refused():
    f, p = f_test(50.0, 10, 1e-28, 8, floor=1e-20)
    assert f < inf
    assert p < 1e-10


@pytest.mark.parametrize("size", [1e-9, 1.0, 1e9])
def test_of_two_models_that_meet_exact_readings_the_simpler_is_preferred(size):
    y = size * THREE.predict(X, np.array([2, 90, 5.0]))
    three, four, five = fit(THREE, X, y), fit(FOUR, X, y), fit(FIVE, X, y)
    assert three.exact
    for wider in (four, five):
        found = compare(("slope 1", three), ("wider", wider))
        assert found is not None
        assert (found.prefers, found.p) == ("slope 1", 1.0)
        assert found.delta_aicc is not None
        assert found.delta_aicc < 0


def test_noise_is_no_rounding():
    y = FOUR.predict(X, np.array([2, 90, 5, 1.8])) + np.random.default_rng(1).normal(0, 1, X.size)
    three, four = fit(THREE, X, y), fit(FOUR, X, y)
    assert not four.exact
    found = compare(("slope 1", three), ("free slope", four))
    assert found is not None
    assert found.prefers == "free slope"


def test_readings_that_do_not_change():
    y = np.full(9, 0.1)
    assert unchanging(float(((y - y.mean()) ** 2).sum()), y)
    assert not unchanging(1e-6, y)


def test_a_hundred_thousand_readings_converge():
    """The rounding of a sum of so many squares hides the last steps of a fit."""
    random = np.random.default_rng(0)
    x = np.tile([0.1, 1, 3, 10, 30, 100, 1000], 15_000)
    found = fit(FOUR, x, np.round(5 + 95 * x / (x + 5) + random.normal(0, 2, x.size), 2))
    assert found.converged
    assert found.value("EC50") == pytest.approx(5, rel=0.02)
