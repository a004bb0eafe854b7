"""The linear range of a blot: where signal is proportional to the amount loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hepatica.bench.result import Status

__all__ = ["Range", "linear_range"]

FEWEST = 3


@dataclass(frozen=True, kw_only=True)
class Range:
    """The signals between which a blot is proportional; None where that was not shown.

    `amounts` are the ends of the run of amounts, `per_amount` the median signal of one unit of it.
    """

    low: float | None
    high: float | None
    status: Status
    note: str | None = None
    amounts: tuple[float, float] | None = None
    per_amount: float | None = None


def linear_range(series: Sequence[tuple[float, float]], tolerance: float) -> Range:
    """The longest run of three or more amounts whose signal per amount stays near its median.

    `series` holds (amount, signal). Film is linear over about tenfold only, a camera over more.
    """
    levels = sorted({amount for amount, _ in series})
    if not series:
        return Range(low=None, high=None, status=Status.NOT_ASSESSED, note="no dilution series")
    if len(levels) < FEWEST:
        note = f"{len(levels)} amount(s); at least {FEWEST} are needed"
        return Range(low=None, high=None, status=Status.NOT_ASSESSED, note=note)
    means = [float(np.mean([s for a, s in series if a == level])) for level in levels]
    per = np.array(means) / np.array(levels)
    best: tuple[int, int] | None = None
    for first in range(len(levels)):
        for last in range(first + FEWEST - 1, len(levels)):
            part = per[first : last + 1]
            middle = float(np.median(part))
            near = middle > 0 and bool((np.abs(part / middle - 1) <= tolerance).all())
            if near and (best is None or last - first > best[1] - best[0]):
                best = (first, last)
    if best is None:
        note = "signal is proportional to the amount nowhere"
        return Range(low=None, high=None, status=Status.FAILED, note=note)
    first, last = best
    whole = last - first + 1 == len(levels)
    note = f"{levels[first]:g} to {levels[last]:g}, {levels[last] / levels[first]:.3g}-fold"
    if not whole:
        note += (
            f"; not linear at {', '.join(f'{v:g}' for v in levels[:first] + levels[last + 1 :])}"
        )
    return Range(
        low=means[first], high=means[last], status=Status.PASSED, note=note,
        amounts=(levels[first], levels[last]),
        per_amount=float(np.median(per[first : last + 1])),
    )  # fmt: skip
