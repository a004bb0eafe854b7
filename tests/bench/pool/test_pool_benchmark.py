"""The benchmark counts digits as it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from benchmarks.synthesis import MOST, digits, networks, pairwise


@pytest.mark.parametrize(
    ("pairs", "wanted"),
    [
        ([(1.0, 1.0)], MOST),
        ([(1.001, 1.0)], 3.0),
        ([(200.002, 200.0), (1.0, 1.0)], 5.0),
        ([(1e-12, 0.0)], 12.0),
    ],
)
def test_digits(pairs: list[tuple[float, float]], wanted: float) -> None:
    assert digits(pairs) == pytest.approx(wanted, abs=0.01)


def test_a_wrong_reference_shows(metafor: dict[str, Any]) -> None:
    wrong = json.loads(json.dumps(metafor))
    wrong["results"] = {"sparse_RR_DL_z": wrong["results"]["sparse_RR_DL_z"]}
    assert min(dict(pairwise(wrong, Path())).values()) > 6
    wrong["results"]["sparse_RR_DL_z"]["se"] *= 1.01
    assert min(dict(pairwise(wrong, Path())).values()) < 3


def test_networks_agree(netmeta: dict[str, Any]) -> None:
    assert min(dict(networks(netmeta)).values()) > 6
