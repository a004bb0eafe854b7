"""The chi² and normal distributions beside those of `hepatica.bench.distributions`."""

from __future__ import annotations

from scipy import special  # type: ignore[import-untyped]

__all__ = ["beta_quantile", "chi2_p", "chi2_quantile", "normal_cdf", "normal_p"]


def chi2_p(q: float, df: float) -> float:
    """The upper tail area of chi²."""
    return float(special.chdtrc(df, q))


def chi2_quantile(share: float, df: float) -> float:
    """The value below which `share` of chi² lies."""
    return float(special.chdtri(df, 1 - share))


def normal_cdf(z: float) -> float:
    """The area of the normal distribution below `z`."""
    return float(special.ndtr(z))


def normal_p(z: float) -> float:
    """The two-sided p of the normal distribution."""
    return float(2 * special.ndtr(-abs(z)))


def beta_quantile(share: float, a: float, b: float) -> float:
    """The value below which `share` of the beta distribution lies."""
    return float(special.betaincinv(a, b, share))
