"""Quantiles and tail areas of the t, F and normal distributions.

From scipy.special: importing scipy.stats takes ten times as long.
"""

from __future__ import annotations

from scipy import special  # type: ignore[import-untyped]


def t_quantile(level: float, df: float) -> float:
    """The two-sided critical value of Student's t for a confidence `level`, such as 0.95."""
    return float(special.stdtrit(df, 0.5 + level / 2))


def t_p(t: float, df: float) -> float:
    """The two-sided p of Student's t."""
    return float(2 * special.stdtr(df, -abs(t)))


def f_quantile(level: float, df1: float, df2: float) -> float:
    """The value below which a share `level` of the F distribution lies."""
    return float(special.fdtri(df1, df2, level))


def f_p(f: float, df1: float, df2: float) -> float:
    """The upper tail area of the F distribution."""
    return float(special.fdtrc(df1, df2, f))


def normal_quantile(level: float) -> float:
    """The two-sided critical value of the normal distribution for a confidence `level`."""
    return float(special.ndtri(0.5 + level / 2))
