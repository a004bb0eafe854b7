"""The mark of tests that start Spark: `-m "not spark"` leaves them out."""

from __future__ import annotations

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "spark: starts Spark, which takes half a minute")
