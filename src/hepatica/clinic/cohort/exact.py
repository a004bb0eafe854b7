"""Whole millionths of doubles, and which doubles are whole millionths: the rule of `typed`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hepatica.clinic.units import MILLION

HUGE = 1e9  # beyond any range; larger numbers would leave 64 bits
_PIECE = 1 << 16


def exact(value: Any, kind: Any, scales: Sequence[tuple[int, int, int, int]]) -> tuple[Any, Any]:
    """The values in millionths of their own units, and which of them are exact and plausible.

    `scales` has numerator and denominator of the conversion and the lowest and highest plausible
    millionths for each kind. A value is exact if it is the double nearest to its six decimals.
    """
    import numpy as np

    table = np.array(scales, np.int64).reshape(-1, 4)
    micro, sound = np.empty(len(value), np.int64), np.empty(len(value), bool)
    for begin in range(0, len(value), _PIECE):
        part = slice(begin, begin + _PIECE)
        given = value[part]
        fits = np.abs(given) < HUGE
        if not fits.all():
            given = np.where(fits, given, 0)
        whole = np.rint(given * MILLION)
        fits &= whole / MILLION == given
        own = table[0] if len(table) == 1 else table[kind[part]].T
        top, bottom, low, high = own
        scaled = whole.astype(np.int64) * (2 * top)
        scaled += bottom
        scaled //= 2 * bottom
        fits &= (scaled >= low) & (scaled <= high)
        micro[part], sound[part] = scaled, fits
    return micro, sound
