"""A group effect with blots as blocks and samples as the units that repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np

__all__ = ["Effect", "Lane", "block_effect"]

ONCE = "least squares on group and blot"
REPEATED = "least squares on sample and blot, then Welch on the samples"


@dataclass(frozen=True, kw_only=True)
class Lane:
    blot: str
    sample: str
    treated: bool
    value: float


@dataclass(frozen=True, kw_only=True)
class Effect:
    log2: float
    se: float
    df: float
    n: int
    method: str


def block_effect(lanes: Sequence[Lane]) -> Effect | str:
    """Treated minus control on the log2 scale, or one line why it cannot be had.

    Lanes of one sample on one blot are averaged. Samples on one blot each: least squares on group
    and blot. Samples on several blots: sample means free of blot effects, then Welch.
    """
    cells: dict[tuple[str, str], list[float]] = {}
    for lane in lanes:
        cells.setdefault((lane.sample, lane.blot), []).append(lane.value)
    treated = {lane.sample: lane.treated for lane in lanes}
    counts = [sum(treated.values()), len(treated) - sum(treated.values())]
    if min(counts) < 2:
        return f"{counts[0]} and {counts[1]} biological samples: lanes are not n"
    keys = list(cells)
    y = np.array([np.mean(cells[key]) for key in keys])
    blots = list(dict.fromkeys(blot for _, blot in keys))
    dummies = np.array([[float(blot == b) for b in blots[1:]] for _, blot in keys])
    if len(keys) > len(treated):
        return _repeated(keys, y, dummies, treated)
    group = np.array([float(treated[sample]) for sample, _ in keys])
    design = np.column_stack([np.ones(len(y)), group, dummies])
    rank = int(np.linalg.matrix_rank(design))
    if rank < design.shape[1]:
        return "each blot holds lanes of one group only: blot and group cannot be told apart"
    df = len(y) - rank
    if df < 1:
        return "too few samples for this many blots"
    solution, *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ solution
    variance = float(residual @ residual) / df
    inverse = np.linalg.inv(design.T @ design)
    if variance <= 1e-24:
        return "every lane of a group has the same ratio: check that lanes are not copies"
    return Effect(
        log2=float(solution[1]),
        se=sqrt(variance * float(inverse[1, 1])),
        df=df,
        n=len(treated),
        method=ONCE,
    )


def _repeated(
    keys: Sequence[tuple[str, str]],
    y: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    dummies: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    treated: dict[str, bool],
) -> Effect | str:
    samples = list(treated)
    design = np.column_stack(
        [np.array([[float(sample == s) for s in samples] for sample, _ in keys]), dummies]
    )
    if int(np.linalg.matrix_rank(design)) < design.shape[1]:
        return "the blots share no samples: their levels cannot be joined"
    solution, *_ = np.linalg.lstsq(design, y, rcond=None)
    sides = [[float(solution[i]) for i, s in enumerate(samples) if treated[s] is side]
             for side in (True, False)]  # fmt: skip
    parts = [float(np.var(side, ddof=1)) / len(side) for side in sides]
    if sum(parts) <= 1e-24:
        return "every sample of a group has the same ratio: check that lanes are not copies"
    df = sum(parts) ** 2 / sum(p**2 / (len(s) - 1) for p, s in zip(parts, sides, strict=True))
    return Effect(
        log2=float(np.mean(sides[0]) - np.mean(sides[1])), se=sqrt(sum(parts)), df=df,
        n=len(samples), method=REPEATED,
    )  # fmt: skip
