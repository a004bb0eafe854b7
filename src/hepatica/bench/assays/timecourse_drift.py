"""What an EC50 read at one time would be: it drifts where the response desensitises."""

from __future__ import annotations

from collections.abc import Callable
from math import expm1, log1p

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.curves import tuples
from hepatica.bench.fit import Fit
from hepatica.bench.groups import Curve
from hepatica.bench.result import Series
from hepatica.bench.wording import number

__all__ = ["apparent_ec50", "drift"]


def apparent_ec50(ka: float, kdes: float, time: float) -> float:
    """The EC50 that an accumulation assay stopped at `time` would show, in the unit of `ka`.

    Half of 1 - exp(-kdes t) is reached at s = -ln((1 + exp(-kdes t))/2)/(kdes t), A = KA s/(1 - s).
    """
    span = kdes * time
    if span < 1e-9:
        return ka
    share = -log1p(expm1(-span) / 2) / span
    return ka * share / (1 - share)


def _half_of_highest(fitted: Fit, time: float) -> tuple[float, bool]:
    """The lowest dose with half the response of the best one at `time`, and if more dose lowers it.

    With loss of product a late curve can be a bell: the best dose is then not the highest.
    """
    ka, basal = fitted.value("KA"), fitted.value("basal")
    doses = ka * np.geomspace(1e-5, 1e5, 2001)
    height = fitted.predict(np.array([doses, np.full_like(doses, time)])) - basal
    best = int(np.argmax(height))
    bell = bool(height[-1] < 0.9 * height[best])
    place = int(np.argmax(height >= height[best] / 2))
    low, high = doses[max(place - 1, 0)], doses[place]
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        here = fitted.predict(np.array([[middle], [time]]))[0] - basal
        low, high = (low, middle) if here >= height[best] / 2 else (middle, high)
    return float(np.sqrt(low * high)), bell


def drift(curve: Curve, fitted: Fit, times: Floats, label: str, colour: int) -> None:
    """Adds the apparent EC50 over time to `curve`, with a warning where it moves by half or more.

    With loss of product it is the dose of half the best response at that time.
    """
    ka = fitted.value("KA")
    bells: list[float] = []
    read: Callable[[float], float]
    if "kdeg" in fitted.names:

        def read(time: float) -> float:
            dose, bell = _half_of_highest(fitted, time)
            if bell:
                bells.append(time)
            return dose
    else:

        def read(time: float) -> float:
            return apparent_ec50(ka, fitted.value("kdes"), time)

    smooth = np.linspace(float(times.min()), float(times.max()), 60)
    points = [read(float(time)) for time in times]
    warned = sorted(set(bells))
    curve.series.setdefault("drift", []).extend(
        [
            Series(
                label=f"{label} fitted surface".strip(), kind="line", x=tuples(smooth),
                y=tuple(read(float(time)) for time in smooth), colour=colour,
            ),
            Series(
                label=f"{label} KA".strip(), kind="line", x=tuples(smooth[[0, -1]]), y=(ka, ka),
                colour=colour, dashed=True,
            ),
        ]
    )  # fmt: skip
    prefix = label + ": " if label else ""
    first, last = points[0], points[-1]
    if first / last > 1.5:
        curve.warnings.append(
            f"{prefix}an EC50 read at {number(float(times[0]), 3)} min "
            f"would be {number(first, 3)} nM, at {number(float(times[-1]), 3)} min "
            f"{number(last, 3)} nM: "
            "the response desensitises; compare groups by initial rate, KA and desensitisation"
        )
    if warned:
        curve.warnings.append(
            f"{prefix}from {number(warned[0], 3)} min on the highest dose gives less than a lower "
            "one: no EC50 describes such a bell, and the doses must be compared early"
        )
