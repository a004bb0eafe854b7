"""The studies of a network: a value and a variance for each arm, up to a constant per study.

A study says how its arms differ, nothing about their level. On the scales used here the variance of
a difference is the sum of a variance for each arm, so that a study with three or more arms brings
its correlations with it: no comparison of it is counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.pool.effects import CORRECTION, Measure
from hepatica.bench.pool.study import LeftOut, Study
from hepatica.errors import InputError

__all__ = ["Contrast", "Node", "from_contrasts", "from_studies"]


@dataclass(frozen=True, slots=True)
class Node:
    """One study: treatments, arm values and arm variances."""

    label: str
    treatments: tuple[str, ...]
    value: Floats
    variance: Floats

    @property
    def design(self) -> tuple[str, ...]:
        """The treatments compared, in the order of their names."""
        return tuple(sorted(self.treatments))

    def weight(self, tau2: float) -> Floats:
        """The Laplacian of the study: the weights of its differences when tau² is between studies.

        The pseudo-inverse of the covariance of its centred arms; tau²/2 falls on each arm, so that
        every difference has tau². For two arms this is 1/(v + tau²); for more it is the adjustment
        of Rücker 2012 (doi 10.1002/jrsm.1058).
        """
        count = len(self.value)
        centre = np.eye(count) - 1 / count
        spread = np.diag(self.variance + tau2 / 2)
        return np.asarray(np.linalg.pinv(centre @ spread @ centre, hermitian=True))

    def difference(self, first: str, second: str) -> tuple[float, float]:
        """The effect of `first` against `second` and its variance."""
        i, j = self.treatments.index(first), self.treatments.index(second)
        return float(self.value[i] - self.value[j]), float(self.variance[i] + self.variance[j])


@dataclass(frozen=True, slots=True)
class Contrast:
    """A published difference: effect of `first` against `second` with its standard error."""

    study: str
    first: str
    second: str
    effect: float
    se: float


def from_studies(
    measure: Measure, studies: Sequence[Study]
) -> tuple[tuple[Node, ...], tuple[str, ...], tuple[LeftOut, ...]]:
    """Nodes, the labels of those corrected for an empty cell, and the studies left out.

    As in pairs: 0.5 is added to every cell of a study with an empty one (for a risk difference to
    its variance only), and a study whose arms all lack events says nothing about a ratio.
    """
    nodes: list[Node] = []
    corrected: list[str] = []
    left_out: list[LeftOut] = []
    for study in studies:
        if len(study.arms) < 2:
            left_out.append(LeftOut(what=study.label, why="one arm only: it compares nothing"))
            continue
        x = np.array([arm.events for arm in study.arms], dtype=float)
        n = np.array([arm.total for arm in study.arms], dtype=float)
        silent = not x.any() or (measure is Measure.ODDS_RATIO and bool((x == n).all()))
        if silent and measure is not Measure.RISK_DIFFERENCE:
            which = "no event in any arm" if not x.any() else "all patients had the event"
            left_out.append(
                LeftOut(what=study.label, why=f"{which}: nothing about the {measure.words}")
            )
            continue
        empty = bool((x == 0).any() or (x == n).any())
        if empty:
            corrected.append(study.label)
        nodes.append(_node(measure, study, x, n, CORRECTION if empty else 0.0))
    return tuple(nodes), tuple(corrected), tuple(left_out)


def _node(measure: Measure, study: Study, x: Floats, n: Floats, add: float) -> Node:
    yes, no = x + add, n - x + add
    if measure is Measure.ODDS_RATIO:
        value, variance = np.log(yes / no), 1 / yes + 1 / no
    elif measure is Measure.RISK_RATIO:
        value, variance = np.log(yes / (yes + no)), 1 / yes - 1 / (yes + no)
    elif measure is Measure.RISK_DIFFERENCE:
        value, variance = x / n, yes * no / (yes + no) ** 3
    else:
        raise InputError(f"a network compares treatments: {measure.value!r} has none to compare")
    return Node(label=study.label, treatments=study.treatments, value=value, variance=variance)


def from_contrasts(contrasts: Sequence[Contrast]) -> tuple[Node, ...]:
    """Nodes from differences with standard errors, all pairs of a study given.

    Raises InputError for a study with a pair missing: its correlations could not be known.
    """
    studies: dict[str, list[Contrast]] = {}
    for contrast in contrasts:
        studies.setdefault(contrast.study, []).append(contrast)
    return tuple(_solved(label, rows) for label, rows in studies.items())


def _solved(label: str, rows: list[Contrast]) -> Node:
    names = list(dict.fromkeys(name for row in rows for name in (row.first, row.second)))
    if len(rows) != len(names) * (len(names) - 1) // 2:
        raise InputError(
            f"study {label!r}: {len(rows)} comparisons of {len(names)} treatments, expected "
            f"{len(names) * (len(names) - 1) // 2}: give every pair"
        )
    minus, plus = np.zeros((len(rows), len(names))), np.zeros((len(rows), len(names)))
    for place, row in enumerate(rows):
        i, j = names.index(row.first), names.index(row.second)
        minus[place, i], minus[place, j] = 1, -1
        plus[place, i], plus[place, j] = 1, 1
    effect = np.array([row.effect for row in rows])
    squared = np.array([row.se**2 for row in rows])
    if len(rows) == 1:
        variance = np.array([squared[0] / 2, squared[0] / 2])
        return Node(label, tuple(names), np.array([effect[0], 0.0]), variance)
    return Node(
        label=label,
        treatments=tuple(names),
        value=np.asarray(np.linalg.lstsq(minus, effect)[0]),
        variance=np.asarray(np.linalg.lstsq(plus, squared)[0]),
    )
