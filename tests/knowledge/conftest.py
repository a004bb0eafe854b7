"""The shipped knowledge and the evidence it was written from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from hepatica.evidence.knowledge import Knowledge, load


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load()


@pytest.fixture(scope="session")
def facts(shared: Path) -> dict[str, dict[str, Any]]:
    """Every fact of the evidence files, and of those read since, by id, verified or not."""
    folder = shared / "evidence"
    if not folder.is_dir():
        pytest.skip(f"no evidence files in {shared}")
    found: dict[str, dict[str, Any]] = {}
    for path in (*sorted(folder.glob("*-evidence.yaml")), Path(__file__).with_name("facts.yaml")):
        for fact in yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader):
            assert fact["id"] not in found, f"{fact['id']} is given twice"
            found[fact["id"]] = fact
    return found
