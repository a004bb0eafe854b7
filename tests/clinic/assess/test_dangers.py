"""What terlipressin stops for stays on the page when it is over."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated
from assess.test_courses import creatinine, spo2, terlipressin

from hepatica.clinic.assess.model import Assessment, Day, Standing
from hepatica.render.assessment_text import render

STOPPED = "hypoxia (SpO2 below 90%) during the course of terlipressin"


def low_on_day_3(value: float = 88, at: float = 100) -> dict[str, Any]:
    """Day 4 at 126 h, with a creatinine down by a quarter and a normal saturation."""
    return spo2(spo2(treated((76, 2.4), (126, 1.9)), at, value), 126)


def state(found: Assessment, name: str) -> str:
    return next(p.state for p in found.precautions if p.drug == "Terlipressin" and p.id == name)


def day(found: Assessment, number: int) -> Day:
    assert found.treatment is not None
    return found.treatment.days[number - 1]


def test_a_low_saturation_stands_on_its_day_and_before_the_later_step() -> None:
    found = look(low_on_day_3())
    assert day(found, 3).dangers == ("SpO2 88 % at 2026-03-06 12:00",)
    assert not day(found, 4).dangers
    step = next(step for step in day(found, 4).steps if step.gives)
    assert step.text.startswith(f"weigh first: {STOPPED}, at which the US label stops it; then: ")
    one = rule(found, "day4-increase")
    assert one.standing is Standing.WEIGH
    text = " ".join(render(found).split())
    assert "! SpO2 88 % at 2026-03-06 12:00" in text
    assert f"Caution with Terlipressin: {STOPPED}" in text


@pytest.mark.parametrize(
    ("value", "at", "expected"),
    [(90, 100, "not_met"), (89, 100, "met"), (88, 53, "not_met"), (88, 54, "met")],
)
def test_the_rule_is_reached_below_90_from_the_first_dose_on(
    value: float, at: float, expected: str
) -> None:
    assert state(look(low_on_day_3(value, at)), "hypoxia_on_course") == expected


def test_hypoxia_now_is_a_contraindication_and_not_said_twice() -> None:
    found = look(spo2(low_on_day_3(), 126.5, 87))
    assert state(found, "hypoxia_spo2_lt_90") == "met"
    assert state(found, "hypoxia_on_course") == "not_met"


def test_hypoxia_as_a_condition_that_is_over_counts_too() -> None:
    body = low_on_day_3(96)
    body["conditions"] += [
        {"name": "hypoxia", "status": "present", "start": hours(90), "end": hours(99)},
        {"name": "hypoxia", "status": "absent", "start": hours(99)},
    ]
    found = look(body)
    assert state(found, "hypoxia_on_course") == "met"
    assert "hypoxia present from 2026-03-06 02:00 to 2026-03-06 11:00" in day(found, 3).dangers


def test_volume_overload_stands_on_each_of_its_days() -> None:
    body = low_on_day_3(96)
    body["conditions"] = [c for c in body["conditions"] if c["name"] != "volume_overload"]
    body["conditions"] += [
        {"name": "volume_overload", "status": "present", "start": hours(80)},
        {"name": "volume_overload", "status": "absent", "start": hours(110)},
    ]
    found = look(body)
    assert [number for number in range(1, 5) if day(found, number).dangers] == [2, 3]


def test_the_hypoxia_of_a_course_is_weighed_before_the_next() -> None:
    body = spo2(creatinine(textbook(), (76, 2.6), (78, 2.6)), 70, 85)
    body["drugs"] += terlipressin((54, 72))
    assert state(look(spo2(body, 78)), "hypoxia_on_course") == "met"


def test_without_a_course_there_is_nothing_to_weigh() -> None:
    assert state(look(spo2(textbook(), 51, 85)), "hypoxia_on_course") == "not_met"
