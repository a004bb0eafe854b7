"""Figures as they are printed: ratios, differences and shares from the scale of analysis."""

from __future__ import annotations

from math import exp, inf, isfinite

from hepatica.bench.pool.effects import Measure

__all__ = ["interval", "natural", "p_value", "shown", "value"]


def natural(measure: Measure, number: float) -> float:
    """A ratio from its logarithm; a difference as it is."""
    if not measure.is_ratio:
        return number
    return exp(number) if number < 700 else inf


def value(measure: Measure, number: float) -> str:
    """A ratio with two decimals (three figures when small or large), a share in percent points."""
    if not measure.is_ratio:
        return f"{100 * number:.1f}".replace("-0.0", "0.0").replace("-", "−")
    found = natural(measure, number)
    if not isfinite(found):
        return "∞"
    return f"{found:.2f}" if 0.095 <= found < 99.5 else f"{found:.3g}"


def interval(measure: Measure, low: float, high: float) -> str:
    return f"{value(measure, low)} to {value(measure, high)}"


def shown(measure: Measure, number: float, low: float, high: float, level: float = 0.95) -> str:
    """`risk ratio 1.72 (95% interval 1.18 to 2.51)`, on the natural scale."""
    unit = "" if measure.is_ratio else " percentage points" if measure is not Measure.PROPORTION \
        else "%"  # fmt: skip
    return (
        f"{measure.words} {value(measure, number)}{unit} "
        f"({100 * level:g}% interval {interval(measure, low, high)})"
    )


def p_value(p: float | None) -> str:
    """`p 0.03`, `p < 0.001`; `p not defined` without degrees of freedom."""
    if p is None:
        return "p not defined"
    return "p < 0.001" if p < 0.001 else f"p {p:.3f}" if p < 0.095 else f"p {p:.2f}"
