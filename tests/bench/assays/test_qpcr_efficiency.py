"""Efficiencies from dilution series, and series that give none."""

from __future__ import annotations

import pytest
from tests.bench.simulated_qpcr import run, samples

from hepatica.bench.result import Verdict


def test_a_dilution_series_that_does_not_dilute_gives_no_efficiency() -> None:
    flat = [{"sample": "pool", "gene": "T", "role": "standard", "quantity": str(4.0**-k),
             "cq": str(25 - 0.5 * k)} for k in range(5)]  # fmt: skip
    rows = [{"role": "sample"} | row for row in samples()] + flat
    found = run(rows, references=["A", "B"]).estimate("efficiency")
    assert found.verdict is Verdict.NOT_ESTIMABLE
    two = [row for row in flat if float(row["quantity"]) > 0.2]
    rows = [{"role": "sample"} | row for row in samples()] + two
    found = run(rows, references=["A", "B"]).estimate("efficiency")
    assert "2 dilution level(s)" in str(found.reason)


def test_a_dilution_series_alone_gives_its_efficiency() -> None:
    rows = [{"sample": "pool", "gene": "T", "role": "standard", "quantity": str(10.0**-k),
             "cq": str(20 + 3.4 * k + 0.02 * (k % 2))} for k in range(5)]  # fmt: skip
    result = run(rows)
    assert result.estimate("efficiency").value == pytest.approx(10 ** (1 / 3.4) - 1, rel=0.02)
    assert "no ratio is given" in result.warnings[0]
    assert result.title == "Amplification efficiency by qPCR"
    assert result.panels


def test_a_series_that_more_than_doubles_gives_no_efficiency() -> None:
    """Fivefold dilutions entered as tenfold ones."""
    rows = [{"sample": "pool", "gene": "T", "role": "standard", "quantity": str(10.0**-k),
             "cq": str(20 + 2.32 * k + 0.02 * (k % 2))} for k in range(5)]  # fmt: skip
    found = run(rows).estimate("efficiency")
    assert found.verdict is Verdict.NOT_ESTIMABLE
    assert "check the quantities of the standards" in str(found.reason)


def test_standards_without_a_cq_are_counted() -> None:
    rows = [{"sample": "pool", "gene": "T", "role": "standard", "quantity": str(10.0**-k),
             "cq": "" if k > 3 else f"{20 + 3.4 * k + 0.02 * (k % 2)}"}
            for k in range(6)]  # fmt: skip
    (check,) = [c for c in run(rows).checks if c.name == "efficiency"]
    assert "over 4 dilutions, 2 standard(s) without a Cq left out" in str(check.note)
