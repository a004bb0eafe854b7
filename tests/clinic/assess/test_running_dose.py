"""The steps of an authority against the dose that runs, and the hours since the first dose."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.render.assessment_text import render


def on(creatinine: float, *, at: float = 124, **dose: Any) -> Assessment:
    body = treated((at, creatinine))
    body["drugs"][-1].update(dose)
    body["observations"].append({"concept": "spo2", "value": 96, "unit": "%", "time": hours(at)})
    return look(body)


OTHER = {"dose": 2, "unit": "mg (acetate)", "interval_h": 4}
BARE = {"dose": 1, "unit": "mg"}
SAME = {"dose": 1, "unit": "mg (acetate)"}


@pytest.mark.parametrize(
    ("dose", "standing"),
    [
        (SAME, Standing.APPLIES),
        (OTHER, Standing.WEIGH),
        ({"interval_h": 4}, Standing.WEIGH),
        (BARE, Standing.CHECK_FIRST),
    ],
)
def test_staying_at_the_dose_of_the_label_asks_for_the_dose_that_runs(
    dose: dict[str, Any], standing: Standing
) -> None:
    found = on(1.7, **dose)
    one = rule(found, "day4-continue")
    assert one.standing is standing
    assert "other_dose" in [item.id for item in one.first] or standing is Standing.APPLIES
    assert found.treatment is not None
    step = next(s for s in found.treatment.days[3].steps if s.gives and s.state == "due")
    assert step.standing is standing


def test_a_dose_that_was_raised_is_not_raised_again() -> None:
    body = treated((124, 2.2))
    body["drugs"][-1]["end"] = hours(124)
    body["drugs"].append(
        {"name": "terlipressin", "dose": "1.7", "unit": "mg (base)", "start": hours(126),
         "end": None, "interval_h": 6}
    )  # fmt: skip
    found = look(body, 127)
    assert rule(found, "day4-increase").standing is Standing.NOT_NOW
    assert found.treatment is not None
    assert "1.7 mg (two vials)" not in str(found.treatment.days[3].steps)
    assert rule(on(2.2), "day4-increase").standing is Standing.APPLIES
    raised = look(body, 150).treatment
    assert raised is not None
    assert "1.7 mg (two vials)" in str(raised.days[3].steps)


def test_stepping_up_in_china_is_weighed_on_an_infusion() -> None:
    one = rule(on(2.4, at=127, dose=2, unit="mg/d"), "day3-step-up-china")
    assert "infusion_runs" in [item.id for item in one.first]
    assert one.standing is Standing.WEIGH


@pytest.mark.parametrize(
    ("at", "standing"),
    [(124, Standing.UNDECIDED), (125.9, Standing.UNDECIDED), (126, Standing.APPLIES)],
)
def test_three_days_are_72_hours_from_the_first_dose(at: float, standing: Standing) -> None:
    found = on(2.6, at=at)
    assert rule(found, "day3-stop-philippines").standing is standing
    if standing is Standing.UNDECIDED:
        needs = "creatinine before the first dose, and 72 to 96 h after it"
        assert needs in rule(found, "day3-step-up-china").missing
    else:
        said = "creatinine 2.5 mg/dL to 2.6 mg/dL, 72 h after the first dose"
        assert said in rule(found, "day3-stop-philippines").because


def test_the_hours_since_the_first_dose_are_said() -> None:
    found = on(2.2)
    assert "12.0% from 2.5 mg/dL before the first dose, 70 h after it" in render(found)
    assert "creatinine of day 4, 70 h after the first dose" in rule(found, "day4-increase").because


def test_a_session_and_the_creatinine_after_it_stand_in_the_day_by_day_list() -> None:
    body = treated((76, 2.9), (98, 4.1), (124, 2.0))
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(100)}]
    course = look(body).treatment
    assert course is not None
    assert "Haemodialysis session, 2026-03-06 12:00" in course.days[2].given
    assert "renal replacement" not in (course.days[2].change or "")
    assert (course.days[3].change or "").endswith(
        "70 h after it; after renal replacement, which lowers creatinine by itself"
    )


def test_what_day_4_said_is_not_held_against_what_came_later() -> None:
    found = look(treated((124, 2.2), (172, 3.0)), 173)
    assert found.treatment is not None
    assert found.treatment.day4_standing is Standing.NOT_NOW
    said = "by creatinine alone: increase; overtaken by a later one (creatinine 3"
    assert said in " ".join(render(found).split())


def test_an_ended_course_is_told_as_ended() -> None:
    body = treated((124, 1.7))
    body["drugs"][-1]["end"] = hours(150)
    text = " ".join(render(look(body, 300)).split())
    assert "ended 2026-03-08 14:00; US label on day 4, by creatinine alone: continue [" in text
    assert "; day 11" not in text


def test_the_end_is_due_after_14_days() -> None:
    body = treated((124, 1.7), (54 + 15 * 24, 1.6))
    text = " ".join(render(look(body)).split())
    assert "Plan: Act on first • US label: Terlipressin is past its 14 days" in text
    assert "US label (due): past the 14 days at most: end terlipressin" in text
    assert text.count("US label: continuous pulse oximetry") == 1


def shock(body: dict[str, Any]) -> dict[str, Any]:
    for one in body["conditions"]:
        if one["name"] == "shock":
            one["status"] = "present"
    return body


def test_shock_on_terlipressin_is_weighed_before_it_goes_on() -> None:
    found = look(shock(treated((76, 2.4))), 77)
    one = rule(found, "end-philippines")
    assert ("shock", "met") in [(item.id, item.state) for item in one.first]
    assert "Caution with Terlipressin: shock" in " ".join(render(found).split())


def test_norepinephrine_for_shock_is_no_treatment_of_hrs() -> None:
    body = shock(textbook())
    body["drugs"].append(
        {"name": "norepinephrine", "dose": "0.1", "unit": "ug/kg/min", "start": hours(54),
         "end": None}
    )  # fmt: skip
    assert rule(look(body, 56), "vasoconstrictor-response").standing is Standing.NOT_NOW


def midodrine(start: float, creatinine: float = 2.5) -> Assessment:
    body = textbook()
    body["drugs"].append(
        {"name": "midodrine", "dose": 7.5, "unit": "mg", "start": hours(start), "interval_h": 8}
    )
    for row in body["observations"]:
        if row["concept"] == "creatinine" and row["time"] >= hours(27):
            row["value"] = creatinine
    return look(body)


def test_no_improvement_on_long_term_midodrine_is_no_improvement() -> None:
    assert [one.state for one in midodrine(-700).criteria[:3]] == ["met"] * 3


def test_an_improvement_on_long_term_midodrine_tells_nothing() -> None:
    assert [one.state for one in midodrine(-700, 1.4).criteria[:3]] == ["unknown"] * 3


FOLLOWED = ("midodrine-aim", "midodrine-step", "vasoconstrictor-response")


def test_midodrine_from_before_the_aki_is_not_followed_as_its_treatment() -> None:
    found = midodrine(-700)
    assert {rule(found, name).standing for name in FOLLOWED} == {Standing.NOT_NOW}
    begun = midodrine(30)
    assert Standing.NOT_NOW not in {rule(begun, name).standing for name in FOLLOWED}
