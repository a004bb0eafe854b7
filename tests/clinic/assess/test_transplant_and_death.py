"""What a liver transplant, a death or a discharge on record changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from assess.generated import observed
from assess.test_assess import engine, hours, look, rule, textbook, treated

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Reader, Standing
from hepatica.render.assessment import page
from hepatica.render.assessment_fhir import bundle
from hepatica.render.assessment_text import render

PROPOSED = (Standing.APPLIES, Standing.WEIGH, Standing.CHECK_FIRST)
SINCE = "whether there is cirrhosis since the liver transplant"


def transplanted(body: dict[str, Any], at: float) -> dict[str, Any]:
    body["procedures"] = [{"name": "liver transplant", "time": hours(at)}]
    return body


def lead(found: Assessment) -> str:
    return "\n".join(line.text for line in page(found).lead)


def proposals(found: Assessment) -> list[str]:
    return [
        one.id for one in found.plan if "terlipressin" in one.gives and one.standing in PROPOSED
    ]


def test_paracetamol_is_not_asked_for_after_a_transplant_without_acute_liver_failure() -> None:
    name = "alf-paracetamol"
    assert rule(look(transplanted(textbook(), -200)), name).standing is Standing.NOT_NOW
    failing = transplanted(textbook(inr=3.1, hepatic_encephalopathy_grade=2), -200)
    assert rule(look(failing), name).standing is Standing.UNDECIDED
    poisoned = transplanted(textbook(), -200)
    poisoned["conditions"].append({"name": "paracetamol_overdose", "status": "present"})
    assert rule(look(poisoned), name).standing is Standing.APPLIES


def test_cirrhosis_from_before_a_transplant_is_unknown_after_it() -> None:
    found = look(transplanted(textbook(), -200))
    assert [one.state for one in found.criteria[:3]] == ["unknown"] * 3
    assert not proposals(found)
    assert SINCE in rule(found, "terlipressin-us").missing
    assert lead(found).startswith("Liver transplant 2026-02-22 00:00: cirrhosis, acute")
    assert SINCE in lead(found)


def test_a_transplant_of_which_the_time_is_not_given_leaves_cirrhosis_open() -> None:
    body = textbook()
    body["procedures"] = [{"name": "liver transplant"}]
    found = look(body)
    assert [one.state for one in found.criteria[:3]] == ["unknown"] * 3
    assert not [one for one in found.plan if one.gives and one.unconditional]


def test_transplant_is_not_offered_to_a_recipient() -> None:
    found = look(transplanted(textbook(), -200))
    for name in ("transplant-hrs", "transplant-aclf", "listed-terlipressin"):
        assert rule(found, name).standing is Standing.NOT_NOW
    assert "listed for a liver transplant" not in render(found)


def test_cirrhosis_recorded_anew_counts_and_terlipressin_is_weighed() -> None:
    body = transplanted(textbook(), -200)
    for one in body["conditions"]:
        if one["name"] == "cirrhosis":
            one["start"] = hours(-10)
    found = look(body)
    assert [one.state for one in found.criteria[:3]] == ["met"] * 3
    one = rule(found, "terlipressin-us")
    assert one.standing is Standing.WEIGH
    assert [item.id for item in one.first] == ["liver_transplant"]


def test_a_transplant_that_is_still_to_come_changes_nothing() -> None:
    found = look(transplanted(textbook(), 60), 55)
    assert [one.state for one in found.criteria[:3]] == ["met"] * 3
    assert found.transplanted is None


def test_the_schedule_of_terlipressin_ends_with_a_transplant() -> None:
    found = look(transplanted(treated((76, 2.4), (124, 2.2)), 90), 126)
    course = found.treatment
    assert course is not None
    assert not proposals(found)
    assert rule(found, "transplanted-on-terlipressin").standing is Standing.APPLIES
    assert [step for day in course.days[3:] for step in day.steps if step.gives] == []
    assert [step.text for step in course.days[0].steps if step.gives]
    assert (course.day4, course.day4_missing) == (
        "unknown",
        ("a creatinine from before the liver transplant",),
    )
    assert (course.days[3].change or "").endswith("; after the liver transplant")
    assert [item.state for item in course.reversal] == ["not_met", "not_met"]


def died(at: float, asked: float) -> Assessment:
    return look({**treated((76, 2.4), (124, 2.6)), "death": hours(at)}, asked)


def test_nobody_plans_for_the_dead() -> None:
    found = died(130, 150)
    assert (found.plan, found.precautions) == ((), ())
    assert lead(found).startswith("Died 2026-03-07 18:00: no plan is made")
    assert found.treatment is not None
    assert (found.treatment.running, found.treatment.last_dose) == ("no", found.died)
    assert {step.state for day in found.treatment.days for step in day.steps} == {"done"}
    assert "Plan" not in [section.title.partition(":")[0] for section in page(found).sections]


def test_a_death_is_not_known_before_it() -> None:
    found = died(130, 126)
    assert found.died is None
    assert found.plan


def test_a_death_after_the_last_measurement_stands_at_the_top() -> None:
    body = {**textbook(), "death": hours(52.5)}
    found = assess(observed(body), engine=engine())
    assert (found.died, found.died_later) == (None, datetime(2026, 3, 4, 12, 30))
    assert lead(found).startswith("Died 2026-03-04 12:30, after the time of asking")
    assert not any("death" in note for note in found.notes)
    assert bundle(found)["entry"][0]["resource"]["deceasedDateTime"] == "2026-03-04"
    plain = assess(observed(body), engine=engine(), reader=Reader.PATIENT)
    assert "died on 04 March 2026" in render(plain)
    assert "What your team may do" not in render(plain)
    asked = look(body, 52.25)
    assert (asked.died, asked.died_later) == (None, None)


def test_the_page_for_a_patient_says_no_more_after_a_death() -> None:
    body = {**textbook(), "death": hours(60)}
    at = datetime.fromisoformat(hours(70))
    found = assess(observed(body), at=at, engine=engine(), reader=Reader.PATIENT)
    shown = page(found)
    assert shown.sections == ()
    assert [line.text for line in shown.lead] == [
        "The record says that the patient died on 04 March 2026."
    ]


def test_a_discharge_is_said() -> None:
    body = {**textbook(), "discharge": hours(60)}
    found = look(body, 70)
    assert "Discharged 2026-03-04 20:00" in lead(found)
    assert found.plan
