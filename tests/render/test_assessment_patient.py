"""The page for a patient: it speaks of the patient's own disease, and says a thing once."""

from __future__ import annotations

from typing import Any

from assess.test_assess import hours, look, textbook

from hepatica.clinic.assess.model import Assessment
from hepatica.render.assessment_patient import patient_page

SCARRED = "in people with liver scarring"


def lines(found: Assessment, title: str) -> list[str]:
    (section,) = (one for one in patient_page(found).sections if one.title == title)
    return [block.text for block in section.blocks]


def test_a_definition_for_cirrhosis_is_for_people_with_cirrhosis() -> None:
    kidney = "Your kidney test"
    assert SCARRED in " ".join(lines(look(textbook()), kidney))
    for cirrhosis in ("absent", None):
        assert SCARRED not in " ".join(lines(look(textbook(cirrhosis=cirrhosis)), kidney))


def asked(found: Assessment) -> str:
    return " ".join(lines(found, "Questions you can ask"))


def sound(**changes: Any) -> dict[str, Any]:
    """The textbook patient with a kidney that was never ill."""
    body = textbook(**changes)
    for row in body["observations"]:
        if row["concept"] == "creatinine":
            row["value"] = 1.1
    return body


def test_sound_kidneys_are_in_no_trouble() -> None:
    assert "trouble with my kidneys" in asked(look(textbook()))
    assert "trouble with my kidneys" not in asked(look(sound()))


def test_a_transplant_is_not_asked_about_for_a_grade_that_may_not_hold() -> None:
    failing = {"bilirubin": "12.5", "inr": "2.6"}
    assert "liver transplant" in asked(look(sound(**failing)))
    open_ = look(sound(**failing, acute_decompensation=None))
    assert open_.aclf.grade == "2"
    assert "liver transplant" not in asked(open_)


def test_what_cannot_wait_is_told_before_everything_is_known() -> None:
    bleeding = textbook(gastrointestinal_bleeding="present", ongoing_coronary_ischaemia=None)
    team = lines(look(bleeding), "What your team may do")
    assert team[0].startswith("Bleeding from the gut needs urgent care.")


def test_an_infection_of_the_belly_fluid_is_said_once() -> None:
    team = lines(look(textbook(ascitic_neutrophils="900")), "What your team may do")
    assert sum("belly fluid shows" in line for line in team) == 1


def test_a_value_stands_in_the_unit_that_was_given() -> None:
    body = textbook()
    body["observations"].append(
        {"concept": "creatinine", "value": 230, "unit": "umol/L", "time": hours(53)}
    )
    assert "(creatinine) was 230 umol/L on" in lines(look(body), "Your kidney test")[0]


def test_no_dose_is_to_be_checked_on_a_page_without_doses() -> None:
    (footer,) = patient_page(look(textbook())).footer
    assert footer.endswith("it is not a medical device.")


def test_what_two_authorities_say_in_the_same_words_stands_once() -> None:
    body = textbook(bilirubin="12.5", inr="2.6")
    body["observations"].append(
        {"concept": "creatinine", "value": "2.6", "unit": "mg/dL", "time": hours(52)}
    )
    team = lines(look(body), "What your team may do")
    assert len(set(team)) == len(team)
    assert sum("liver transplant" in line for line in team) == 1
    rules = {rule.id for rule in look(body).plan if rule.standing in ("applies", "weigh")}
    assert {"transplant-aclf", "transplant-hrs"} <= rules


def test_too_much_fluid_and_too_little_oxygen_are_told_in_plain_words() -> None:
    text = " ".join(
        lines(look(textbook(volume_overload="present", spo2="84")), "What your team may do")
    )
    assert "Your team treats your breathing first." in text
    assert "There is too much fluid in your body." in text
