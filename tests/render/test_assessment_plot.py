"""The figure of an assessment."""

from __future__ import annotations

import warnings

import pytest
from assess.test_assess import hours, look, textbook

from hepatica.render import assessment_plot


def starts(furosemide: float) -> int:
    """How many markers the figure has, for a diuretic begun then."""
    body = textbook()
    diuretic = {"name": "furosemide", "dose": 40, "unit": "mg", "start": hours(furosemide)}
    body["drugs"].append({**diuretic, "end": hours(1)})
    drawn = assessment_plot.draw(look(body), ".svg").decode()
    return drawn.count('<g id="PathCollection')


def test_a_drug_begun_before_the_figure_has_no_start_in_it() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    assert starts(-500) == starts(-90) - 1  # the first creatinine is of 96 h before the admission


def test_a_patient_without_drugs_is_drawn_without_a_warning() -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed")
    body = {**textbook(), "drugs": []}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert assessment_plot.draw(look(body), ".png")
