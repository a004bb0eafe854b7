"""Patients on a vasoconstrictor: what is due, what is withheld, what has been overtaken."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated

from hepatica.clinic.assess.model import Assessment, Standing, Step
from hepatica.render.assessment_text import render


def steps(found: Assessment, day: int) -> dict[str, Step]:
    assert found.treatment is not None
    return {step.authority: step for step in found.treatment.days[day - 1].steps if step.gives}


def measured(body: dict[str, Any], concept: str, value: float, unit: str, at: float) -> None:
    body["observations"].append(
        {"concept": concept, "value": value, "unit": unit, "time": hours(at)}
    )


def on_day4(spo2: float | None, creatinine: float = 2.2) -> Assessment:
    body = treated((124, creatinine))
    body["observations"] = [r for r in body["observations"] if r["concept"] != "spo2"]
    if spo2 is not None:
        measured(body, "spo2", spo2, "%", 124)
        measured(body, "fio2", 0.21, "1", 124)
    return look(body, 126)


def test_a_day_gives_nothing_at_a_low_saturation() -> None:
    found = on_day4(86)
    due = steps(found, 4)
    assert set(due) == {"US label; AGA 2024"}
    assert {step.standing for step in due.values()} == {Standing.CONTRAINDICATED}
    assert due["US label; AGA 2024"].text == (
        "no step is proposed while this stands: SpO2 below 90% (hypoxia)"
    )
    assert "1.7 mg" not in str(found.treatment and found.treatment.days[3:])
    assert [step.standing for step in steps(found, 5).values()] == [Standing.CONTRAINDICATED]
    assert steps(found, 1)["US label"].text.startswith("one 0.85 mg vial")


@pytest.mark.parametrize(
    ("spo2", "standing", "told"),
    [
        (86, Standing.CONTRAINDICATED, "increase; not proposed while a contraindication stands"),
        (None, Standing.CHECK_FIRST, "increase; check first what is unknown under"),
        (96, Standing.APPLIES, "by creatinine alone: increase"),
    ],
)
def test_the_label_on_day_4_is_told_with_what_stands_against_it(
    spo2: float | None, standing: Standing, told: str
) -> None:
    found = on_day4(spo2)
    assert found.treatment is not None
    assert (found.treatment.day4, found.treatment.day4_standing) == ("increase", standing)
    text = " ".join(render(found).split())
    assert told in text
    assert ("increase;" in text) == (standing is not Standing.APPLIES)


def test_a_day_says_first_what_is_unknown() -> None:
    one = steps(on_day4(None), 4)["US label"]
    assert one.standing is Standing.CHECK_FIRST
    assert one.text.startswith("check first: SpO2 below 90% (hypoxia); ")
    assert "; then: creatinine down by less than 30%: may be raised to 1.7 mg" in one.text
    assert "oxygen saturation (SpO2) of the last 24 h" in one.missing


def test_a_day_is_plain_where_nothing_speaks_against_it() -> None:
    one = steps(on_day4(96), 4)["US label"]
    assert one.standing is Standing.APPLIES
    assert (
        one.text
        == "creatinine down by less than 30%: may be raised to 1.7 mg (two vials) every 6 hours"
    )


def test_nothing_is_due_once_a_course_has_ended() -> None:
    body = treated((124, 2.2))
    body["drugs"][-1]["end"] = hours(125)
    found = look(body, 150)
    assert found.treatment is not None
    assert {step.state for day in found.treatment.days for step in day.steps} == {"done"}


@pytest.mark.parametrize(("name", "last"), [("end-us", (1.5, 1.4)), ("end-philippines", (2.2, 2))])
def test_continuing_is_held_back_by_hypoxia(name: str, last: tuple[float, float]) -> None:
    body = treated((100, last[0]), (124, last[1]))
    measured(body, "spo2", 84, "%", 124)
    one = rule(look(body, 126), name)
    assert one.standing is Standing.CONTRAINDICATED
    assert one.text.startswith("Not proposed: Continuing terlipressin")


def test_a_label_does_not_continue_what_it_stops() -> None:
    body = treated((126.5, 2.5))
    measured(body, "spo2", 96, "%", 126.5)
    found = look(body)
    assert rule(found, "day3-stop-philippines").standing is Standing.APPLIES
    assert rule(found, "end-philippines").standing is Standing.NOT_NOW


CONTINUING = ("day4-continue", "day4-increase", "day3-step-up-china", "end-us", "end-philippines")


def test_a_later_creatinine_overtakes_day_4() -> None:
    body = treated((124, 1.7), (268, 3.0))  # a fall of a third, then above where it began
    measured(body, "spo2", 96, "%", 268)
    found = look(body, 270)
    assert {rule(found, name).standing for name in CONTINUING} == {Standing.NOT_NOW}
    assert not steps(found, 10)
    one = rule(found, "stop-nonresponse-practice")
    assert one.standing is Standing.APPLIES
    assert one.for_this_patient == (
        "creatinine 2.5 mg/dL before the first dose, 3 mg/dL at 2026-03-13 12:00 (+20.0%)"
    )


def test_a_later_creatinine_of_day_4_holds_the_raise_back() -> None:
    body = treated((122, 2.2), (125, 2.6))
    measured(body, "spo2", 96, "%", 125)
    found = look(body, 126)
    assert rule(found, "day4-increase").standing is Standing.NOT_NOW
    assert "US label" not in steps(found, 4)


def test_a_better_creatinine_after_day_4_is_no_reason_to_stop() -> None:
    found = look(treated((124, 1.7), (148, 1.6)), 150)
    assert rule(found, "day4-continue").standing is Standing.NOT_NOW
    assert rule(found, "stop-nonresponse-practice").standing is Standing.NOT_NOW
    assert rule(found, "end-philippines-reached").standing is Standing.APPLIES


@pytest.mark.parametrize(
    ("creatinine", "reached"),
    [(1.47, True), (1.75, True), (1.76, False), (2.2, False)],  # 130 umol/L; 30% of 2.5 mg/dL
)
def test_the_end_of_the_philippines_label_is_not_continued_to(
    creatinine: float, reached: bool
) -> None:
    found = look(treated((124, 2.0), (148, creatinine)), 150)
    assert (rule(found, "end-philippines").standing is Standing.NOT_NOW) == reached
    one = rule(found, "end-philippines-reached")
    assert (one.standing is Standing.APPLIES) == reached
    if reached:
        assert f"creatinine {creatinine} mg/dL" in (one.for_this_patient or "")


def test_nothing_continues_after_14_days() -> None:
    found = look(treated((124, 1.7)), 54 + 14 * 24)
    assert {rule(found, name).standing for name in CONTINUING} == {Standing.NOT_NOW}
    one = rule(found, "past-day14")
    assert (one.standing, one.section) == (Standing.APPLIES, "now")
    assert rule(look(treated((124, 1.7)), 54 + 13 * 24), "end-day14").standing is Standing.APPLIES


def running(drug: str, **dose: Any) -> dict[str, Any]:
    body = textbook()
    body["drugs"].append({"name": drug, "start": hours(54), "end": None, **dose})
    measured(body, "creatinine", 2.4, "mg/dL", 76)
    return body


NOREPINEPHRINE = {"dose": "0.1", "unit": "ug/kg/min"}


def test_norepinephrine_that_runs_is_not_proposed_afresh() -> None:
    body = running("norepinephrine", **NOREPINEPHRINE)
    measured(body, "map", 90, "mmHg", 76)
    found = look(body)
    assert rule(found, "norepinephrine").standing is Standing.NOT_NOW
    assert rule(found, "midodrine-octreotide").standing is Standing.NOT_NOW
    assert rule(found, "norepinephrine-step").standing is Standing.NOT_NOW
    aim = rule(found, "norepinephrine-aim-arora")
    assert aim.standing is Standing.APPLIES
    assert aim.for_this_patient is not None
    assert aim.for_this_patient.endswith("(change +14 mmHg)")
    said = rule(found, "vasoconstrictor-response").for_this_patient or ""
    assert "day 2 of the vasoconstrictor" in said
    assert "(-4.0%)" in said
    start = rule(found, "terlipressin-us")
    assert "norepinephrine_or_midodrine" in [p.id for p in start.first]


@pytest.mark.parametrize(
    ("pressure", "ischaemia", "standing"),
    [
        (80, "absent", Standing.APPLIES),
        (80, "present", Standing.CONTRAINDICATED),
        (80, None, Standing.CHECK_FIRST),
        (86, "absent", Standing.NOT_NOW),
        (None, "absent", Standing.UNDECIDED),
    ],
)
def test_norepinephrine_is_stepped_up_short_of_the_rise(
    pressure: int | None, ischaemia: str | None, standing: Standing
) -> None:
    body = running("norepinephrine", **NOREPINEPHRINE)
    body["conditions"] = [
        c for c in body["conditions"] if c["name"] != "ongoing_coronary_ischaemia"
    ]
    if ischaemia:
        one = {"name": "ongoing_coronary_ischaemia", "status": ischaemia}
        body["conditions"].append(one)
    if pressure is not None:
        measured(body, "map", pressure, "mmHg", 76)
    found = look(body)
    assert rule(found, "norepinephrine-step").standing is standing
    review = rule(found, "vasoconstrictor-ischaemia").standing
    assert (review is Standing.APPLIES) == (ischaemia == "present")


def test_norepinephrine_for_shock_has_no_target_of_hrs() -> None:
    body = running("norepinephrine", **NOREPINEPHRINE)
    for one in body["conditions"]:
        if one["name"] == "shock":
            one["status"] = "present"
    measured(body, "map", 76, "mmHg", 76)
    found = look(body)
    for name in ("norepinephrine-aim-arora", "norepinephrine-aim-tsaco", "norepinephrine-step"):
        assert rule(found, name).standing is Standing.NOT_NOW


def test_midodrine_that_runs_is_followed() -> None:
    body = running("midodrine", dose=7.5, unit="mg", interval_h=8)
    measured(body, "map", 84, "mmHg", 76)
    found = look(body)
    assert rule(found, "midodrine-octreotide").standing is Standing.NOT_NOW
    assert rule(found, "midodrine-aim").standing is Standing.WEIGH
    assert rule(found, "midodrine-step").standing is Standing.WEIGH
    assert "(change +8 mmHg)" in (rule(found, "midodrine-step").for_this_patient or "")


def test_no_response_to_norepinephrine_is_said_from_day_4() -> None:
    body = running("norepinephrine", **NOREPINEPHRINE)
    measured(body, "creatinine", 2.6, "mg/dL", 124)
    found = look(body, 126)
    assert rule(found, "vasoconstrictor-no-response").standing is Standing.APPLIES
    assert rule(look(body, 77), "vasoconstrictor-no-response").standing is Standing.NOT_NOW


RRT = "renal-replacement"


def ended_now(*creatinines: tuple[float, float]) -> Assessment:
    """Terlipressin whose end on record is the time of asking: it runs, and has a response."""
    body = treated(*creatinines)
    body["drugs"][-1]["end"] = hours(creatinines[-1][0])
    return look(body, creatinines[-1][0])


def test_renal_replacement_waits_for_the_day_of_non_response() -> None:
    early = ended_now((76, 2.6), (100, 2.7))
    assert early.episode.response == "none"
    assert rule(early, RRT).standing is Standing.NOT_NOW
    falling = ended_now((76, 2.4), (126, 2.3))
    assert falling.episode.response == "none"
    assert rule(falling, RRT).standing is Standing.NOT_NOW


def test_renal_replacement_is_spoken_of_where_day_4_ends_the_drug_and_after_its_end() -> None:
    assert rule(ended_now((76, 2.6), (126, 2.7)), RRT).standing is Standing.APPLIES
    assert rule(look(treated((76, 2.6), (126, 2.7)), 126), RRT).standing is Standing.APPLIES
    body = treated((76, 2.4), (126, 2.3))
    body["drugs"][-1]["end"] = hours(126)
    assert rule(look(body, 127), RRT).standing is Standing.APPLIES
    body["drug_list_complete"] = False
    assert rule(look(body, 127), RRT).standing is Standing.UNDECIDED
