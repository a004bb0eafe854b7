"""Organ failures of now: what is older than a week tells none, and what is younger has its age."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook

from hepatica.clinic.assess.model import Assessment, Organ, Standing
from hepatica.render import assessment_fhir, assessment_text

DAY = 24


def later(days: float, **values: str) -> dict[str, Any]:
    """The textbook patient with kidney and lungs looked at again days later; `values` too."""
    body = textbook()
    units = {"bilirubin": "mg/dL", "inr": "1", "hepatic_encephalopathy_grade": "{grade}"}
    again = {"creatinine": ("2.6", "mg/dL"), "spo2": ("96", "%"), "fio2": ("0.21", "1"),
             "map": ("72", "mm[Hg]"), **{k: (v, units[k]) for k, v in values.items()}}  # fmt: skip
    body["observations"] += [
        {"concept": name, "value": value, "unit": unit, "time": hours(52 + days * DAY)}
        for name, (value, unit) in again.items()
    ]
    return body


def organ(found: Assessment, name: str) -> Organ:
    return next(one for one in found.aclf.organs if one.organ == name)


def caution(found: Assessment) -> str:
    return next(p.state for p in found.precautions if p.id == "aclf_3" and p.drug == "Terlipressin")


def fhir(found: Assessment, name: str) -> dict[str, Any]:
    entries = (entry["resource"] for entry in assessment_fhir.bundle(found)["entry"])
    return next(
        one for one in entries if one.get("code", {}).get("coding", [{}])[0].get("code") == name
    )


def test_values_of_a_fortnight_ago_do_not_rule_out_grade_3() -> None:
    found = look(later(14))
    assert found.aclf.grade == "unknown"
    assert "bilirubin of the last 168 h (14 days old)" in found.aclf.missing
    assert caution(found) == "unknown"
    assert rule(found, "terlipressin-us").standing is not Standing.APPLIES
    assert "ACLF grade: unknown (needs bilirubin of the last 168 h (14 days old)" in " ".join(
        assessment_text.render(found).split()
    )
    for name in ("aclf", "aclf_grade"):
        assert "dataAbsentReason" in fhir(found, name)


def test_organs_are_left_open_one_by_one() -> None:
    found = look(later(14))
    states = {one.organ: one.state for one in found.aclf.organs}
    assert states == {"liver": "unknown", "kidney": "met", "brain": "unknown",
                      "coagulation": "unknown", "circulation": "not_met",
                      "respiration": "not_met"}  # fmt: skip


def test_three_organs_that_fail_today_are_grade_3_whatever_else_is_old() -> None:
    found = look(later(14, inr="2.9", hepatic_encephalopathy_grade="3"))
    assert found.aclf.grade == "3"
    assert caution(found) == "met"


def test_an_organ_that_failed_a_fortnight_ago_may_have_recovered() -> None:
    body = later(14)
    for row in body["observations"]:
        if row["concept"] in ("inr", "hepatic_encephalopathy_grade"):
            row["value"] = "3"
    assert caution(look(body)) == "unknown"


def test_within_the_week_the_grade_says_how_old_its_values_are() -> None:
    found = look(later(3))
    assert found.aclf.grade == "1a"
    assert found.aclf.age == "3 days old"
    assert "ACLF grade: 1a (values up to 3 days old)" in assessment_text.render(found)
    because = next(p.because for p in found.precautions if p.id == "aclf_3")
    assert "ACLF grade 3: no (3 days old)" in because
    notes = [note["text"] for note in fhir(found, "aclf")["note"]]
    assert notes[0] == "values up to 3 days old"


def test_values_of_today_have_no_age() -> None:
    found = look(textbook())
    assert (found.aclf.grade, found.aclf.age) == ("1a", None)


def test_a_score_that_rests_on_old_organs_is_unknown_and_says_so() -> None:
    found = look(later(14))
    for name in ("clif_c_of", "aclf_grade", "clif_c_aclf"):
        line = next(one for one in found.scores if one.id == name)
        assert line.value is None, name
        assert any("bilirubin of" in text for text in line.left_out), name
    assert next(one for one in found.scores if one.id == "meld").left_out == ()


@pytest.mark.parametrize(
    ("name", "decided"),
    [
        ("liver", "bilirubin"),
        ("kidney", "On renal replacement therapy: no"),
        ("respiration", "FiO2 0.21"),
    ],
)
def test_each_organ_names_the_values_that_decided_it(name: str, decided: str) -> None:
    assert any(text.startswith(decided) for text in organ(look(textbook()), name).because)


def test_an_organ_that_does_not_fail_does_not_read_as_if_it_did() -> None:
    found = look(textbook())
    said = " ".join(assessment_text.render(found).split())
    assert "brain: does not fail West Haven grade" in said
    assert "failure means West Haven grade 3-4" in said
    brain = next(
        part for part in fhir(found, "aclf")["component"]
        if part["code"]["coding"][0]["code"] == "brain"
    )  # fmt: skip
    assert brain["valueBoolean"] is False
    assert brain["code"]["text"].startswith("failure of brain (means West Haven grade 3-4)")
