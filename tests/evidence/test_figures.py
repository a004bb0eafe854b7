"""Figures in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.evidence.curated import Every, Figure, Unit
from hepatica.evidence.figures import in_words, number
from hepatica.evidence.numbers import numbers

UNITS = {
    "mg": Unit(text="mg", name="milligrams"),
    "h": Unit(text="h", name="hours"),
    "%": Unit(text="%", name="per cent"),
    "d": Unit(text="days", name="days", one="day"),
    "{patients}": Unit(text="patients", name="patients", one="patient"),
    "%/a": Unit(text="% per year", name="per cent per year"),
}


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (Figure(name="reversal", value=29.1, unit="%"), "reversal: 29.1%"),
        (
            Figure(name="dose", value=0.85, unit="mg", every=Every(low=6, unit="h")),
            "dose: 0.85 mg every 6 h",
        ),
        (
            Figure(name="dose", low=0.5, high=2, unit="mg", every=Every(low=4, high=6, unit="h")),
            "dose: 0.5 to 2 mg every 4 to 6 h",
        ),
        (Figure(name="fall", value=30, unit="%", relation=">=", timepoint="day 4"), "≥30%, day 4"),
        (Figure(name="share", value=30, unit="%", relation="~"), "share: about 30%"),
        (Figure(name="stay", value=1, unit="d"), "stay: 1 day"),
        (Figure(name="stay", value=1.5, unit="d"), "stay: 1.5 days"),
        (Figure(name="new ascites", low=5, high=10, unit="%/a"), "5 to 10% per year"),
        (Figure(name="approval", text="2022-09-14"), "approval: 2022-09-14"),
        (
            Figure(name="odds ratio", value=0.98, ci_low=0.71, ci_high=1.33),
            "0.98 (CI 0.71 to 1.33)",
        ),
        (
            Figure(name="hazard ratio", value=2, ci_low=1, ci_high=3.7, ci_level=95, p="0.04"),
            "2 (95% CI 1 to 3.7; p 0.04)",
        ),
        (Figure(name="deaths", value=22, unit="{patients}", n=22), "22 patients (n = 22)"),
        (Figure(name="response", value=53, unit="%", N=298), "53% (N = 298)"),
        (Figure(name="dose", value=2.23, sd=0.65), "2.23 (SD 0.65)"),
        (Figure(name="change", value=-0.7), "change: -0.7"),
        (Figure(name="weight", value=3, unit="stone"), "weight: 3 stone"),
        (
            Figure(name="a", value=1, arm="placebo", definition="by day 14", note="read once"),
            "a (placebo): 1 (by day 14; read once)",
        ),
    ],
)
def test_a_figure_in_words(figure: Figure, words: str) -> None:
    assert words in in_words(figure, UNITS)


@pytest.mark.parametrize(
    ("value", "text"),
    [(16.0, "16"), (0.0087, "0.0087"), (1.1e-06, "0.0000011"), (1103, "1103"), (-0.0, "0")],
)
def test_a_number_is_written_out(value: float, text: str) -> None:
    assert number(value) == text


@given(st.decimals(min_value=0, max_value=100_000, places=4))
def test_a_number_keeps_its_value(value: object) -> None:
    assert float(number(float(str(value)))) == float(str(value))


@given(
    value=st.integers(0, 10_000),
    low=st.integers(1, 24),
    p=st.sampled_from(["0.012", "<0.001", None]),
    n=st.integers(0, 500),
)
def test_every_number_stands_in_the_words(value: int, low: int, p: str | None, n: int) -> None:
    figure = Figure(name="x", value=value, unit="mg", every=Every(low=low, unit="h"), p=p, n=n)
    shown = numbers(in_words(figure, UNITS))
    assert numbers(f"{value} {low} {n} {p}") <= shown


def test_without_units_the_shipped_ones_print() -> None:
    figure = Figure(name="albumin", value=8, unit="g/L{ascites}")
    assert in_words(figure) == "albumin: 8 g per L removed"


def test_a_figure_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="'empty' has neither"):
        in_words(Figure(name="empty"), UNITS)
