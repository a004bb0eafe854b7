"""Effect sizes against published or hand-worked figures."""

from __future__ import annotations

import math

import pytest

from hepatica.ask.effects import effects
from hepatica.evidence.curated import Figure


def arms(n: int, total: int, control_n: int, control_total: int) -> list[Figure]:
    return [
        Figure(name="event", arm="terlipressin", n=n, N=total),
        Figure(name="event", arm="placebo", n=control_n, N=control_total),
    ]


def by_measure(figures: list[Figure]) -> dict[str, tuple[float, float | None, float | None]]:
    return {e.measure: (e.value, e.low, e.high) for e in effects(figures)}


def test_risk_difference_interval_matches_newcombe_1998_table_ii_row_a() -> None:
    # 56/70 against 48/80, method 10: 0.0524 to 0.3339
    value, low, high = by_measure(arms(56, 70, 48, 80))["risk difference"]
    assert value == pytest.approx(0.2)
    assert (low, high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))


def test_risk_ratio_is_the_ratio_of_the_risks_and_its_log_is_mid_interval() -> None:
    value, low, high = by_measure(arms(63, 199, 17, 101))["risk ratio"]
    assert value == pytest.approx((63 / 199) / (17 / 101))
    assert low is not None
    assert high is not None
    assert math.sqrt(low * high) == pytest.approx(value)


def test_nnt_is_the_reciprocal_and_left_out_when_the_difference_may_be_zero() -> None:
    assert "number needed to treat" not in by_measure(arms(5, 10, 3, 10))
    value, low, high = by_measure(arms(56, 70, 48, 80))["number needed to treat"]
    assert value == pytest.approx(5.0)
    assert (low, high) == (pytest.approx(1 / 0.3339, abs=1e-3), pytest.approx(1 / 0.0524, abs=0.02))


def test_no_ratio_without_events_and_nothing_for_other_than_two_arms() -> None:
    assert "risk ratio" not in by_measure(arms(5, 10, 0, 10))
    assert effects([*arms(1, 9, 2, 9), Figure(name="event", arm="third", n=1, N=9)]) == ()
    assert effects([Figure(name="event", arm="terlipressin", n=1, N=9)]) == ()


def test_the_control_arm_is_found_wherever_it_stands() -> None:
    flipped = list(reversed(arms(63, 199, 17, 101)))
    assert {e.comparator for e in effects(flipped)} == {"placebo"}
