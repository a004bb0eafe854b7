from __future__ import annotations

import pytest

from hepatica.evidence.store.index import analyse, query_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Terlipressin reverses", ["terlipressin", "revers"]),
        ("SCr ≥2.25 mg/dL", ["scr", "2.25", "mg", "dl"]),
        ("SCr ≥2·25 mg/dL", ["scr", "2.25", "mg", "dl"]),
        ("0.85 mg (1 vial) every 6 h", ["0.85", "mg", "1", "vial", "everi", "6", "h"]),
        ("V1a and V1A receptors", ["v", "1a", "and", "v", "1a", "receptor"]),
        ("IL6, IL-6 and IL 6", ["il", "6", "il", "6", "and", "il", "6"]),
        ("5mg 5 mg", ["5", "mg", "5", "mg"]),
        ("133 µmol/L, 133 μmol/L", ["133", "umol", "l", "133", "umol", "l"]),
        ("45 × 10⁹/L, 45 × 10^9/L", ["45", "10", "9", "l", "45", "10", "9", "l"]),
        ("1.73 m², CO₂", ["1.73", "m", "2", "co", "2"]),
        ("β-blocker, TNFα, Γ-GT", ["beta", "blocker", "tnf", "alpha", "gamma", "gt"]),
        ("naïve Ångström", ["naiv", "angstrom"]),
        ("HRS‐AKI", ["hrs", "aki"]),
        ("x" * 81 + " liver", ["liver"]),
        ("half \ud800 pair", ["half", "pair"]),
        ("", []),
    ],
)
def test_terms_of_a_text(text: str, terms: list[str]) -> None:
    assert analyse(text) == terms


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("What is the dose of terlipressin?", ["dose", "terlipressin"]),
        ("Is albumin not better than no albumin?", ["albumin", "not", "better", "no"]),
        ("without dialysis", ["without", "dialysi"]),
        ("SCr above 2.25?", ["scr", "abov", "2.25"]),
        ("What are the treatment options?", ["treatment"]),
        ("Who is it?", ["who", "is", "it"]),
        ("?!", []),
    ],
)
def test_terms_of_a_question(question: str, terms: list[str]) -> None:
    assert list(query_terms(question)) == terms


def test_a_question_counts_what_it_repeats() -> None:
    assert query_terms("albumin or albumins?") == {"albumin": 2}
