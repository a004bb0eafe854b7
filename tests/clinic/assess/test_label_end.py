"""The end that the US label sets once creatinine has reversed: 24 hours after the second value."""

from __future__ import annotations

import pytest
from assess.test_assess import look, rule, treated
from assess.test_courses import spo2

from hepatica.clinic.assess.model import Assessment, Standing

GOES_ON, OVER = "continue until 24 hours after the second", "are over: end terlipressin"


def reversed_on_day_5(at: float) -> Assessment:
    """The second creatinine at 156 h (day 5, 20:00), so that the label ends at 180 h (day 6)."""
    return look(spo2(treated((76, 2.2), (126, 1.6), (150, 1.4), (156, 1.3)), at), at)


def told(found: Assessment, text: str) -> list[int]:
    assert found.treatment is not None
    return [day.number for day in found.treatment.days for step in day.steps if text in step.text]


def test_the_end_is_named_and_no_step_goes_on_beyond_it() -> None:
    found = reversed_on_day_5(156)
    said = "the second at 2026-03-08 20:00, 24 hours after it 2026-03-09 20:00"
    assert rule(found, "end-us").for_this_patient == said
    assert told(found, GOES_ON) == [5, 6]
    assert told(found, said) == [5, 6]
    assert not told(found, OVER)
    assert found.treatment is not None
    assert found.treatment.days[-1].number == 6


@pytest.mark.parametrize(
    ("at", "goes_on", "over"),
    [(179.5, [5, 6], []), (180, [5], [6]), (200, [5, 6], [7]), (226, [5, 6], [7, 8])],
)
def test_after_the_24_hours_the_label_ends_terlipressin(
    at: float, goes_on: list[int], over: list[int]
) -> None:
    found = reversed_on_day_5(at)
    assert (told(found, GOES_ON), told(found, OVER)) == (goes_on, over)
    assert (rule(found, "end-us").standing is Standing.NOT_NOW) == bool(over)
    assert (rule(found, "end-us-reached").standing is Standing.APPLIES) == bool(over)


def test_without_reversal_there_is_no_such_end() -> None:
    found = look(spo2(treated((76, 2.2), (126, 1.6), (150, 1.4)), 150))
    assert rule(found, "end-us-reached").standing is Standing.NOT_NOW
    assert told(found, GOES_ON) == [5, 6, 7, 8]


def test_reversal_before_day_4_leaves_nothing_to_decide_on_it() -> None:
    found = look(spo2(treated((76, 1.4), (80, 1.3), (110, 1.2)), 110))
    assert told(found, OVER) == [3]
    assert not told(found, "stay at 0.85 mg")
