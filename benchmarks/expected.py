"""One comparison of a result with its reference, and reading the data of expected.yaml."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Comparison:
    """A result, its reference and tolerance; `reason` where that is wider than the section's."""

    name: str
    found: float
    reference: float
    tolerance: float
    reason: str = ""

    @property
    def apart(self) -> float:
        """The relative difference (absolute where the reference is zero)."""
        difference = abs(self.found - self.reference)
        return difference / abs(self.reference) if self.reference else difference

    @property
    def holds(self) -> bool:
        return bool(np.isfinite(self.found)) and self.apart <= self.tolerance


def same(name: str, found: object, reference: object) -> Comparison:
    """A comparison of two texts or verdicts."""
    return Comparison(name, float(found == reference), 1.0, 1e-12)


def rows(path: Path, **equal: str) -> list[dict[str, str]]:
    """The rows of a CSV in which the given columns hold the given text."""
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if all(row[k] == v for k, v in equal.items())]


def column(table: list[dict[str, str]], name: str) -> np.ndarray:
    return np.array([float(row[name]) for row in table])


def columns(table: list[dict[str, str]]) -> dict[str, list[Any]]:
    """The rows as a mapping of columns, which the bench takes as a data frame."""
    return {name: [row[name] for row in table] for name in table[0]}
