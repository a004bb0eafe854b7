"""What stands before a drug: the age of its sources' patients, and the indication it is for."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import look, rule, textbook, with_conditions

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.clinic.assess.rules import precautions


def aged(years: float | None) -> Assessment:
    body = textbook()
    body["demographics"].pop("age_y")
    if years is not None:
        body["demographics"]["age_y"] = years
    return look(body)


@pytest.mark.parametrize("name", ["terlipressin-us", "norepinephrine", "midodrine-octreotide"])
def test_a_dose_for_adults_is_not_proposed_to_a_child(name: str) -> None:
    for years in (9, 17):
        assert rule(aged(years), name).standing is Standing.CONTRAINDICATED
    unknown = rule(aged(None), name)
    assert unknown.standing is Standing.CHECK_FIRST
    assert "age" in unknown.missing
    assert rule(aged(18), name).standing in (Standing.APPLIES, Standing.WEIGH)


BARRED = [
    *(
        {f"ongoing_{kind}_ischaemia": "present"}
        for kind in ("coronary", "peripheral", "mesenteric")
    ),
    {"age_y": 12},
]


@pytest.mark.parametrize("ill", BARRED)
def test_nothing_is_given_with_a_vasoconstrictor_where_every_one_is_held_back(
    ill: dict[str, Any],
) -> None:
    body = textbook(**{name: state for name, state in ill.items() if name != "age_y"})
    body["demographics"] |= {name: years for name, years in ill.items() if name == "age_y"}
    found = look(body)
    for name in ("terlipressin-us", "norepinephrine", "midodrine-octreotide"):
        assert rule(found, name).standing is Standing.CONTRAINDICATED
    one = rule(found, "albumin-with-vasoconstrictor")
    assert (one.standing, one.for_this_patient) == (Standing.CONTRAINDICATED, None)
    assert rule(found, "before-terlipressin").standing is Standing.NOT_NOW


def test_albumin_goes_with_the_vasoconstrictor_that_hypoxia_leaves() -> None:
    found = look(textbook(spo2="85"))
    assert rule(found, "terlipressin-us").standing is Standing.CONTRAINDICATED
    assert rule(found, "norepinephrine").standing is Standing.WEIGH
    assert rule(found, "albumin-with-vasoconstrictor").standing is Standing.WEIGH
    assert rule(found, "before-terlipressin").standing is Standing.APPLIES


def test_an_unknown_ischaemia_is_found_out_before_albumin_with_a_vasoconstrictor() -> None:
    found = look(textbook(ongoing_coronary_ischaemia=None))
    assert rule(found, "albumin-with-vasoconstrictor").standing is Standing.CHECK_FIRST
    assert rule(found, "before-terlipressin").standing is Standing.APPLIES


def test_what_holds_every_vasoconstrictor_back_is_what_holds_each_back() -> None:
    drugs = ("terlipressin", "norepinephrine", "midodrine-octreotide")
    each = [{item.when for item in precautions()[drug].contraindications} for drug in drugs]
    every = {item.when for item in precautions()["any-vasoconstrictor"].contraindications}
    assert every == set.intersection(*each)


def test_a_vasopressor_in_shock_is_weighed_and_not_hidden_by_ischaemia() -> None:
    ill = {"shock": "present", "ongoing_coronary_ischaemia": "present"}
    one = rule(look(with_conditions(textbook(), **ill)), "shock-norepinephrine")
    assert one.standing is Standing.WEIGH
    assert one.text.startswith("Norepinephrine as the first vasopressor")
    assert [p.id for p in one.first] == ["ongoing_ischaemia"]
    assert rule(look(with_conditions(textbook(), **ill)), "norepinephrine").standing in (
        Standing.CONTRAINDICATED,
        Standing.NOT_NOW,
    )


def test_shock_is_weighed_before_a_treatment_of_hrs() -> None:
    found = look(with_conditions(textbook(), shock="present"))
    for name in ("terlipressin-us", "norepinephrine", "albumin-with-vasoconstrictor"):
        one = rule(found, name)
        assert one.standing in (Standing.WEIGH, Standing.NOT_NOW)
        if one.standing is Standing.WEIGH:
            assert "shock" in [p.id for p in one.first]


def test_a_vasoactive_drug_in_bleeding_says_what_bars_terlipressin() -> None:
    ill = {"gastrointestinal_bleeding": "present", "ongoing_coronary_ischaemia": "present"}
    one = rule(look(with_conditions(textbook(spo2="82"), **ill)), "gi-bleeding-vasoactive")
    assert one.standing is Standing.WEIGH
    assert [p.id for p in one.first] == ["hypoxia_spo2_lt_90", "ongoing_ischaemia"]
    assert one.text.startswith("A vasoactive drug")
    unknown = textbook(spo2=None, gastrointestinal_bleeding="present")
    assert rule(look(unknown), "gi-bleeding-vasoactive").standing is Standing.CHECK_FIRST


def test_antibiotics_and_endoscopy_in_bleeding_wait_for_nothing() -> None:
    body = textbook(spo2=None, ongoing_coronary_ischaemia=None, gastrointestinal_bleeding="present")
    one = rule(look(body), "gi-bleeding")
    assert one.standing is Standing.APPLIES
    assert one.text.startswith("Ceftriaxone, and endoscopy within 12 h")


def test_peritonitis_is_treated_and_overload_withholds_its_albumin() -> None:
    found = look(textbook(ascitic_neutrophils="900", volume_overload="present"))
    one = rule(found, "sbp-antibiotics")
    assert (one.section, one.standing) == ("now", Standing.APPLIES)
    assert not one.gives
    for name in ("easl", "aasld", "acg", "aga"):
        albumin = rule(found, f"sbp-albumin-{name}")
        assert albumin.standing is Standing.CONTRAINDICATED
        assert [p.id for p in albumin.first] == ["volume_overload"]
        assert "no source in the store speaks of peritonitis" in albumin.first[0].why
    assert rule(look(textbook()), "sbp-antibiotics").standing is Standing.NOT_NOW
