"""Concentration-response: what rests on an unknown plateau or EC50 is not plain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
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


DOSES = (0.0, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1e3, 3e3, 1e4, 3e4)


def misfitting(shape: str, scatter: float = 1.5) -> dict[str, Any]:
    """Triplicates of a curve that no single sigmoid describes."""
    x = np.repeat(DOSES, 3)
    rising = 100 * x / (3 + x)
    y = 5 + {
        "bell": rising / (1 + x / 1000),
        "two phases": 50 * x / (0.1 + x) + 50 * x / (1000 + x),
        "slope 0.9": 100 * x**0.9 / (3**0.9 + x**0.9),
    }[shape]  # fmt: skip
    y = y + np.random.default_rng(4).normal(0, scatter, x.size)
    return {"dose [nM]": x, "response [%]": y}


@pytest.mark.parametrize("weights", ["none", "1/y2"])
@pytest.mark.parametrize("shape", ["bell", "two phases"])
def test_a_curve_that_misses_its_readings_gives_no_plain_number(shape, weights):
    study = {"effective_doses": [10], "weights": weights}
    result = analyse("response", misfitting(shape), study)
    assert Verdict.OK not in {entry.verdict for entry in result.estimates}
    assert "the model misses the readings by" in str(result.estimate("bottom").reason)
    assert check(result, "both plateaus").status is Status.NOT_ASSESSED
    assert any("no EC50 describes such a bell" in w for w in result.warnings) is (shape == "bell")


def test_a_slight_misfit_among_close_replicates_costs_no_verdict():
    """Slope 0.9 fitted with slope 1: p is minute, the miss about 1 % of the range."""
    result = analyse("response", misfitting("slope 0.9", scatter=0.1), {"model": "three"})
    assert float(check(result, "lack of fit").value or 0) < 1e-6
    assert {entry.verdict for entry in result.estimates} == {Verdict.OK}


def test_a_ratio_is_no_better_than_the_curves_behind_it():
    """Three runs with an EC50 of 150 nM and a top dose of 100 nM, against 2 nM in the control."""
    tables = [
        ("ctl" if ec50 == 2 else "res", f"e{seed}", simulated.response(ec50=ec50, sd=1, seed=seed))
        for ec50 in (2.0, 150.0)
        for seed in range(3)
    ]
    rows = {
        "dose [nM]": [dose for *_, table in tables for dose in table["dose [nM]"]],
        "response": [y for *_, table in tables for y in table["response"]],
        "group": [group for group, _, table in tables for _ in table["response"]],
        "experiment": [experiment for _, experiment, table in tables for _ in table["response"]],
    }
    result = analyse("response", rows, {"control": "ctl"})
    own, ratio = result.estimate("EC50", "res"), result.estimate("EC50 / ctl", "res")
    assert result.estimate("EC50", "ctl").verdict is Verdict.OK
    assert own.verdict is not Verdict.OK
    assert ratio.verdict is own.verdict
    assert str(own.reason).endswith("one-sided in e2 (> 59.4 nM); e2 left out")
    assert ratio.low is None or ratio.low < 75
