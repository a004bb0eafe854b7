"""UCUM units as exact quantities: 1000/uL is a thousand of them, mL/(12.h) a twelfth of an mL/h."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from hepatica.errors import MissingExtraError

_LONGEST = 40  # characters


@cache
def quantity(unit: str) -> Any:
    """What one of a unit is, a quantity of pint with a fraction as magnitude; None for no unit."""
    if "{" in unit or len(unit) > _LONGEST:
        return None
    try:
        return _read(unit)
    except MissingExtraError:
        raise
    except Exception:  # the grammar raises many kinds for text that is no unit
        return None


def linear(unit: str, target: str) -> tuple[Fraction, Fraction] | None:
    """Factor and offset that turn a value in `unit` into one in `target`; None where none do."""
    one, own = quantity(unit), quantity(target)
    if one is None or own is None or one.dimensionality != own.dimensionality:
        return None
    try:
        low, high = ((one * n).to(own.units).magnitude / own.magnitude for n in (0, 1))
    except Exception:  # pint raises many kinds for units that do not convert
        return None
    return Fraction(high - low), Fraction(low)


@cache
def _reader() -> tuple[Any, Any]:
    """UCUM's parser, and what makes a quantity of its tree without rounding."""
    try:
        from ucumvert import (  # type: ignore[import-untyped]
            PintUcumRegistry,
            UcumToPintTransformer,
            get_ucum_parser,
        )
    except ImportError:
        raise MissingExtraError(what="Reading a unit that no list names", extra="clinic") from None

    class Exact(UcumToPintTransformer):  # type: ignore[misc]
        def simple_unit(self, args: list[Any]) -> Any:
            found = self.ureg.Quantity(super().simple_unit(args))
            return self.ureg.Quantity(Fraction(found.magnitude), found.units)

    return get_ucum_parser(), Exact(PintUcumRegistry(non_int_type=Fraction))


def _read(unit: str) -> Any:
    from ucumvert import parse_ucum

    parser, exact = _reader()
    return exact.transform(parse_ucum(unit, parser))
