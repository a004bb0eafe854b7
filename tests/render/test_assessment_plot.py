"""The figure of an assessment."""

from __future__ import annotations

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
