"""A measured value in a question means a concept."""

from __future__ import annotations

import pytest

from hepatica.ask.engine import Engine


@pytest.mark.parametrize(
    ("question", "concept", "means"),
    [
        ("creatinine 6, can I still give terlipressin?", "high-creatinine", True),
        ("creatinine is now 471 micromol/L, terlipressin?", "high-creatinine", True),
        ("creatinine of 5,4 mg/dL and HRS", "high-creatinine", True),
        ("creatinine 2.4 mg/dL and HRS", "high-creatinine", False),
        ("creatinine below 5 mg/dL and HRS", "high-creatinine", False),
        ("creatinine and albumin 6 g/dL in HRS", "high-creatinine", False),
        ("sats 89% on air, terlipressin?", "hypoxia", True),
        ("SpO2 95% on air, terlipressin?", "hypoxia", False),
        ("cirrhosis with Na 122", "hyponatraemia", True),
        ("ascitic PMN 640/mm3", "spontaneous-bacterial-peritonitis", True),
        ("MELD 36 and terlipressin", "high-meld", True),
        ("MELD 22 and terlipressin", "high-meld", False),
    ],
)
def test_a_value_in_its_range_means_the_concept(
    engine: Engine, question: str, concept: str, means: bool
) -> None:
    assert (concept in engine.ask(question).subject) is means
