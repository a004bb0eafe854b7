"""Wells of a simulated qPCR run: a target T, references A and B, two groups of patients."""

from __future__ import annotations

from typing import Any

import numpy as np

from hepatica.bench import analyse
from hepatica.bench.result import AssayResult

Rows = list[dict[str, str]]


def columns(rows: Rows) -> dict[str, list[str]]:
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: [row.get(name, "") for row in rows] for name in names}


def run(rows: Rows, **study: Any) -> AssayResult:
    return analyse("qpcr", columns(rows), study)


def samples(n: int = 4, shift: float = 0.0, wells: int = 2) -> Rows:
    rng = np.random.default_rng(7)
    rows = []
    for group, change in (("control", 0.0), ("treated", shift)):
        for number in range(n):
            spread = rng.normal(0, 0.2)
            for gene, base in (("T", 27.0), ("A", 20.0), ("B", 22.0)):
                for _ in range(wells):
                    cq = base + spread - (change if gene == "T" else 0) + rng.normal(0, 0.05)
                    rows.append({"sample": f"{group}{number}", "group": group, "gene": gene,
                                 "cq": f"{cq:.3f}"})  # fmt: skip
    return rows


def split(rows: Rows, sample: str, gene: str, cqs: tuple[str, ...]) -> Rows:
    """`rows` with wells of these Cq for one gene of one sample."""
    kept = [r for r in rows if (r["sample"], r["gene"]) != (sample, gene)]
    (row, *_) = [r for r in rows if (r["sample"], r["gene"]) == (sample, gene)]
    return kept + [row | {"cq": cq} for cq in cqs]


def change(rows: Rows, where: dict[str, str], **to: str) -> Rows:
    return [
        row | to if all(row[key] == value for key, value in where.items()) else row for row in rows
    ]


def blank_well(rows: Rows, sample: str, gene: str) -> Rows:
    """`rows` with one more well of this gene and sample, which never crossed the threshold."""
    (row, *_) = [r for r in rows if (r["sample"], r["gene"]) == (sample, gene)]
    return [*rows, row | {"cq": ""}]
