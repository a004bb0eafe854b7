"""Cq from raw fluorescence: known bends found, wells without amplification refused."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hepatica.bench.assays.qpcr_amplification import AMPLIFICATION, second_derivative_maximum
from hepatica.errors import InputError

CYCLES = np.arange(1, 41, dtype=float)


def well(middle: float, noise: float = 0.0) -> list[float]:
    clean = AMPLIFICATION.predict(CYCLES, np.array([0.2, 8.0, middle, 20.0, 0.8]))
    rng = np.random.default_rng(1)
    return (clean + rng.normal(0, noise, len(CYCLES))).tolist()


@pytest.mark.parametrize("name", ["reps", "batsch1", "boggy"])
def test_the_published_curves_as_the_r_package_reads_them(shared: Path, name: str) -> None:
    folder = shared / "data/bench"
    expected: dict[str, Any] = yaml.safe_load((folder / "expected.yaml").read_text())
    said = expected["qpcr_raw_efficiency"][name]
    with (folder / f"qpcr_raw/{name}.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    cycles = [float(row["Cycles"]) for row in rows]
    for place, cq in list(zip(said["well"], said["cpD2"], strict=True))[::4]:
        assert second_derivative_maximum(cycles, [float(row[place]) for row in rows]) == cq


def test_a_later_curve_has_a_later_cq_in_proportion() -> None:
    early, late = (second_derivative_maximum(CYCLES.tolist(), well(m)) for m in (20.0, 25.0))
    assert late / early == pytest.approx(25 / 20, abs=2e-3)  # the curve is one of log cycle


def test_scatter_moves_the_cq_little() -> None:
    clean = second_derivative_maximum(CYCLES.tolist(), well(24.0))
    assert second_derivative_maximum(CYCLES.tolist(), well(24.0, 0.05)) == pytest.approx(
        clean, abs=0.3
    )


@pytest.mark.parametrize(
    ("cycles", "readings", "message"),
    [
        (CYCLES.tolist(), np.random.default_rng(3).normal(1, 0.1, 40).tolist(), "no Cq"),
        (CYCLES.tolist(), (10 - 0.2 * CYCLES).tolist(), "no Cq"),
        (CYCLES.tolist(), [float("nan"), *well(24.0)[1:]], "no number"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], "expected 10"),
        (CYCLES.tolist(), well(24.0)[:-1], "40 cycles and 39 readings"),
    ],
)
def test_no_amplification(cycles: list[float], readings: list[float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        second_derivative_maximum(cycles, readings)
