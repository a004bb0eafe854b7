"""Fixtures that every part of the test-suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data that is too large or not ours to ship; skips where it is absent."""
    root = Path(os.environ.get("HEPATICA_DATA", Path(__file__).parents[1].parent / "shared"))
    if not root.is_dir():
        pytest.skip(f"real data not found at {root}: set HEPATICA_DATA to its folder")
    return root
