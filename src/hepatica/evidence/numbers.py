"""Numbers in text, so that a statement can be held against what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

# A digit glued to a letter before it is a name (V1a, RFHE3001, SpO2), not a quantity.
_NUMBER = re.compile(r"(?<![A-Za-z0-9_.,])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


def numbers(text: str) -> frozenset[Decimal]:
    """The distinct quantities written in digits in `text`, signs left out, thousands read.

    >>> sorted(numbers("29.1% of 1,236; 0.85 mg for V1a; p = 0.012"))
    [Decimal('0.012'), Decimal('0.85'), Decimal('29.1'), Decimal('1236')]
    """
    return frozenset(
        Decimal(match.group().replace(",", "")).normalize() for match in _NUMBER.finditer(text)
    )


def unsupported(text: str, supports: Iterable[str]) -> frozenset[Decimal]:
    """The numbers of `text` that stand in none of `supports`."""
    found: frozenset[Decimal] = frozenset().union(*(numbers(support) for support in supports))
    return numbers(text) - found
