"""One arm's proportions pooled: the share of patients with an event.

The default scale is the logit. The double arcsine of Freeman and Tukey is there for comparison with
published work: turning its mean back into a proportion needs one sample size for all studies
(Miller's harmonic mean), and that can mislead seriously when sizes differ (Schwarzer and others
2019, doi 10.1002/jrsm.1348).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.pool.effects import CORRECTION
from hepatica.bench.pool.study import Study

__all__ = ["Proportions", "Scale", "back", "proportions"]


class Scale(StrEnum):
    """The scale on which proportions are averaged."""

    LOGIT = "logit"
    DOUBLE_ARCSINE = "double-arcsine"


@dataclass(frozen=True, slots=True)
class Proportions:
    """Transformed proportions `y` with variances `v`; `harmonic` is the harmonic mean size.

    `corrected` names studies without an event, or without a patient free of it, to which 0.5 was
    added on the logit scale.
    """

    labels: tuple[str, ...]
    events: Floats
    totals: Floats
    y: Floats
    v: Floats
    scale: Scale
    harmonic: float
    corrected: tuple[str, ...]


def proportions(
    studies: tuple[Study, ...], treatment: str, scale: Scale = Scale.LOGIT
) -> Proportions:
    """The proportions of the arms on `treatment`, one a study.

    Logit: ln(x / (n - x)) with variance 1/x + 1/(n - x). Double arcsine:
    (asin √(x/(n+1)) + asin √((x+1)/(n+1))) / 2 with variance 1/(4n + 2), as metafor's "PFT".
    """
    arms = [(s.label, s.arm(treatment)) for s in studies if treatment in s.treatments]
    x = np.array([arm.events for _, arm in arms], dtype=float)
    n = np.array([arm.total for _, arm in arms], dtype=float)
    corrected: tuple[str, ...] = ()
    if scale is Scale.LOGIT:
        edge = (x == 0) | (x == n)
        add = np.where(edge, CORRECTION, 0.0)
        yes, no = x + add, n - x + add
        y, v = np.log(yes / no), 1 / yes + 1 / no
        corrected = tuple(label for (label, _), at in zip(arms, edge, strict=True) if at)
    else:
        y = (np.arcsin(np.sqrt(x / (n + 1))) + np.arcsin(np.sqrt((x + 1) / (n + 1)))) / 2
        v = 1 / (4 * n + 2)
    return Proportions(
        labels=tuple(label for label, _ in arms),
        events=x,
        totals=n,
        y=y,
        v=v,
        scale=scale,
        harmonic=float(len(n) / (1 / n).sum()) if len(n) else 0.0,
        corrected=corrected,
    )


def back(value: float, scale: Scale, size: float) -> float:
    """The proportion that `value` on `scale` stands for; `size` matters for the double arcsine.

    Miller's inverse: (1 - sgn(cos 2t)·√(1 - (sin 2t + (sin 2t - 1/sin 2t)/n)²)) / 2, and 0 or 1
    beyond the values that 0 or all events among `size` would have.
    """
    if scale is Scale.LOGIT:
        return float(1 / (1 + np.exp(-value)))
    lowest = np.arcsin(np.sqrt(1 / (size + 1))) / 2
    highest = (np.arcsin(np.sqrt(size / (size + 1))) + np.pi / 2) / 2
    if value <= lowest:
        return 0.0
    if value >= highest:
        return 1.0
    sine = np.sin(2 * value)
    inner = 1 - (sine + (sine - 1 / sine) / size) ** 2
    return float((1 - np.sign(np.cos(2 * value)) * np.sqrt(max(0.0, inner))) / 2)
