"""A person's file: short form and long form, and what is said where it cannot be used."""

from __future__ import annotations

import json

import pytest
import yaml

from hepatica.clinic.inputs.person import read_text
from hepatica.errors import InputError

SHORT = """
id: p1
demographics: {age_y: 61, sex: female, weight_kg: 70}
admission: 2026-03-02T08:00
observations:
- {at: 2026-03-04T10:00, creatinine: 2.60 mg/dL, Bilirubin: 4.2mg/dL, inr: 1.8, ascites_grade: mild}
drugs:
- {name: albumin, dose: 40, unit: g, start: 2026-03-03T10:00, end: 2026-03-05T10:00, interval_h: 24}
- {name: wonderdrug, start: 2026-03-01, end: 2026-03-02}
conditions: [{name: cirrhosis, status: present}, {name: gout, status: present}]
"""


def test_short_form() -> None:
    found = read_text(SHORT, name="x.yaml", patient="x")
    by = {(r.concept, str(r.value or r.text)) for r in found.rows}
    assert {("creatinine", "2.60"), ("bilirubin", "4.2"), ("ascites_grade", "mild"),
            ("sex", "female"), ("cirrhosis", "present")} <= by  # fmt: skip
    assert found.patients == ("p1",)


def test_repeated_infusions_are_counted_one_by_one() -> None:
    rows = read_text(SHORT, name="x", patient="x").rows
    assert [r.time.day for r in rows if r.concept == "albumin_infusion" and r.time] == [3, 4, 5]


def test_names_that_nobody_knows_are_reported() -> None:
    found = read_text(SHORT, name="x", patient="x")
    assert {(u.system, u.code) for u in found.report.unmapped} == {
        ("drug", "wonderdrug"), ("condition", "gout")
    }  # fmt: skip
    (unknown,) = [r for r in found.rows if r.concept == "unrecognised_drug"]
    assert unknown.text == "wonderdrug"


def test_json_and_yaml_read_alike() -> None:
    data = yaml.load(SHORT, Loader=yaml.BaseLoader)
    again = read_text(json.dumps(data), name="x.json", patient="x")
    assert again.rows == read_text(SHORT, name="x.yaml", patient="x").rows


def test_no_list_of_procedures_is_not_an_empty_one() -> None:
    def concepts(text: str) -> set[str]:
        return {r.concept for r in read_text(text, name="x", patient="x").rows}

    assert "procedure_list_complete" not in concepts(SHORT)
    assert "procedure_list_complete" in concepts(SHORT + "procedures: []\n")


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "the file is empty"), ("  \n", "the file is empty"), ("- a\n- b\n", "found a list"),
     ("{", "not YAML or JSON"), ("a: [", "not YAML or JSON"),
     ("observatons: []", "unknown key 'observatons': did you mean 'observations'"),
     ("demographics: {age: 4}", "demographics has 'age': expected age_y"),
     ("demographics: 4", "must be keys and values"), ("observations: 4", "must be a list"),
     ("observations: [4]", "observations[0] must be keys and values"),
     ("id: a\nid: b", "'id' stands twice"), ('{"id": "a", "id": "b"}', "'id' stands twice"),
     ("a: &x [1]\nb: *x", "aliases are not read"),
     ("drugs: [{nam: x}]", "unknown key 'nam': did you mean 'name'")],
)  # fmt: skip
def test_errors_say_what_to_do(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_text(text, name="x.yaml", patient="x")
    assert message in str(caught.value)
    assert str(caught.value).startswith("x.yaml")
