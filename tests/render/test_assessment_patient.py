"""The page for a patient: it speaks of the patient's own disease, and says a thing once."""

from __future__ import annotations

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
