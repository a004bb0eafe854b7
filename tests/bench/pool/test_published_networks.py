"""Networks give the figures that are printed of them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from benchmarks.published import compared

FILE = Path(__file__).parent / "published_networks.yaml"
NETWORKS = yaml.safe_load(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("name", "figures"), [("stroke", 21), ("exacerbation", 36)])
def test_every_printed_figure(name: str, figures: int) -> None:
    rows = list(compared(NETWORKS[name]))
    assert len(rows) == figures
    assert [row for row in rows if not row.holds] == []


def test_a_wrong_count_is_seen() -> None:
    network = NETWORKS["stroke"]
    studies = network["studies"] | {"BAFTA 2007": {"VKAs": [44, 488], "Aspirin": [21, 485]}}
    assert not all(row.holds for row in compared(network | {"studies": studies}))
