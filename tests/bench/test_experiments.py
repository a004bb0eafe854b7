"""What is said of a group and of a ratio is no better than the experiments behind it."""

from __future__ import annotations

import pytest

from hepatica.bench.experiments import ratio_to, summed_up
from hepatica.bench.result import Estimate, Verdict

FAR = "the value lies beyond the doses tested"


def sound(value: float) -> Estimate:
    return Estimate(
        name="EC50", value=value, low=value * 0.8, high=value * 1.25, se=0.1 * value, unit="nM"
    )


def beyond(value: float) -> Estimate:
    return Estimate(
        name="EC50", value=value, low=value * 0.8, high=value * 1.25, se=0.1 * value, unit="nM",
        verdict=Verdict.EXTRAPOLATED, reason=FAR,
    )  # fmt: skip


def above(low: float) -> Estimate:
    return Estimate(
        name="EC50", low=low, unit="nM", verdict=Verdict.ONE_SIDED, reason="not bound above"
    )


LOST = Estimate(name="EC50", unit="nM", verdict=Verdict.NOT_ESTIMABLE, reason="no effect")


def summary(*runs: Estimate | None) -> Estimate:
    named = dict(zip("ABCDEF", runs, strict=False))
    return summed_up("EC50", named, group="g", level=0.95, plain=False)


def ratio(
    own: list[Estimate | None], other: list[Estimate | None], df: int = 20
) -> tuple[Estimate, float | None]:
    runs, others = (dict(zip("ABCDEF", side, strict=False)) for side in (own, other))
    sides = [side[0] if len(side) == 1 else summary(*side) for side in (own, other)]
    return ratio_to("EC50", "res", "ctl", runs, others, (sides[0], sides[1]), df, 0.95)


def test_experiments_that_are_all_ok_are_ok():
    found = summary(sound(2), sound(3), sound(2.5))
    assert (found.verdict, found.n) == (Verdict.OK, 3)


def test_an_extrapolated_experiment_is_averaged_and_named():
    found = summary(sound(100), beyond(200), sound(100))
    assert found.value == pytest.approx(100 * 2 ** (1 / 3))
    assert found.verdict is Verdict.EXTRAPOLATED
    assert found.reason == f"ok in 2 of 3 experiments; extrapolated in B ({FAR})"


def test_an_experiment_without_a_value_is_left_out_and_named():
    found = summary(sound(2), sound(3), LOST)
    assert (found.verdict, found.n) == (Verdict.EXTRAPOLATED, 2)
    assert found.reason == "ok in 2 of 3 experiments; not estimable in C (no effect); C left out"
    found = summary(sound(2), sound(3), None)
    assert "not estimable in C (not measured there)" in str(found.reason)


def test_experiments_that_share_a_bound_give_it():
    """The highest run has only a lower bound: a mean of the others would lie below the truth."""
    found = summary(above(106), beyond(109), beyond(107))
    assert (found.verdict, found.value) == (Verdict.ONE_SIDED, None)
    assert found.low == pytest.approx(0.8 * 107)
    assert "extrapolated in B, C" in str(found.reason)
    assert "one-sided in A (> 106 nM)" in str(found.reason)


@pytest.mark.parametrize("runs", [(above(106), LOST, sound(3)), (LOST, LOST), (LOST, beyond(9))])
def test_too_few_experiments_that_share_nothing_give_nothing(runs):
    assert summary(*runs).verdict is Verdict.NOT_ESTIMABLE


def test_a_ratio_of_sound_sides_is_ok():
    found, p = ratio([sound(4), sound(5), sound(4.5)], [sound(2), sound(2.5), sound(2.2)])
    assert found.verdict is Verdict.OK
    assert p is not None
    found, p = ratio([sound(4)], [sound(2)])
    assert (found.verdict, found.value, p) == (Verdict.OK, pytest.approx(2), None)


@pytest.mark.parametrize("own", [[beyond(150)], [beyond(150), beyond(140), beyond(160)]])
def test_a_ratio_is_extrapolated_where_a_side_is(own):
    found, _ = ratio(own, [sound(2)] if len(own) == 1 else [sound(2), sound(2.1), sound(1.9)])
    assert found.value == pytest.approx(75, rel=0.01)
    assert found.verdict is Verdict.EXTRAPOLATED
    assert found.reason == "EC50 is extrapolated in res"


@pytest.mark.parametrize("own", [[above(106)], [above(106), beyond(200), beyond(200)]])
def test_a_ratio_is_bounded_where_a_side_is(own):
    control = [sound(2)] if len(own) == 1 else [sound(2), sound(2), sound(2)]
    found, p = ratio(own, control)
    assert (found.verdict, found.value, found.high, p) == (Verdict.ONE_SIDED, None, None, None)
    assert found.low == pytest.approx(106 / (2.5 if len(own) == 1 else 2))
    assert found.reason == "EC50 is one-sided in res"


@pytest.mark.parametrize("own", [sound(4), above(106)])
def test_one_curve_is_not_held_against_repeats(own):
    found, p = ratio([own], [sound(2), sound(2.1), sound(1.9)])
    assert (found.verdict, p) == (Verdict.NOT_ESTIMABLE, None)


def test_two_bounds_that_point_apart_leave_no_ratio():
    assert ratio([above(106)], [above(3)])[0].verdict is Verdict.NOT_ESTIMABLE


@pytest.mark.parametrize("lost", [LOST, None])
def test_a_ratio_is_not_estimable_where_a_side_is(lost):
    found, p = ratio([lost], [sound(2)])
    assert (found.verdict, p) == (Verdict.NOT_ESTIMABLE, None)
    assert found.reason == "EC50 is not estimable in res"
