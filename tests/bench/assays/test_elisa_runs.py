"""Several runs in one table: each on its own curve, and the spread between them."""

from __future__ import annotations

from typing import Any

import numpy as np

from hepatica.bench import analyse
from hepatica.bench.result import AssayResult, Verdict

LEVELS = np.repeat(np.geomspace(3.9, 1000, 9), 2)


def rows(ends: dict[str, float], sample: float = 100.0) -> dict[str, list[Any]]:
    """Standards and one sample of 100 pg/ml in runs whose upper plateau is `ends`."""
    found: dict[str, list[Any]] = {
        key: [] for key in ("run", "kind", "concentration", "signal", "sample")
    }
    for run, end in ends.items():
        for place, x in enumerate([*LEVELS, sample]):
            standard = place < len(LEVELS)
            y = (0.05 + (end - 0.05) * x / (90 + x)) * (1.01 if place % 2 else 0.99)
            cells = (run, "standard" if standard else "sample", x if standard else "", y,
                     "" if standard else "plasma")  # fmt: skip
            for key, cell in zip(found, cells, strict=True):
                found[key].append(cell)
    return found


def elisa(ends: dict[str, float]) -> AssayResult:
    return analyse("elisa", rows(ends), {"units": {"concentration": "pg/ml"}})


def test_a_sample_is_read_on_the_curve_of_its_own_run() -> None:
    result = elisa({"1": 2.0, "2": 3.0, "3": 4.0})
    for run in ("1", "2", "3"):
        found = result.estimate("concentration", f"run {run}: plasma")
        assert found.verdict is Verdict.OK
        assert found.value is not None
        assert abs(found.value / 100 - 1) < 0.05


def test_the_spread_between_runs_is_given() -> None:
    variation = elisa({"1": 2.8, "2": 3.0, "3": 3.2, "4": 3.0}).estimate("variation between runs")
    assert variation.unit == "%"
    assert variation.n == 4
    assert variation.value is not None
    assert 3 < variation.value < 7  # SD of the plateaus by maximum likelihood: 0.141 of 3.0


def test_two_runs_tell_no_spread() -> None:
    found = elisa({"1": 2.0, "2": 3.0}).estimate("end, between runs (SD)")
    assert found.verdict is Verdict.NOT_ESTIMABLE
    assert "2 runs; at least 3 are needed" in str(found.reason)


def test_one_run_is_as_without_the_column() -> None:
    table = rows({"1": 3.0})
    plain = {key: cells for key, cells in table.items() if key != "run"}
    study = {"units": {"concentration": "pg/ml"}}
    assert analyse("elisa", table, study).estimates == analyse("elisa", plain, study).estimates


def test_a_blank_that_is_taken_off_leaves_the_spread_between_runs() -> None:
    table = rows({"1": 2.8, "2": 3.0, "3": 3.2})
    for run in ("1", "2", "3"):
        for row in ((run, "blank", "", 0.05, ""), (run, "standard", 0, 0.0499, "")):
            for key, cell in zip(table, row, strict=True):
                table[key].append(cell)
    name, study = "end, between runs (SD)", {"units": {"concentration": "pg/ml"}}
    plain = analyse("elisa", table, study).estimate(name)
    less = analyse("elisa", table, {**study, "subtract_blank": True}).estimate(name)
    assert plain.value is not None
    assert less.value is not None
    assert abs(less.value / plain.value - 1) < 1e-3
