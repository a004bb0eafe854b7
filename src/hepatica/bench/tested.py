"""What an experiment can show: the range of its doses, of its times, and of its readings."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.wording import number

__all__ = [
    "SLOPES", "Tested", "Within", "affinity_range", "dose_range", "lone_dose", "plateau",
    "rate_range",
]  # fmt: skip

LONE = 100.0


@dataclass(frozen=True)
class Tested:
    """The range of what was tested, above zero, for a parameter that lies on its axis."""

    low: float
    high: float
    unit: str
    what: str = "concentrations"

    def text(self) -> str:
        return (
            f"the {self.what} tested ({number(self.low, 3)} to {number(self.high, 3)} {self.unit})"
        )


@dataclass(frozen=True)
class Within:
    """The range in which the readings can show a parameter; a bound outside counts as missing."""

    low: float
    high: float
    what: str


SLOPES = Within(0.05, 20.0, "what doses can show of a slope (0.05 to 20)")


def plateau(y: Floats) -> Within:
    """The range of a plateau: the readings, and as much again on either side."""
    low, high = float(y.min()), float(y.max())
    low, high = low - (high - low), high + (high - low)
    return Within(low, high, f"what the readings can show ({number(low, 3)} to {number(high, 3)})")


def lone_dose(x: Floats) -> float | None:
    """A lowest dose more than a hundredfold below the next, without a zero beside it, or None.

    Such a dose is often a zero that was given a number so that it has a logarithm.
    """
    doses = np.unique(x)
    if doses.size < 3 or doses[0] <= 0 or doses[1] / doses[0] <= LONE:
        return None
    return float(doses[0])


def dose_range(x: Floats, what: str = "concentrations", unit: str = "nM") -> Tested | None:
    """The doses above zero, without a lone one far below the others; None without any."""
    lone = lone_dose(x)
    doses = x[x > (lone or 0.0)]
    return Tested(float(doses.min()), float(doses.max()), unit, what) if doses.size else None


def rate_range(times: Floats) -> Tested | None:
    """The rate constants that readings at these times (min) can show; None without a time.

    From a twentieth of one over the longest time, in which 5 % change, to five over the shortest,
    at which 1 % is left.
    """
    later = times[times > 0]
    if not later.size:
        return None
    return Tested(0.05 / float(later.max()), 5 / float(later.min()), "per min", "times")


def affinity_range(x: Floats) -> Within:
    """The dissociation constants that kinetics at these concentrations can show.

    Rates show an affinity far below the concentrations (slow dissociation), but none far above:
    there the ligand binds too little. From a thousandth of the lowest to tenfold the highest.
    """
    doses = x[x > 0]
    if not doses.size:
        return Within(0.0, inf, "what is known")
    low, high = float(doses.min()) / 1000, float(doses.max()) * 10
    words = f"what the concentrations can show ({number(low, 3)} to {number(high, 3)} nM)"
    return Within(low, high, words)
