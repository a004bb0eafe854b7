"""Concentration-response: what rests on an unknown plateau or EC50 is not plain."""

from __future__ import annotations

import numpy as np
from tests.bench import simulated

from hepatica.bench import analyse
from hepatica.bench.result import AssayResult, Check, Status, Verdict


def check(result: AssayResult, name: str) -> Check:
    return next(entry for entry in result.checks if entry.name == name)


def test_a_top_that_was_not_reached_bounds_the_span_on_one_side():
    random = np.random.default_rng(7)
    doses = np.repeat([0.1, 0.3, 1, 3, 10, 30, 100], 3)
    y = 5 + 40 * doses / (doses + 160) + random.normal(0, 0.5, doses.size)
    result = analyse("response", {"dose [nM]": doses, "response [%]": y})
    top, span = result.estimate("top"), result.estimate("span")
    assert top.verdict is Verdict.ONE_SIDED
    assert (span.verdict, span.high) == (Verdict.ONE_SIDED, None)
    assert span.low is not None
    assert 0 < span.low < 40


def test_no_slope_without_an_ec50():
    table = simulated.response(copies=2, doses=(0.3, 3.0, 30.0), sd=3.0)
    result = analyse("response", table, {"effective_doses": [10]})
    assert result.estimate("EC50").verdict is Verdict.NOT_ESTIMABLE
    for name in ("Hill", "EC10"):
        assert result.estimate(name).verdict is Verdict.NOT_ESTIMABLE
    for name in ("top", "bottom", "span"):
        assert result.estimate(name).verdict is not Verdict.OK


def test_plateaus_are_not_passed_on_a_plateau_without_bound():
    """Few doses above the effect: the fit says 0 to 97 %, the data do not."""
    doses = np.repeat([0.0, 0.32, 1.0, 3.2, 10.0, 32.0, 100.0], 2)
    y = np.array([1.13, 1.25, 1.05, 1.1, 1.24, 1.07, 0.98, 1.16, 0.82, 0.75, 0.75, 0.6, 0.4, 0.41])
    result = analyse("response", {"dose [nM]": doses, "response": y})
    assert result.estimate("bottom").verdict is Verdict.ONE_SIDED
    assert check(result, "both plateaus").status is not Status.PASSED
    fine = analyse("response", simulated.response())
    assert check(fine, "both plateaus").status is Status.PASSED
    assert not str(check(fine, "both plateaus").value).startswith("-0")


def test_ec50_stands_once():
    result = analyse("response", simulated.response(), {"effective_doses": [10, 50, 90]})
    names = [entry.name for entry in result.estimates]
    assert names.count("EC50") == 1
    assert {"EC10", "EC90"} <= set(names)


def test_doses_of_zero_alone_are_drawn_on_a_linear_axis():
    table = simulated.response()
    result = analyse("response", {**table, "dose [nM]": [0.0] * 27})
    assert result.panels[0].x_scale == "linear"
    assert analyse("response", table).panels[0].x_scale == "log"
