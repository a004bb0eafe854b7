"""Patients with findings computed independently: each is met, or disputed with its source."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from benchmarks.vignettes import DISAGREEMENTS, measure

from hepatica.clinic.bedside import Bedside


def test_every_expected_finding_is_met_or_disputed(shared: Path) -> None:
    paths = sorted((shared / "data" / "vignettes").glob("*.yaml"))
    if not paths:
        pytest.skip("no vignettes in the folder of real data")
    engine = Bedside()
    rows = [row for path in paths for row in measure(path, engine)]
    disputed = yaml.safe_load(DISAGREEMENTS.read_text(encoding="utf-8")) or []
    known = {(one["vignette"], one["finding"]) for one in disputed}
    missed = {(row["vignette"], row["finding"]) for row in rows if not row["met"]}
    assert missed == known
    assert all(one["why"] and one["source"] for one in disputed)
    assert len(missed) <= 0.05 * len(rows)
