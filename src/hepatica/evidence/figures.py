"""Figures in words: the form in which a number may be read, quoted and checked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from hepatica.evidence.curated import Every, Figure, Unit

_RELATIONS = {"=": "", "<": "<", "<=": "≤", ">": ">", ">=": "≥", "~": "about "}


def in_words(figure: Figure, units: Mapping[str, Unit] | None = None) -> str:
    """The figure with its name, arm, unit, counts, interval and conditions, on one line.

    Every number of the figure stands in the result in digits. `units` are the printed forms of the
    UCUM codes; without them those of the shipped `knowledge/units.yaml` are used.

    >>> in_words(Figure(name="HRS reversal", value=32, unit="%", arm="terlipressin", n=63, N=199))
    'HRS reversal (terlipressin): 32% (63 of 199)'
    """
    units = _shipped() if units is None else units
    head = figure.name if figure.arm is None else f"{figure.name} ({figure.arm})"
    amount = _amount(figure, units)
    if figure.every is not None:
        amount += f" every {_period(figure.every, units)}"
    if figure.timepoint:
        amount += f", {figure.timepoint}"
    details = "; ".join(_details(figure))
    return f"{head}: {amount} ({details})" if details else f"{head}: {amount}"


def number(value: float) -> str:
    """`value` in digits without an exponent or trailing zeros, thousands unmarked.

    >>> number(16.0), number(0.012), number(1.1e-06)
    ('16', '0.012', '0.0000011')
    """
    text = f"{value:.12f}".rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _amount(figure: Figure, units: Mapping[str, Unit]) -> str:
    sign = _RELATIONS[figure.relation]
    if figure.text is not None:
        return f"{sign}{figure.text}"
    if figure.value is not None:
        return sign + _with_unit(number(figure.value), figure.unit, units)
    if figure.low is None or figure.high is None:
        raise ValueError(f"figure {figure.name!r} has neither a value, a range nor a text")
    return sign + _with_unit(f"{number(figure.low)} to {number(figure.high)}", figure.unit, units)


def _period(every: Every, units: Mapping[str, Unit]) -> str:
    span = number(every.low) if every.high is None else f"{number(every.low)} to "
    if every.high is not None:
        span += number(every.high)
    return _with_unit(span, every.unit, units)


def _with_unit(amount: str, code: str | None, units: Mapping[str, Unit]) -> str:
    if code is None:
        return amount
    unit = units.get(code, Unit(text=code, name=code))
    text = unit.one if unit.one and amount == "1" else unit.text
    return f"{amount}{text}" if text.startswith(("%", "/")) else f"{amount} {text}"


def _details(figure: Figure) -> list[str]:
    found = []
    if figure.n is not None and figure.N is not None:
        found.append(f"{figure.n} of {figure.N}")
    elif figure.n is not None:
        found.append(f"n = {figure.n}")
    elif figure.N is not None:
        found.append(f"N = {figure.N}")
    if figure.sd is not None:
        found.append(f"SD {number(figure.sd)}")
    if figure.ci_low is not None and figure.ci_high is not None:
        level = "" if figure.ci_level is None else f"{number(figure.ci_level)}% "
        found.append(f"{level}CI {number(figure.ci_low)} to {number(figure.ci_high)}")
    if figure.p is not None:
        found.append(f"p {figure.p}")
    if figure.definition:
        found.append(figure.definition)
    if figure.note:
        found.append(figure.note)
    return found


@cache
def _shipped() -> Mapping[str, Unit]:
    from hepatica.evidence.knowledge import shipped_units

    return shipped_units()
