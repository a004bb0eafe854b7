"""Assays: from a tidy table to estimates with intervals, verdicts, checks and a figure."""

from __future__ import annotations

from hepatica.bench.registry import ASSAYS, analyse, example, run

__all__ = ["ASSAYS", "analyse", "example", "run"]
