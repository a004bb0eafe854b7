"""From a fitted parameter to an estimate with its verdict.

Rules, in this order: no degrees of freedom or no effect (the model is no better than its null, F
test, p > 0.05): not estimable. Neither profile bound exists, or the value lies more than tenfold
beyond what was tested: not estimable. One bound missing: one-sided. Value beyond what was tested:
extrapolated; so is every parameter of a model that is refuted (`demoted`). The tenfold rule and
the F test follow the rule that the drug-screening package thunor and drc users asked for.

A bound counts as missing where it says nothing: more than tenfold beyond the tested range, outside
what the readings can show (`Within`), or, for a positive parameter, where the interval spans more
than a thousandfold and that bound is the one far from the value (both where both are). The
thousandfold, and the ranges of `tested.plateau` and `tested.SLOPES`, are our choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite, sqrt

import msgspec
import numpy as np

from hepatica.bench.compare import f_test, unchanging
from hepatica.bench.fit import Fit
from hepatica.bench.intervals import Interval
from hepatica.bench.result import Estimate, Verdict
from hepatica.bench.tested import Tested, Within
from hepatica.bench.wording import number, p_value

__all__ = ["demoted", "judge", "judge_fitted", "no_effect"]

BEYOND = 10.0
WIDEST = 1000.0
SAME = 1e-9  # a width of rounding, as noise-free data leave it
METHOD = "profile likelihood"


def no_effect(null_ss: float, null_df: int, fitted: Fit, what: str, null: str) -> str | None:
    """Why there is nothing to estimate, or None when the model beats its null (p <= 0.05)."""
    if fitted.df < 1:
        return f"{fitted.n} readings cannot fix {fitted.n - fitted.df} parameters"
    if unchanging(null_ss, fitted.fits.y[0], fitted.fits.root_weight[0] ** 2):
        return "the readings do not change"
    f, p = f_test(null_ss, null_df, fitted.ss, fitted.df, floor=fitted.rounding)
    if p <= 0.05:
        return None
    return f"{what} fits no better than {null} (F = {number(f, 3)}, {p_value(p)})"


def demoted(estimates: Sequence[Estimate], reason: str | None) -> list[Estimate]:
    """The estimates, those that are ok as extrapolated for `reason`; as they are without one."""
    if reason is None:
        return list(estimates)
    return [
        msgspec.structs.replace(entry, verdict=Verdict.EXTRAPOLATED, reason=reason)
        if entry.verdict is Verdict.OK
        else entry
        for entry in estimates
    ]


def judge(
    name: str,
    value: float,
    interval: Interval,
    *,
    unit: str | None = None,
    se: float | None = None,
    group: str | None = None,
    tested: Tested | None = None,
    within: Within | None = None,
    positive: bool = False,
    nothing: str | None = None,
    beyond: str | None = None,
    n: int | None = None,
    n_of: str | None = None,
    method: str = METHOD,
) -> Estimate:
    """The estimate `name` with the verdict that the rules above give.

    `positive` marks what can be neither zero nor negative. `nothing` is a reason why it cannot be
    estimated at all, `beyond` one why it is extrapolated although it lies on no tested axis (a
    maximum that was not reached).
    """

    def refuse(reason: str) -> Estimate:
        return Estimate(
            name=name, unit=unit, group=group, level=interval.level, method=method, n=n, n_of=n_of,
            verdict=Verdict.NOT_ESTIMABLE, reason=reason,
        )  # fmt: skip

    if nothing is not None:
        return refuse(nothing)
    if not isfinite(value):
        return refuse("the fit ends at no finite value")
    low, high, where = interval.low, interval.high, ""
    if tested is not None:
        least, most = tested.low / BEYOND, tested.high * BEYOND
        if not least <= value <= most:
            side = "below" if value < least else "above"
            return refuse(f"the best fit lies more than tenfold {side} {tested.text()}")
        low, high, where = _cut(low, high, least, most, f" within tenfold of {tested.text()}")
    if within is not None:
        if (low is not None and low > within.high) or (high is not None and high < within.low):
            return refuse(f"the best fit lies beyond {within.what}")
        low, high, told = _cut(low, high, within.low, within.high, f" within {within.what}")
        where = where or told
    if positive and value > 0:
        low, high, told = _cut(low, high, 0.0, float("inf"), "")
        low, high, told = _narrow(low, high, value)
        where = where or told
    if low is None and high is None:
        return refuse(f"the data bound it on neither side{where}")
    if low is None or high is None:
        side = "below" if low is None else "above"
        inside = (tested is None or tested.low <= value <= tested.high) and (
            within is None or within.low <= value <= within.high
        )
        return Estimate(
            name=name, value=value if inside else None, low=low, high=high, unit=unit, group=group,
            level=interval.level, method=method, n=n, n_of=n_of, verdict=Verdict.ONE_SIDED,
            reason=f"the data do not bound it {side}{where}",
        )  # fmt: skip
    if abs(high - low) <= SAME * abs(value):
        low = high = value
    verdict, reason = Verdict.OK, None
    if tested is not None and not tested.low <= value <= tested.high:
        verdict, reason = Verdict.EXTRAPOLATED, f"the value lies beyond {tested.text()}"
    elif beyond is not None:
        verdict, reason = Verdict.EXTRAPOLATED, beyond
    return Estimate(
        name=name, value=value, low=min(low, value), high=max(high, value), unit=unit, group=group,
        se=se if se is not None and isfinite(se) else None, level=interval.level, method=method,
        n=n, n_of=n_of, verdict=verdict, reason=reason,
    )  # fmt: skip


def _cut(
    low: float | None, high: float | None, least: float, most: float, words: str
) -> tuple[float | None, float | None, str]:
    """The bounds without those at or outside `least` and `most`; `words` where one was lost."""
    kept = (
        None if low is None or low <= least else low, None if high is None or high >= most else high
    )  # fmt: skip
    return (*kept, words if kept != (low, high) else "")


def _narrow(
    low: float | None, high: float | None, value: float
) -> tuple[float | None, float | None, str]:
    """The bounds of a positive parameter without the far ones of an interval that says nothing."""
    if low is None or high is None or high / low <= WIDEST:
        return low, high, ""
    reach = sqrt(WIDEST)
    words = f" (its interval spans {number(high / low, 2)}-fold)"
    return (
        low if low >= value / reach else None, high if high <= value * reach else None, words
    )  # fmt: skip


def judge_fitted(
    fitted: Fit,
    parameter: str,
    level: float,
    *,
    name: str | None = None,
    unit: str | None = None,
    group: str | None = None,
    tested: Tested | None = None,
    within: Within | None = None,
    nothing: str | None = None,
    beyond: str | None = None,
    method: str = METHOD,
) -> Estimate:
    """`judge` for one parameter of a fit, with its profile interval; wells are counted.

    Where the model meets its readings to the last digit, what rounding leaves of a zero is zero.
    """
    value, interval = fitted.value(parameter), fitted.interval(parameter, level)
    positive = bool(fitted.model.logs[fitted.names.index(parameter)])
    size = float(np.abs(fitted.fits.y[0]).max())
    if fitted.exact and fitted.df > 0 and not positive and abs(value) <= 1e-11 * size:
        value, interval = 0.0, Interval(0.0, 0.0, level)
    return judge(
        name or parameter, value, interval, unit=unit, se=fitted.se(parameter), group=group,
        tested=tested, within=within, positive=positive, nothing=nothing, beyond=beyond,
        n=fitted.n, n_of="wells", method=method,
    )  # fmt: skip
