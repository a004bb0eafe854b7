"""The competing mechanisms of resistance; they live beside the other records, see there."""

from __future__ import annotations

from hepatica.evidence.mechanisms import (
    KNOWLEDGE,
    Change,
    Control,
    Evidence,
    Expectation,
    Hypothesis,
    Measure,
    hypotheses,
    measures,
)

__all__ = [
    "KNOWLEDGE",
    "Change",
    "Control",
    "Evidence",
    "Expectation",
    "Hypothesis",
    "Measure",
    "hypotheses",
    "measures",
]
