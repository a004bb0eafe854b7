"""What must hold for any data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hepatica.bench.pool.effects import Measure, Tables, effects
from hepatica.bench.pool.estimate import Method, inverse_variance
from hepatica.bench.pool.mantel_haenszel import mantel_haenszel
from hepatica.bench.pool.network.arms import from_studies
from hepatica.bench.pool.network.fit import fit, network_tau2
from hepatica.bench.pool.study import Arm, Study
from hepatica.bench.pool.verdict import Verdict, sentence, verdict

row = st.tuples(st.integers(1, 39), st.integers(40, 200), st.integers(1, 39), st.integers(40, 200))
rows = st.lists(row, min_size=2, max_size=8)
ratios = st.sampled_from([Measure.RISK_RATIO, Measure.ODDS_RATIO])
any_measure = st.sampled_from([Measure.RISK_RATIO, Measure.ODDS_RATIO, Measure.RISK_DIFFERENCE])
methods = st.sampled_from([m for m in Method if m not in (Method.MANTEL_HAENSZEL, Method.GLMM)])
few = settings(max_examples=60, deadline=None)


def tables(entries: list[tuple[int, int, int, int]]) -> Tables:
    a, n1, c, n2 = (np.array(column, dtype=float) for column in zip(*entries, strict=True))
    return Tables(tuple(str(i) for i in range(len(entries))), a, n1, c, n2)


@few
@given(rows, any_measure, methods)
def test_the_order_of_studies_does_not_matter(
    entries: list[tuple[int, int, int, int]], measure: Measure, method: Method
) -> None:
    one, two = effects(measure, tables(entries)), effects(measure, tables(entries[::-1]))
    first = inverse_variance(one.y, one.v, method)
    second = inverse_variance(two.y, two.v, method)
    assert first.value == pytest.approx(second.value, rel=1e-7, abs=1e-9)
    assert first.weights == pytest.approx(second.weights[::-1], rel=1e-6)


@few
@given(rows, any_measure, methods)
def test_swapping_the_arms_turns_the_effect_round(
    entries: list[tuple[int, int, int, int]], measure: Measure, method: Method
) -> None:
    turned = [(c, n2, a, n1) for a, n1, c, n2 in entries]
    one, two = effects(measure, tables(entries)), effects(measure, tables(turned))
    first = inverse_variance(one.y, one.v, method)
    second = inverse_variance(two.y, two.v, method)
    assert first.value == pytest.approx(-second.value, rel=1e-7, abs=1e-9)
    assert first.interval.low == pytest.approx(-second.interval.high, rel=1e-7, abs=1e-9)
    pooled, back = mantel_haenszel(measure, one), mantel_haenszel(measure, two)
    assert pooled.value == pytest.approx(-back.value, rel=1e-9, abs=1e-12)
    assert pooled.interval.se == pytest.approx(back.interval.se, rel=1e-9)


@few
@given(rows, st.floats(0.1, 10), methods)
def test_another_scale_scales_everything(
    entries: list[tuple[int, int, int, int]], factor: float, method: Method
) -> None:
    one = effects(Measure.ODDS_RATIO, tables(entries))
    first = inverse_variance(one.y, one.v, method)
    second = inverse_variance(one.y * factor, one.v * factor**2, method)
    assert second.value == pytest.approx(first.value * factor, rel=1e-6, abs=1e-8)
    assert second.interval.se == pytest.approx(first.interval.se * factor, rel=1e-6)
    assert second.heterogeneity.q == pytest.approx(first.heterogeneity.q, rel=1e-6, abs=1e-8)
    assert second.heterogeneity.i2 == pytest.approx(first.heterogeneity.i2, rel=1e-4, abs=1e-4)


@few
@given(row, st.integers(1, 6), ratios)
def test_an_identical_study_narrows(
    entry: tuple[int, int, int, int], count: int, measure: Measure
) -> None:
    one = effects(measure, tables([entry] * count))
    two = effects(measure, tables([entry] * (count + 1)))
    for pool in (
        lambda given: inverse_variance(given.y, given.v, Method.REML),
        lambda given: mantel_haenszel(measure, given),
    ):
        fewer, more = pool(one), pool(two)
        assert more.value == pytest.approx(fewer.value, rel=1e-9, abs=1e-12)
        assert more.interval.se < fewer.interval.se
        assert more.heterogeneity.q == pytest.approx(0, abs=1e-9)


@few
@given(rows, any_measure)
def test_random_effects_are_never_more_certain_than_a_common_one(
    entries: list[tuple[int, int, int, int]], measure: Measure
) -> None:
    one = effects(measure, tables(entries))
    common = inverse_variance(one.y, one.v, Method.COMMON)
    random = inverse_variance(one.y, one.v, Method.REML)
    assert random.interval.se >= common.interval.se * (1 - 1e-9)
    assert random.knapp_hartung is not None
    assert random.knapp_hartung.se >= random.interval.se * (1 - 1e-9)
    if random.prediction is not None:
        assert random.prediction[0] <= random.interval.low


@few
@given(rows, any_measure)
def test_a_network_of_two_treatments_is_the_pairwise_pooling(
    entries: list[tuple[int, int, int, int]], measure: Measure
) -> None:
    given_pairs = effects(measure, tables(entries))
    studies = [
        Study(label=str(i), arms=(Arm(treatment="A", events=a, total=n1),
                                  Arm(treatment="B", events=c, total=n2)))
        for i, (a, n1, c, n2) in enumerate(entries)
    ]  # fmt: skip
    nodes, _, _ = from_studies(measure, studies)
    tau2 = network_tau2(nodes)
    found = inverse_variance(given_pairs.y, given_pairs.v, Method.DERSIMONIAN_LAIRD)
    assert tau2 == pytest.approx(found.heterogeneity.tau2, rel=1e-6, abs=1e-9)
    effect, se = fit(nodes, tau2).against("A", "B")
    assert (effect, se) == pytest.approx((found.value, found.interval.se), rel=1e-6, abs=1e-9)


@few
@given(st.floats(-5, 5), st.floats(0.01, 3), st.floats(1, 4))
def test_no_difference_is_called_where_an_interval_allows_for_none(
    value: float, half: float, wider: float
) -> None:
    usual = (value - half, value + half)
    cautious = (value - wider * half, value + wider * half)
    found = verdict(usual, cautious, 0.0)
    if cautious[0] <= 0 <= cautious[1]:
        assert found in (Verdict.UNSETTLED, Verdict.NONE_SHOWN)
        words = sentence(found, "x", "y", "f", cautious="t")
        assert not words.startswith(("More", "Fewer"))
    else:
        assert found is (Verdict.MORE if value > 0 else Verdict.FEWER)
