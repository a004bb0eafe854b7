"""Proportions by their binomial likelihood, against metafor's rma.glmm (lme4, 25 nodes)."""

from __future__ import annotations

import numpy as np
import pytest

from hepatica.bench.pool.estimate import Method
from hepatica.bench.pool.glmm import fit_logistic
from hepatica.bench.pool.select import Selection
from hepatica.bench.pool.single import pool_share
from hepatica.bench.pool.study import Arm, Study
from hepatica.errors import InputError

# lme4's optimiser stops at about five digits in the variance; ours is higher in likelihood.
CASES = [
    ([3, 6, 10, 1, 0, 9], [11, 17, 21, 6, 14, 9], -0.704771027992, 0.942235621292, 4.36683530025),
    ([3, 6, 10, 1, 7, 12], [11, 17, 21, 6, 19, 40], -0.653926467375, 0.197419251786, 0.0),
    ([19, 10, 5, 78, 24, 9, 17], [56, 23, 12, 199, 60, 23, 20], -0.226125175244, 0.226015111413,
     0.208178502646),
    ([0, 2, 1, 0, 30, 12], [50, 80, 33, 20, 200, 40], -3.21548844886, 0.829211660789,
     2.54228641551),
]  # fmt: skip


@pytest.mark.parametrize(("events", "totals", "value", "se", "tau2"), CASES)
def test_metafor(
    events: list[int], totals: list[int], value: float, se: float, tau2: float
) -> None:
    found = fit_logistic(np.array(events, dtype=float), np.array(totals, dtype=float))
    assert found.value == pytest.approx(value, rel=3e-5)
    assert found.se == pytest.approx(se, rel=3e-5)
    assert found.tau2 == pytest.approx(tau2, rel=5e-5, abs=1e-8)


def test_one_study_is_its_own_proportion() -> None:
    found = fit_logistic(np.array([4.0]), np.array([10.0]))
    assert 1 / (1 + np.exp(-found.value)) == pytest.approx(0.4)


def test_events_in_none_or_in_all_have_no_mean() -> None:
    with pytest.raises(InputError, match="no study has an event"):
        fit_logistic(np.zeros(3), np.full(3, 10.0))
    with pytest.raises(InputError, match="free of the event"):
        fit_logistic(np.full(3, 10.0), np.full(3, 10.0))


def test_the_interval_covers_a_known_mean() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for _ in range(30):
        totals = rng.integers(20, 80, 15)
        share = 1 / (1 + np.exp(-(-1.0 + 0.5 * rng.normal(size=15))))
        events = rng.binomial(totals, share)
        found = fit_logistic(events.astype(float), totals.astype(float))
        inside += abs(found.value + 1.0) <= 1.96 * found.se
    assert inside >= 24  # 95 % of 30, less three standard deviations


def test_the_pooled_share_shows_no_weights() -> None:
    studies = tuple(
        Study(label=str(i), arms=(Arm(treatment="t", events=x, total=n),))
        for i, (x, n) in enumerate([(0, 20), (3, 30), (9, 40)])
    )
    found = pool_share(Selection("t", "t", studies, (), {}), method=Method.GLMM, leave_one_out=True)
    assert [row.weight for row in found.rows] == [None, None, None]
    assert found.low < found.share < found.high
    assert len(found.without) == 3
    assert not any("0.5" in line for line in found.concerns)
