"""Which of two models the data support: the extra sum-of-squares F test and AICc."""

from __future__ import annotations

from math import inf, log

from hepatica.bench.arrays import Floats
from hepatica.bench.distributions import f_p
from hepatica.bench.fit import Fit
from hepatica.bench.result import Comparison

__all__ = ["aicc", "compare", "f_test", "unchanging"]


def f_test(
    ss1: float, df1: int, ss2: float, df2: int, *, floor: float = 0.0
) -> tuple[float, float]:
    """F and p of a simpler model (ss1, df1) nested in another (ss2, df2).

    F = ((SS1 - SS2) / (df1 - df2)) / (SS2 / df2). Sums of squares below `floor` are rounding and
    count as equal to it. ValueError unless the other model has more parameters and degrees of
    freedom left.
    """
    if df1 <= df2 or df2 < 1:
        raise ValueError(f"no F test with {df1} and {df2} degrees of freedom")
    ss1, ss2 = max(ss1, floor), max(ss2, floor)
    if ss2 <= 0:
        return (inf, 0.0) if ss1 > 0 else (0.0, 1.0)
    f = max(ss1 - ss2, 0.0) / (df1 - df2) / (ss2 / df2)
    return f, f_p(f, df1 - df2, df2)


def unchanging(ss: float, y: Floats, weight: Floats | float = 1.0) -> bool:
    """Whether the sum of squares of the readings about their mean is nothing but rounding."""
    return ss <= 1e-28 * float((weight * y**2).sum())


def aicc(ss: float, n: int, parameters: int, *, floor: float = 0.0) -> float:
    """n ln(SS/n) + 2K + 2K(K+1)/(n-K-1) with K = parameters + 1; infinite where n is too small.

    SS counts as `floor` where it is smaller: what is below is rounding.
    """
    k = parameters + 1
    if n - k - 1 <= 0:
        return inf
    return n * log(max(ss, floor, 1e-300) / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)


def compare(
    simpler: tuple[str, Fit],
    other: tuple[str, Fit],
    *,
    group: str | None = None,
    note: str | None = None,
) -> Comparison | None:
    """The comparison of a model with one that it is nested in; None where n does not allow it.

    The other model is preferred where p < 0.05; of two that meet the readings to the last digit the
    simpler one is.
    """
    (name1, fit1), (name2, fit2) = simpler, other
    if fit2.df < 1 or fit1.df <= fit2.df:
        return None
    floor = fit2.rounding
    f, p = f_test(fit1.ss, fit1.df, fit2.ss, fit2.df, floor=floor)
    difference = aicc(fit1.ss, fit1.n, fit1.n - fit1.df, floor=floor) - aicc(
        fit2.ss, fit2.n, fit2.n - fit2.df, floor=floor
    )
    finite = abs(difference) < inf
    return Comparison(
        simpler=name1,
        other=name2,
        prefers=name2 if p < 0.05 else name1,
        f=f if f < inf else 1e300,
        p=p,
        df1=fit1.df - fit2.df,
        df2=fit2.df,
        delta_aicc=difference if finite else None,
        group=group,
        note=note,
    )
