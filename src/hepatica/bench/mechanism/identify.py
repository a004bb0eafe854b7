"""How well each hypothesis predicts the differences seen, from draws of the mechanism model.

The probability is conditional on exactly one of the mechanisms, equal beforehand, acting alone in a
model whose parameters are mostly assumed. It ranks and plans; it is no evidence about patients.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import lgamma, log, pi

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.hypotheses import KNOWLEDGE, hypotheses, measures

__all__ = ["NONE", "Difference", "draws", "probabilities", "told"]

NONE = "no-difference"
ENOUGH = 0.9  # below this the answer is that the data cannot tell

Draws = Mapping[str, Mapping[str, Floats]]  # hypothesis -> measure -> log2 change in every draw


@dataclass(frozen=True, kw_only=True)
class Difference:
    """log2 of affected over unaffected, its standard error and its degrees of freedom."""

    log2: float
    se: float
    df: float


@cache
def draws() -> Draws:
    """The shipped draws. A measure that was not drawn has the one value of the model."""
    held: dict[str, dict[str, list[float]]] = {}
    path = KNOWLEDGE / "models" / "draws.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        for row in rows:
            own = held.setdefault(row["hypothesis"], {})
            for name, cell in row.items():
                if name not in ("draw", "hypothesis"):
                    own.setdefault(name, []).append(float(cell))
    full: dict[str, dict[str, Floats]] = {}
    for key, hypothesis in hypotheses().items():
        own = held.get(key, {})
        count = len(next(iter(own.values()), [0.0]))
        full[key] = {
            name: np.array(own[name])
            if name in own
            else np.full(count, hypothesis.expectation(name).log2)
            for name in measures()
        }
    full[NONE] = {name: np.zeros(1) for name in measures()}
    return full


def probabilities(seen: Mapping[str, Difference], table: Draws | None = None) -> dict[str, float]:
    """The probability of each hypothesis, and of no difference, given what was seen.

    The density of the differences is Student's t about each draw, averaged over the draws. Where a
    hypothesis does not fix the sign of a measure, both signs count alike.
    """
    held = draws() if table is None else table
    known = hypotheses()
    logs = {}
    for key, own in held.items():
        total: Floats = np.zeros(len(next(iter(own.values()))))
        for name, difference in seen.items():
            values = own[name]
            density = _log_t(difference, values)
            if key in known and known[key].expectation(name).change == "varies":
                density = np.logaddexp(density, _log_t(difference, -values)) - log(2)
            total = total + density
        logs[key] = float(np.logaddexp.reduce(total) - log(len(total)))
    top = max(logs.values())
    weights = {key: float(np.exp(value - top)) for key, value in logs.items()}
    whole = sum(weights.values())
    return {key: weight / whole for key, weight in weights.items()}


def told(found: Mapping[str, float]) -> str | None:
    """The hypothesis that the data point to, or None: they cannot tell."""
    best = max(found, key=lambda key: found[key])
    return best if found[best] >= ENOUGH else None


def _log_t(difference: Difference, centre: Floats) -> Floats:
    df = difference.df
    t = (difference.log2 - centre) / difference.se
    constant = lgamma((df + 1) / 2) - lgamma(df / 2) - 0.5 * log(df * pi) - log(difference.se)
    density: Floats = constant - (df + 1) / 2 * np.log1p(t**2 / df)
    return density
