"""Plate control wells: can the assay tell its high from its low controls?

Z' = 1 - 3 (s+ + s-) / |m+ - m-| (IUPAC, doi 10.1351/goldbook.14204); robust: medians and
1.4826 x MAD. Z' does not validate a potency assay (doi 10.1177/1087057105285611), and Z' below 0.5
is by itself no reason to stop.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.result import Check, Scalar, Status

__all__ = ["MSR_RUNS", "minimum_significant_ratio", "plate_checks", "plate_statistics"]

MSR_RUNS = 6


def plate_statistics(high: Floats, low: Floats) -> dict[str, float]:
    """Z', robust Z', signal to background, signal window, SSMD and CVs of two sets of wells.

    Standard deviations have n - 1. ValueError with fewer than two wells in a set.
    """
    if len(high) < 2 or len(low) < 2:
        raise ValueError("at least two wells of each control are needed")
    top, bottom = float(high.mean()), float(low.mean())
    sd_top, sd_bottom = float(high.std(ddof=1)), float(low.std(ddof=1))
    found = {"cv of high": sd_top / abs(top) if top else float("nan")}
    found["cv of low"] = sd_bottom / abs(bottom) if bottom else float("nan")
    if bottom != 0:
        found["signal to background"] = top / bottom
    if top != bottom:
        found["Z'"] = 1 - 3 * (sd_top + sd_bottom) / abs(top - bottom)
    middle = abs(float(np.median(high) - np.median(low)))
    if middle > 0:
        spread = sum(
            1.4826 * float(np.median(np.abs(wells - np.median(wells)))) for wells in (high, low)
        )
        found["robust Z'"] = 1 - 3 * spread / middle
    if sd_top > 0:
        found["signal window"] = (top - bottom - 3 * (sd_top + sd_bottom)) / sd_top
    if sd_top + sd_bottom > 0:
        found["SSMD"] = (top - bottom) / sqrt(sd_top**2 + sd_bottom**2)
    return {name: value for name, value in found.items() if np.isfinite(value)}


def plate_checks(high: Floats, low: Floats) -> tuple[list[Check], dict[str, Scalar]]:
    """Z' as a check and the other figures as diagnostics; not assessed with too few wells."""
    criterion = "Z' of 0.5 or more; below it is no reason by itself to discard a potency curve"
    if len(high) < 2 or len(low) < 2:
        return [
            Check(
                name="Z'", status=Status.NOT_ASSESSED, criterion=criterion,
                note=f"{len(high)} high and {len(low)} low control wells; 2 of each are needed.",
            )
        ], {}  # fmt: skip
    found = plate_statistics(high, low)
    value = found.get("Z'")
    status = Status.PASSED if value is not None and value >= 0.5 else Status.FAILED
    check = Check(name="Z'", status=status, criterion=criterion, value=value)
    return [check], dict(found)


def minimum_significant_ratio(values: Floats) -> float:
    """The smallest ratio of two potencies that is significant: 10^(2 sqrt(2) s).

    s is the standard deviation of log10 potency of a control compound over runs, one result a run
    (the form for control compounds of the Assay Guidance Manual, as an open tool that follows it
    states; six runs are thought enough). ValueError with fewer than two runs.
    """
    if len(values) < 2:
        raise ValueError("at least two runs are needed")
    return float(10 ** (2 * sqrt(2) * np.log10(values).std(ddof=1)))
