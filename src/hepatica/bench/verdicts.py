"""From a fitted parameter to an estimate with its verdict.

Rules, in this order: no degrees of freedom or no effect (the model is no better than its null, F
test, p > 0.05): not estimable. Neither profile bound exists, or the value lies more than tenfold
beyond what was tested: not estimable. One bound missing: one-sided. Value beyond what was tested:
extrapolated. A bound more than tenfold beyond the tested range counts as missing. The tenfold rule
and the F test follow the rule that the drug-screening package thunor and drc users asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from hepatica.bench.compare import f_test, unchanging
from hepatica.bench.fit import Fit
from hepatica.bench.intervals import Interval
from hepatica.bench.result import Estimate, Verdict
from hepatica.bench.wording import number, p_value

__all__ = ["Tested", "judge", "no_effect"]

BEYOND = 10.0
METHOD = "profile likelihood"


@dataclass(frozen=True)
class Tested:
    """The range of what was tested, above zero, for a parameter that lies on its axis."""

    low: float
    high: float
    unit: str
    what: str = "concentrations"

    def text(self) -> str:
        return (
            f"the {self.what} tested ({number(self.low, 3)} to {number(self.high, 3)} {self.unit})"
        )


def no_effect(null_ss: float, null_df: int, fitted: Fit, what: str, null: str) -> str | None:
    """Why there is nothing to estimate, or None when the model beats its null (p <= 0.05)."""
    if fitted.df < 1:
        return f"{fitted.n} readings cannot fix {fitted.n - fitted.df} parameters"
    if unchanging(null_ss, fitted.fits.y[0], fitted.fits.root_weight[0] ** 2):
        return "the readings do not change"
    f, p = f_test(null_ss, null_df, fitted.ss, fitted.df)
    if p <= 0.05:
        return None
    return f"{what} fits no better than {null} (F = {number(f, 3)}, {p_value(p)})"


def judge(
    name: str,
    value: float,
    interval: Interval,
    *,
    unit: str | None = None,
    se: float | None = None,
    group: str | None = None,
    tested: Tested | None = None,
    nothing: str | None = None,
    beyond: str | None = None,
    n: int | None = None,
    n_of: str | None = None,
    method: str = METHOD,
) -> Estimate:
    """The estimate `name` with the verdict that the rules above give.

    `nothing` is a reason why it cannot be estimated at all, `beyond` one why it is extrapolated
    although it lies on no tested axis (a maximum that was not reached).
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
    low, high = interval.low, interval.high
    cut = []
    if tested is not None:
        least, most = tested.low / BEYOND, tested.high * BEYOND
        if not least <= value <= most:
            side = "below" if value < least else "above"
            return refuse(f"the best fit lies more than tenfold {side} {tested.text()}")
        if low is not None and low < least:
            low = None
            cut.append("lower")
        if high is not None and high > most:
            high = None
            cut.append("upper")
    where = f" within tenfold of {tested.text()}" if tested is not None and cut else ""
    if low is None and high is None:
        return refuse(f"the data bound it on neither side{where}")
    if low is None or high is None:
        side = "below" if low is None else "above"
        shown = value if tested is None or tested.low <= value <= tested.high else None
        return Estimate(
            name=name, value=shown, low=low, high=high, unit=unit, group=group,
            level=interval.level, method=method, n=n, n_of=n_of, verdict=Verdict.ONE_SIDED,
            reason=f"the data do not bound it {side}{where}",
        )  # fmt: skip
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
