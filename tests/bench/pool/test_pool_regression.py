"""Meta-regression and Egger's test against metafor 3.8-1 (threshold 1e-12) on the BCG trials."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from hepatica.bench.arrays import Floats
from hepatica.bench.pool.asymmetry import egger
from hepatica.bench.pool.estimate import Method
from hepatica.bench.pool.regression import regress
from hepatica.errors import InputError

Trials = tuple[Floats, Floats, Floats]


@pytest.fixture(scope="module")
def bcg_effects(shared: Path) -> Trials:
    path = shared / "data/bench/metafor/dat_bcg_escalc_logRR.csv"
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    y, v, ablat = (np.array([float(row[k]) for row in rows]) for k in ("yi", "vi", "ablat"))
    return y, v, ablat


def test_reml(bcg_effects: Trials) -> None:
    found = regress(*bcg_effects, "ablat")
    assert (found.tau2, found.r2) == pytest.approx((0.0763479639559, 75.6266218114), rel=1e-8)
    assert (found.intercept, found.slope) == pytest.approx((0.2514682100, -0.0291017250), rel=1e-8)
    assert (found.at_zero.se, found.per_unit.se) == pytest.approx(
        (0.2490953966, 0.0071953272), rel=1e-7
    )
    assert (found.q, found.df, found.q_p) == pytest.approx((30.7330900107, 11, 0.0012142910))
    assert found.per_unit.p == pytest.approx(0.0000524279, rel=1e-5)


def test_knapp_hartung(bcg_effects: Trials) -> None:
    found = regress(*bcg_effects, "ablat", knapp_hartung=True)
    assert (found.at_zero.se, found.per_unit.se) == pytest.approx(
        (0.2839252837, 0.0082014174), rel=1e-7
    )
    assert (found.per_unit.low, found.per_unit.high) == pytest.approx(
        (-0.0471529230, -0.0110505270), rel=1e-7
    )
    assert (found.per_unit.p, found.per_unit.df) == pytest.approx((0.0045650515, 11), rel=1e-7)


@pytest.mark.parametrize(
    ("method", "tau2", "slope", "se", "r2"),
    [
        (Method.DERSIMONIAN_LAIRD, 0.06330050242641, -0.02922873875519, 0.00673301083957,
         79.49849445016518),
        (Method.COMMON, 0.0, -0.02923693425954, 0.00265242943425, None),
    ],
)  # fmt: skip
def test_other_estimators(
    bcg_effects: Trials, method: Method, tau2: float, slope: float, se: float, r2: float | None
) -> None:
    found = regress(*bcg_effects, "ablat", method)
    assert found.tau2 == pytest.approx(tau2, rel=1e-10)
    assert (found.slope, found.per_unit.se) == pytest.approx((slope, se), rel=1e-10)
    assert found.r2 == (None if r2 is None else pytest.approx(r2))


def test_egger(bcg_effects: Trials) -> None:
    """regtest(model = "lm")."""
    y, v, _ = bcg_effects
    found = egger(y, v)
    assert found is not None
    assert (found.t, found.df, found.p) == pytest.approx((-1.4012820023, 11, 0.1887069951))
    assert (found.limit, found.limit_low, found.limit_high) == pytest.approx(
        (-0.1909286424, -0.6753323503, 0.2934750655)
    )


def test_egger_finds_a_made_up_bias_and_no_more_than_it_says_where_there_is_none() -> None:
    rng = np.random.default_rng(4)
    p = []
    for _ in range(400):
        se = rng.uniform(0.1, 0.6, 20)
        found = egger(rng.normal(0.3, se), se**2)
        assert found is not None
        p.append(found.p)
    assert np.mean(np.array(p) < 0.05) == pytest.approx(0.05, abs=0.03)
    se = np.linspace(0.1, 0.6, 20)
    biased = egger(0.1 + 2 * se + rng.normal(0, 0.02, 20), se**2)
    assert biased is not None
    assert biased.p < 1e-6
    assert biased.bias == pytest.approx(2, abs=0.2)


def test_what_has_no_line_is_refused() -> None:
    y, v, x = np.array([0.1, 0.2, 0.5]), np.array([0.1, 0.1, 0.2]), np.array([1.0, 1.0, 1.0])
    with pytest.raises(InputError, match="1 in every study"):
        regress(y, v, x, "dose")
    with pytest.raises(InputError, match="three studies or more, there are 2"):
        regress(y[:2], v[:2], np.array([1.0, 2.0]), "dose")
    with pytest.raises(InputError, match="no meta-regression"):
        regress(y, v, np.array([1.0, 2.0, 3.0]), "dose", Method.PAULE_MANDEL)
    assert egger(y[:2], v[:2]) is None
    assert egger(y, np.full(3, 0.1)) is None
