"""Two vasoconstrictors that run for the kidneys at once: weighed at each step, not forbidden."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, treated, with_conditions

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.clinic.assess.rules import guidance
from hepatica.clinic.assess.steps import schedule

DOSES = {
    "norepinephrine": {"dose": 1, "unit": "mg/h"},
    "midodrine": {"dose": 7.5, "unit": "mg", "interval_h": 8},
}


def body(*drugs: str, start: float = 60, **changes: Any) -> dict[str, Any]:
    """On terlipressin since hour 54, and on these since `start`; seen on day 4."""
    found = treated((124, 2.3), **changes)
    for name, value, unit in (("spo2", 96, "%"), ("fio2", 0.21, "1"), ("map", 78, "mm[Hg]")):
        found["observations"].append(
            {"concept": name, "value": value, "unit": unit, "time": hours(124)}
        )
    for drug in drugs:
        found["drugs"].append({"name": drug, "start": hours(start), "end": None, **DOSES[drug]})
    return found


def warned(found: Assessment, name: str) -> str | None:
    return next((item.state for item in rule(found, name).first if item.id == "together"), None)


def steps(found: Assessment) -> list[str]:
    assert found.treatment is not None
    days = (step for day in found.treatment.days for step in day.steps)
    return [step.text for step in days if step.gives and step.state in ("due", "ahead")]


SAID = "two vasoconstrictors run for the kidneys"


@pytest.mark.parametrize("drug", ["norepinephrine", "midodrine"])
def test_a_step_of_a_dose_that_runs_is_weighed_beside_another_vasoconstrictor(drug: str) -> None:
    found = look(body(drug))
    for name in ("day4-increase", "end-philippines", f"{drug}-step"):
        assert rule(found, name).standing is Standing.WEIGH
        assert warned(found, name) == "met"
    assert steps(found)
    assert all(SAID in text for text in steps(found))
    assert found.treatment is not None
    assert found.treatment.day4_standing is Standing.WEIGH


def test_one_vasoconstrictor_alone_is_no_caution() -> None:
    found = look(body())
    assert rule(found, "day4-increase").standing is Standing.APPLIES
    assert not any(SAID in text for text in steps(found))
    alone = body("norepinephrine")
    alone["drugs"] = [drug for drug in alone["drugs"] if drug["name"] != "terlipressin"]
    assert warned(look(alone), "norepinephrine-step") is None


def test_norepinephrine_for_shock_is_another_thing() -> None:
    found = look(with_conditions(body("norepinephrine"), shock="present"))
    assert warned(found, "day4-increase") is None
    open_ = body("norepinephrine", shock=None)
    assert warned(look(open_), "day4-increase") == "unknown"


def test_midodrine_from_before_the_aki_is_another_thing() -> None:
    assert warned(look(body("midodrine", start=-700)), "day4-increase") is None


def test_a_list_of_drugs_that_is_not_complete_is_asked_for() -> None:
    open_ = body()
    del open_["drug_list_complete"]
    assert warned(look(open_), "day4-increase") == "unknown"
    assert "a complete list of drugs" in rule(look(open_), "day4-increase").missing


def test_every_step_of_a_vasoconstrictor_that_runs_weighs_it() -> None:
    running = {"terlipressin", "norepinephrine", "midodrine-octreotide"}
    for one in guidance():
        if one.section == "treatment" and running & set(one.gives):
            assert "vasoconstrictors-together" in one.weigh, one.id
    assert all("vasoconstrictors-together" in row.weigh for row in schedule()[0] if row.gives)
