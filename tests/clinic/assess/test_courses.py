"""Which course of terlipressin, and which episode of AKI, the plan speaks of."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.render.assessment import page
from hepatica.render.assessment_text import render

STARTING = (
    "terlipressin-us", "terlipressin-europe-bolus", "terlipressin-europe-infusion",
    "terlipressin-china", "before-terlipressin", "albumin-with-vasoconstrictor",
    "norepinephrine", "midodrine-octreotide",
)  # fmt: skip
FALLING = ("day4-continue", "day4-increase", "day3-step-up-china", "end-us", "end-philippines")


def creatinine(body: dict[str, Any], *pairs: tuple[float, float]) -> dict[str, Any]:
    body["observations"] += [
        {"concept": "creatinine", "value": value, "unit": "mg/dL", "time": hours(at)}
        for at, value in pairs
    ]
    return body


def spo2(body: dict[str, Any], at: float, value: float = 96) -> dict[str, Any]:
    body["observations"].append({"concept": "spo2", "value": value, "unit": "%", "time": hours(at)})
    return body


def terlipressin(*spans: tuple[float, float | None]) -> list[dict[str, Any]]:
    dose = {"name": "terlipressin", "dose": "0.85", "unit": "mg (base)"}
    return [
        {**dose, "start": hours(start), "end": None if end is None else hours(end)}
        for start, end in spans
    ]


def charted(until: float) -> list[dict[str, Any]]:
    """Boluses of two minutes every 6 h from 54 h on, the last at `until`."""
    times = range(54, int(until) + 1, 6)
    return terlipressin(*((at, at + 2 / 60) for at in times))


def standings(found: Assessment, names: tuple[str, ...]) -> set[Standing]:
    return {rule(found, name).standing for name in names}


def lead(found: Assessment) -> str:
    return "\n".join(line.text for line in page(found).lead)


def test_nothing_is_started_once_the_kidney_has_recovered() -> None:
    found = look(creatinine(textbook(), (76, 1.8), (100, 1.1)))
    assert [one.state for one in found.criteria[:3]] == ["met"] * 3
    assert standings(found, STARTING) == {Standing.NOT_NOW}
    assert rule(found, "transplant-hrs").standing is Standing.NOT_NOW
    assert "HRS-AKI (ICA 2015): met; no AKI at the last creatinine (creatinine 1.1 mg/dL" in lead(
        found
    )


def test_diuretics_are_not_stopped_for_an_aki_that_is_over() -> None:
    body = creatinine(textbook(), (76, 1.8), (100, 1.1))
    body["drugs"].append(
        {"name": "spironolactone", "dose": 50, "unit": "mg", "start": hours(99), "end": None}
    )
    assert rule(look(body), "stop-diuretics").standing is Standing.NOT_NOW
    assert rule(look(body, 99.5), "stop-diuretics").standing is Standing.APPLIES


def test_an_old_creatinine_does_not_say_that_the_kidney_has_recovered() -> None:
    body = creatinine(textbook(), (76, 1.1))
    assert rule(look(body, 77), "terlipressin-us").standing is Standing.NOT_NOW
    later = look(body, 77 + 96)
    assert later.episode.resolved_by is None
    assert standings(later, STARTING[:4]) == {Standing.UNDECIDED}


def test_a_kidney_on_dialysis_has_not_recovered() -> None:
    body = creatinine(textbook(), (76, 1.1))
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(60)}]
    found = look(body)
    assert found.episode.resolved_by is None
    caution = [p.id for p in rule(found, "terlipressin-us").first]
    assert "on_renal_replacement" in caution


def test_no_aki_by_ica_is_not_called_stage_1() -> None:
    """A rise of 0.3 mg/dL in 48 h, then no rise any more and not back either."""
    body = textbook()
    body["observations"] = [r for r in body["observations"] if r["concept"] != "creatinine"]
    creatinine(body, (-96, 2.0), (0, 2.1), (27, 2.4), (51, 2.4), (100, 2.4))
    ids = [p.id for p in rule(look(body), "terlipressin-us").first]
    assert "stage_0" in ids
    assert "stage_1" not in ids


RECURRENCE = ((76, 2.2), (124, 1.5), (196, 1.2), (460, 2.3), (484, 2.5), (510, 2.9))


def recurred(*more: tuple[float, float], **changes: Any) -> dict[str, Any]:
    """Reversed on terlipressin from 54 to 198 h; a recurrence with two days of albumin."""
    body = creatinine(textbook(**changes), *RECURRENCE, *more)
    body["observations"] += [  # the work-up of the recurrence
        {**row, "time": hours(470)}
        for row in body["observations"]
        if row["concept"] in ("urine_protein_24h", "urine_rbc", "renal_ultrasound")
    ]
    body["drugs"] += terlipressin((54, 198))
    body["drugs"] += [
        {"name": "albumin", "dose": 75, "unit": "g", "start": hours(at), "end": hours(at + 4)}
        for at in (461, 485)
    ]
    return spo2(body, max(at for at, _ in (*RECURRENCE, *more)))


def test_the_second_course_is_judged_by_its_own_days() -> None:
    body = recurred((606, 3.4))
    body["drugs"] += terlipressin((534, None))
    found = look(body)
    assert found.treatment is not None
    assert (found.treatment.day_now, found.treatment.day4) == (4, "stop")
    assert rule(found, "day4-stop").standing is Standing.APPLIES
    assert rule(found, "end-day14").standing is Standing.NOT_NOW
    assert "2.9 mg/dL before the first dose, 3.4" in (
        rule(found, "stop-nonresponse-practice").for_this_patient or ""
    )
    assert standings(found, FALLING[:2]) == {Standing.NOT_NOW}


def test_a_recurrence_is_treated_again() -> None:
    found = look(recurred())
    assert [one.state for one in found.criteria[:3]] == ["met"] * 3
    assert Standing.NOT_NOW not in standings(found, STARTING[:6])
    again = rule(found, "terlipressin-again")
    assert again.standing is not Standing.NOT_NOW
    assert again.for_this_patient == "terlipressin until 2026-03-10 14:00"


def test_a_recurrence_has_its_own_albumin_challenge() -> None:
    body = recurred()
    body["drugs"] = body["drugs"][:-2]
    found = look(body)
    assert rule(found, "albumin-challenge").standing is not Standing.NOT_NOW
    assert rule(found, "volume-window-48h").standing is not Standing.NOT_NOW


def test_terlipressin_of_an_earlier_year_starts_nothing_and_stops_nothing() -> None:
    body = textbook()
    body["drugs"] += terlipressin((-7200, -7128))
    found = look(body)
    assert found.treatment is None
    assert standings(found, STARTING[:4]) == {Standing.APPLIES}
    assert rule(found, "terlipressin-again").standing is Standing.APPLIES
    assert rule(look(textbook()), "terlipressin-again").standing is Standing.NOT_NOW


def test_a_drug_charted_dose_by_dose_runs() -> None:
    body = spo2(textbook(), 97, 84)
    body["drugs"] += charted(96)
    found = look(creatinine(body, (97, 2.9)))
    assert rule(found, "stop-hypoxia").standing is Standing.APPLIES
    assert rule(found, "norepinephrine").standing is Standing.NOT_NOW
    assert "ended" not in lead(found)
    assert found.episode.response == "not_applicable"


@pytest.mark.parametrize(
    ("after", "running", "standing", "said"),
    [
        (12, "yes", Standing.APPLIES, ", day 3"),
        (13, "unknown", Standing.UNDECIDED, "last dose on record 2026-03-06 02:02; unknown"),
        (48, "unknown", Standing.UNDECIDED, "last dose on record 2026-03-06 02:02; unknown"),
        (49, "no", Standing.NOT_NOW, "ended 2026-03-06 02:02"),
    ],
)
def test_a_dose_that_is_overdue_is_not_the_end(
    after: float, running: str, standing: Standing, said: str
) -> None:
    body = textbook()
    body["drugs"] += charted(90)
    found = look(body, 90 + after)
    assert found.treatment is not None
    assert found.treatment.running == running
    assert rule(found, "monitor-oxygen").standing is standing
    assert said in lead(found)


@pytest.mark.parametrize(
    ("after", "standing"),
    [(20, Standing.APPLIES), (30, Standing.UNDECIDED), (50, Standing.NOT_NOW)],
)
def test_a_diuretic_charted_dose_by_dose_runs_for_a_day(after: float, standing: Standing) -> None:
    body = textbook()
    body["drugs"] += [
        {"name": "furosemide", "dose": 40, "unit": "mg", "time": hours(at)} for at in (4, 28)
    ]
    assert rule(look(body, 28 + after), "stop-diuretics").standing is standing


def test_a_dialysed_creatinine_does_not_decide_day_4() -> None:
    body = spo2(treated((76, 2.9), (98, 4.1), (126.5, 2.0)), 126.5)
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(100)}]
    found = look(body)
    assert found.treatment is not None
    assert found.treatment.day4 == "unknown"
    assert found.treatment.day4_missing == ("a creatinine that renal replacement has not lowered",)
    proposed = (Standing.APPLIES, Standing.WEIGH, Standing.CHECK_FIRST)
    assert not standings(found, FALLING) & set(proposed)
    for name in ("day4-increase", "day3-stop-philippines", "stop-nonresponse-practice"):
        assert "a creatinine that renal replacement has not lowered" in rule(found, name).missing


def test_no_fall_in_spite_of_dialysis_still_stops() -> None:
    body = spo2(treated((76, 2.9), (98, 4.1), (126.5, 2.6)), 126.5)
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(100)}]
    found = look(body)
    for name in ("day4-stop", "day3-stop-philippines", "stop-nonresponse-practice"):
        assert rule(found, name).standing is Standing.APPLIES


def test_going_on_is_weighed_on_renal_replacement() -> None:
    body = spo2(treated((76, 2.2), (124, 1.7)), 124)
    body["procedures"] = [{"name": "haemodialysis_session", "time": hours(125)}]
    one = rule(look(body, 126), "day4-continue")
    assert "on_renal_replacement" in [p.id for p in one.first]
    assert one.standing is not Standing.APPLIES


def test_no_dose_is_said_for_every_day() -> None:
    body = spo2(textbook(), 98, 84)
    body["drugs"] += terlipressin((54, 98))
    text = " ".join(render(look(creatinine(body, (99, 2.9)))).split())
    assert "Every day, US label (was due): continuous pulse oximetry" in text
    assert "Every day, US label: one 0.85 mg vial" not in text
    assert "US label (was due): one 0.85 mg vial" in text


def albumin(**course: Any) -> dict[str, Any]:
    body = textbook()
    body["drugs"] = [
        {"name": "albumin", "dose": 40, "unit": "g", "start": hours(2), "end": None, **course}
    ]
    return body


def test_albumin_that_is_repeated_and_goes_on_is_counted_day_by_day() -> None:
    found = look(albumin(interval_h=12))
    assert [one.state for one in found.criteria[:3]] == ["met"] * 3
    assert rule(found, "albumin-challenge").standing is Standing.NOT_NOW


def test_albumin_under_way_without_an_end_is_not_one_dose() -> None:
    one = rule(look(albumin()), "albumin-challenge")
    assert one.standing is Standing.UNDECIDED
    assert "the albumin of each day: its course has no end" in one.missing
    assert rule(look(albumin(end=hours(4))), "albumin-challenge").standing is Standing.APPLIES


@pytest.mark.parametrize("unit", ["mg/day", "mg/24h", "mg/d"])
def test_an_infusion_of_terlipressin_is_no_bolus(unit: str) -> None:
    body = spo2(creatinine(textbook(), (76, 2.4), (124, 2.2)), 124)
    body["drugs"].append(
        {"name": "terlipressin", "dose": 2, "unit": unit, "start": hours(54), "end": None}
    )
    found = look(body)
    assert found.treatment is not None
    assert found.treatment.days[0].given == ("terlipressin, 2 mg/d",)
    one = rule(found, "day4-increase")
    assert one.standing is Standing.WEIGH
    assert "infusion_runs" in [p.id for p in one.first]
    day4 = [step.text for step in found.treatment.days[3].steps if step.gives]
    assert day4[0].startswith("weigh first: an infusion runs; then: ")
    assert "one 0.85 mg vial" not in str(found.treatment)
