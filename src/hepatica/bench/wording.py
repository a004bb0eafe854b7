"""Numbers and estimates in words: the same in every report."""

from __future__ import annotations

from math import floor, log10

from hepatica.bench.result import Comparison, Estimate, Verdict


def number(value: float, digits: int = 4) -> str:
    """`value` with `digits` significant digits: 0.06412, 1390, 1.2e-09."""
    if value == 0:
        return "0"
    size = floor(log10(abs(value)))
    if not -4 <= size < 7:
        return f"{value:.{digits - 1}e}"
    places = max(digits - 1 - size, 0)
    return f"{value:.{places}f}"


def plain(value: float) -> str:
    """`value` as `number` writes it, a count (3.0, 12.0) without decimals."""
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e6 else number(value)


def with_unit(value: float, unit: str | None, digits: int = 4) -> str:
    text = number(value, digits)
    return f"{text} {unit}" if unit else text


def _bound(value: float, unit: str | None) -> str:
    """A bound with three digits at most: '0.001', '1.3 nM'."""
    text = number(value, 3)
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    return f"{text} {unit}" if unit else text


def reading(estimate: Estimate) -> str:
    """The value as a reader may use it: '2.262 nM', '> 1.3 nM', or 'not estimable'."""
    match estimate.verdict:
        case Verdict.NOT_ESTIMABLE:
            return "not estimable"
        case Verdict.ONE_SIDED if estimate.low is not None:
            return f"> {_bound(estimate.low, estimate.unit)}"
        case Verdict.ONE_SIDED:
            assert estimate.high is not None
            return f"< {_bound(estimate.high, estimate.unit)}"
        case _:
            assert estimate.value is not None
            if estimate.low is None and estimate.high is None and estimate.se is None:
                text = plain(estimate.value)
                return f"{text} {estimate.unit}" if estimate.unit else text
            return with_unit(estimate.value, estimate.unit)


def interval(estimate: Estimate) -> str:
    """The interval in words: '1.93 to 2.66', or '' where there is none."""
    if estimate.low is None or estimate.high is None:
        return ""
    digits = 3
    low, high = number(estimate.low, digits), number(estimate.high, digits)
    while low == high and digits < 10 and estimate.low != estimate.high:
        digits += 1
        low, high = number(estimate.low, digits), number(estimate.high, digits)
    return f"{low} to {high}"


def p_value(p: float) -> str:
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.2g}" if p < 0.01 else f"p = {p:.3f}"


def comparison(entry: Comparison) -> str:
    """One comparison of two models as a sentence."""
    parts = []
    if entry.f is not None and entry.p is not None:
        parts.append(f"F({entry.df1}, {entry.df2}) = {number(entry.f, 3)}, {p_value(entry.p)}")
    if entry.delta_aicc is not None:
        parts.append(f"AICc difference {number(entry.delta_aicc, 3)}")
    where = f" ({entry.group})" if entry.group else ""
    told = "; ".join(parts)
    text = f"{entry.simpler} against {entry.other}{where}: {told}: the data support {entry.prefers}"
    return f"{text}. {entry.note}" if entry.note else f"{text}."
