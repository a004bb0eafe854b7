"""Pairwise pooling against metafor 3.8-1 and against figures that others printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hepatica.bench.pool.distributions import chi2_quantile
from hepatica.bench.pool.effects import Measure, Tables, effects
from hepatica.bench.pool.estimate import Estimate, Method, inverse_variance
from hepatica.bench.pool.mantel_haenszel import mantel_haenszel
from hepatica.bench.pool.tau2 import q_profile
from hepatica.errors import InputError

SIX_DIGITS = 1e-7
METHODS = {"EE": Method.COMMON, "DL": Method.DERSIMONIAN_LAIRD, "PM": Method.PAULE_MANDEL,
           "REML": Method.REML}  # fmt: skip


def figures(found: Estimate) -> dict[str, float | None]:
    spread, main = found.heterogeneity, found.interval
    return {
        "beta": found.value, "se": main.se, "lb": main.low, "ub": main.high, "tau2": spread.tau2,
        "I2": spread.i2, "H2": spread.h2, "QE": spread.q, "QEp": spread.p, "k": found.k,
    }  # fmt: skip


def compare(found: Estimate, wanted: dict[str, Any], leave: tuple[str, ...] = ()) -> None:
    got = figures(found)
    names = [name for name in got if name in wanted and name not in leave]
    assert len(names) + len(leave) == len(got)
    for name in names:
        assert got[name] == pytest.approx(wanted[name], rel=SIX_DIGITS, abs=1e-10), name


@pytest.mark.parametrize("test", ["z", "knha"])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("measure", list(Measure)[:3])
@pytest.mark.parametrize("data", ["bcg", "sparse"])
def test_inverse_variance(
    data: str, measure: Measure, method: str, test: str, metafor: dict[str, Any],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    given = effects(measure, request.getfixturevalue(data))
    found = inverse_variance(
        given.y, given.v, METHODS[method], knapp_hartung=test == "knha", guard=False
    )
    wanted = metafor["results"][f"{data}_{measure.value.upper()}_{method}_{test}"]
    compare(found, wanted)
    if "tau2ci" in wanted and found.method.is_random:
        assert found.heterogeneity.tau2_low == pytest.approx(wanted["tau2ci"][0], rel=1e-6)
        assert found.heterogeneity.tau2_high == pytest.approx(wanted["tau2ci"][1], rel=1e-6)


@pytest.mark.parametrize("measure", list(Measure)[:3])
@pytest.mark.parametrize("data", ["bcg", "sparse"])
def test_mantel_haenszel(
    data: str, measure: Measure, metafor: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    found = mantel_haenszel(measure, effects(measure, request.getfixturevalue(data)))
    name = f"{data}_{measure.value.upper()}_MH"
    other = tuple(metafor["other_convention"].get(name, {"figures": ()})["figures"])
    if data == "sparse" and measure.is_ratio:
        other = (*other, "k")  # metafor counts the trial without events, which adds nothing
    compare(found, metafor["results"][name], other)


def test_expected_figures_of_the_shared_data(shared: Path, bcg: Tables) -> None:
    """`meta_bcg` of expected.yaml: EE, DL, PM, REML, Knapp-Hartung, prediction interval."""
    wanted = yaml.safe_load((shared / "data/bench/expected.yaml").read_text())["meta_bcg"]
    given = effects(Measure.RISK_RATIO, bcg)
    for name, method in [*METHODS.items(), ("REML_knha", Method.REML)]:
        found = inverse_variance(given.y, given.v, method, knapp_hartung=name == "REML_knha")
        main, spread = found.interval, found.heterogeneity
        got = (found.value, main.se, main.low, main.high, spread.tau2, spread.i2, spread.h2,
               spread.q, spread.p)  # fmt: skip
        row = wanted[name]
        keys = ("mu", "se", "tau2", "I2", "H2", "QE", "QEp")
        expected = (row["mu"], row["se"], *row["ci"], *(row[key] for key in keys[2:]))
        # Paule-Mandel was computed there with metafor's default stop, at Q - 12 = -7e-4; with
        # tol=1e-10 metafor gives tau² 0.318068452186, as here.
        loose = 1e-4 if name == "PM" else wanted["rel_tol"]
        assert got == pytest.approx(expected, rel=loose), name
        if name == "PM":
            assert spread.tau2 == pytest.approx(0.318068452186, rel=1e-9)
    # metafor 3.8 predicts with the normal distribution; ours widens it by t with k - 2 df.
    found = inverse_variance(given.y, given.v, Method.REML)
    half = 1.959963984540054 * (found.heterogeneity.tau2 + found.interval.se**2) ** 0.5
    normal = [found.value - half, found.value + half]
    assert normal == pytest.approx(wanted["REML_prediction_interval"], rel=wanted["rel_tol"])
    assert found.prediction is not None
    assert found.prediction[0] < normal[0] < normal[1] < found.prediction[1]


@pytest.mark.parametrize(
    ("measure", "value", "low", "high", "q"),
    [
        (Measure.RISK_RATIO, -0.4537, -0.5308, -0.3766, 152.5676),
        (Measure.ODDS_RATIO, -0.4734, -0.5538, -0.3930, 163.9426),
        (Measure.RISK_DIFFERENCE, -0.0033, -0.0039, -0.0027, 386.7759),
    ],
)
def test_stata_metan_on_bcg(
    bcg: Tables, measure: Measure, value: float, low: float, high: float, q: float
) -> None:
    """Figures of Stata's metan, as printed in metafor's own test of rma.mh."""
    found = mantel_haenszel(measure, effects(measure, bcg))
    got = (found.value, found.interval.low, found.interval.high, found.heterogeneity.q)
    assert got == pytest.approx((value, low, high, q), abs=6e-5)


@pytest.mark.parametrize(
    ("measure", "value", "low", "high"),
    [
        (Measure.RISK_DIFFERENCE, 0.0349, -0.0176, 0.0874),
        (Measure.RISK_RATIO, 0.2818, -0.1442, 0.7078),
        (Measure.ODDS_RATIO, 0.3387, -0.1731, 0.8505),
    ],
)
def test_tolbutamide_by_age(measure: Measure, value: float, low: float, high: float) -> None:
    """Table 15-1 of Rothman and others 2008, 90% intervals (metafor-project.org, rothman2008)."""
    given = Tables(
        ("<55", "55+"),
        np.array([8.0, 22]),
        np.array([106.0, 98]),
        np.array([5.0, 16]),
        np.array([120.0, 85]),
    )
    found = mantel_haenszel(measure, effects(measure, given), level=0.90)
    got = (found.value, found.interval.low, found.interval.high)
    assert got == pytest.approx((value, low, high), abs=6e-5)


def test_interval_of_tau2_on_bcg(bcg: Tables) -> None:
    """0.1302 to 1.1812 for the log odds ratio (metafor-project.org, vanhouwelingen2002)."""
    given = effects(Measure.ODDS_RATIO, bcg)
    low, high = q_profile(given.y, given.v, lambda share: chi2_quantile(share, 12), 0.95)
    assert (low, high) == pytest.approx((0.1302, 1.1812), abs=6e-5)


def test_leave_one_out(bcg: Tables, metafor: dict[str, Any]) -> None:
    given = effects(Measure.RISK_RATIO, bcg)
    wanted = metafor["results"]["bcg_RR_leave1out"]
    for place in range(13):
        keep = np.arange(13) != place
        found = inverse_variance(given.y[keep], given.v[keep], Method.REML)
        got = (found.value, found.interval.se, found.heterogeneity.tau2, found.heterogeneity.i2)
        keys = ("estimate", "se", "tau2", "I2")
        assert got == pytest.approx(tuple(wanted[key][place] for key in keys), rel=1e-6)


def test_the_guard_keeps_knapp_hartung_from_being_narrower() -> None:
    y, v = np.array([0.5, 0.5, 0.5001]), np.array([0.04, 0.05, 0.06])
    free = inverse_variance(y, v, Method.DERSIMONIAN_LAIRD, knapp_hartung=True, guard=False)
    kept = inverse_variance(y, v, Method.DERSIMONIAN_LAIRD, knapp_hartung=True)
    usual = inverse_variance(y, v, Method.DERSIMONIAN_LAIRD)
    assert free.interval.se < usual.interval.se == pytest.approx(kept.interval.se)
    assert kept.interval.high > usual.interval.high


def test_a_ratio_without_events_in_one_arm_has_no_mantel_haenszel() -> None:
    given = Tables(("a",), np.array([0.0]), np.array([10.0]), np.array([3.0]), np.array([10.0]))
    with pytest.raises(InputError, match=r"does not exist.*--measure rd"):
        mantel_haenszel(Measure.ODDS_RATIO, effects(Measure.ODDS_RATIO, given))


def test_what_says_nothing_is_listed(sparse: Tables) -> None:
    given = effects(Measure.RISK_RATIO, sparse)
    empty = [str(i + 1) for i in range(6) if sparse.a[i] == 0 and sparse.c[i] == 0]
    assert [one.what for one in given.left_out] == empty == ["4"]
    assert "no event in either arm" in given.left_out[0].why
    assert given.corrected == ("1", "6")
    assert effects(Measure.RISK_DIFFERENCE, sparse).left_out == ()
