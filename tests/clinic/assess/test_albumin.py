"""Albumin: stopped in volume overload, counted once over all rules, and what was given counts."""

from __future__ import annotations

from typing import Any

import pytest
from assess.test_assess import hours, look, rule, textbook, treated

from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.render import assessment_json
from hepatica.render.assessment_text import render

FIRST = ("sbp-albumin-easl", "sbp-albumin-aasld", "sbp-albumin-acg", "sbp-albumin-aga")


def given(*doses: tuple[float, float, float | None], **changes: Any) -> dict[str, Any]:
    """The textbook patient with these doses of albumin alone: grams, begin and end in hours."""
    body = textbook(**changes)
    body["drugs"] = [
        {"name": "albumin", "dose": grams, "unit": "g", "start": hours(begin),
         "end": None if end is None else hours(end)}
        for grams, begin, end in doses
    ]  # fmt: skip
    return body


def without_aki(body: dict[str, Any]) -> dict[str, Any]:
    for row in body["observations"]:
        if row["concept"] == "creatinine":
            row["value"] = 1.0
    return body


def peritonitis(
    at: float, *doses: tuple[float, float, float | None], **changes: Any
) -> dict[str, Any]:
    """Found by a tap at this hour."""
    body = given(*doses, ascitic_neutrophils="900", **changes)
    for row in body["observations"]:
        if row["concept"] == "ascitic_neutrophils":
            row["time"] = hours(at)
    return body


def first(found: Assessment) -> list[str]:
    """What stands under what cannot wait, in its order."""
    return [r.id for r in found.plan if r.section == "now" and r.standing is Standing.APPLIES]


def test_overload_stops_albumin_first_of_all_with_or_without_aki() -> None:
    body = without_aki(given((80, 50, None), volume_overload="present"))
    found = look(body)
    assert found.episode.ica.state == "not_met"
    assert first(found)[0] == "hold-albumin"
    one = rule(found, "hold-albumin")
    assert one.text == "Cut or stop albumin and other fluids, and use diuretics judiciously."
    assert one.for_this_patient == "albumin given: 80 g begun 2026-03-04 10:00, running"
    assert rule(found, "overload-terlipressin").standing is Standing.NOT_NOW


def test_hypoxia_stands_before_overload() -> None:
    ill = {"volume_overload": "present", "spo2": "84"}
    assert first(look(without_aki(given((80, 50, None), **ill))))[:2] == ["hypoxia", "hold-albumin"]
    found = look(treated((53.5, 2.5), **ill), 55)
    assert first(found)[:3] == ["stop-hypoxia", "hold-albumin", "overload-terlipressin"]
    assert rule(found, "hypoxia").standing is Standing.NOT_NOW


def test_no_grams_stand_beneath_the_contraindication() -> None:
    body = peritonitis(51, volume_overload="present")
    body["procedures"].append(
        {"name": "large_volume_paracentesis", "time": hours(48), "value": 8, "unit": "L"}
    )
    found = look(body)
    albumin = [r for r in found.plan if {"albumin", "albumin-in-peritonitis"} & set(r.gives)]
    shown = [r for r in albumin if r.standing is not Standing.NOT_NOW and r.decided]
    assert {r.id for r in shown} >= {*FIRST, "lvp-albumin-easl"}
    for one in shown:
        assert one.standing is Standing.CONTRAINDICATED, one.id
        assert one.for_this_patient is None
    assert rule(found, "sbp-antibiotics").standing is Standing.APPLIES


def test_diuretics_are_not_stopped_and_used_at_once() -> None:
    def plan(overload: str | None) -> Assessment:
        body = textbook(volume_overload=overload)
        body["drugs"].append(
            {"name": "furosemide", "dose": 40, "unit": "mg", "start": hours(48), "interval_h": 12}
        )
        return look(body)

    assert rule(plan("present"), "stop-diuretics").standing is Standing.NOT_NOW
    assert "diuretics judiciously" in rule(plan("present"), "hold-albumin").text
    for overload in ("absent", None):
        one = rule(plan(overload), "stop-diuretics")
        assert one.standing is Standing.APPLIES
        assert "judiciously" in (one.note or "")
    assert rule(plan("absent"), "hold-albumin").standing is Standing.NOT_NOW


def test_albumin_of_several_rules_is_no_sum() -> None:
    body = peritonitis(51)
    body["demographics"]["weight_kg"] = 140
    found = look(body)
    easl, challenge = rule(found, "sbp-albumin-easl"), rule(found, "albumin-challenge")
    group = "Albumin in spontaneous bacterial peritonitis"
    assert easl.not_added_to == ("Albumin challenge",)
    assert challenge.not_added_to == (group,)
    assert easl.for_this_patient == (
        "210 g at diagnosis, calculated from the weight; the sources seen state no cap"
    )
    assert (challenge.for_this_patient or "").startswith(
        "100 g each day for 2 days, calculated from the weight, at most 100 g a day"
    )
    text = " ".join(render(found).split())
    assert text.count("this project's reading): Albumin challenge") == 1
    alone = rule(look(given()), "albumin-challenge")
    assert alone.not_added_to == ()


@pytest.mark.parametrize(
    ("at", "doses", "due"),
    [
        (52, (), "first"),
        (52, ((112.5, 4, 8),), "day 3"),  # found on the first day: today is the third
        (52, ((112.5, 4, 8), (75, 50, 51)), None),
        (30, ((112.5, 4, 8),), "day 3"),
        (76, ((112.5, 4, 8),), None),
    ],
)
def test_the_dose_at_diagnosis_is_given_once(
    at: float, doses: tuple[tuple[float, float, float | None], ...], due: str | None
) -> None:
    found = look(peritonitis(3, *doses), at)
    nothing = (Standing.NOT_NOW, Standing.UNDECIDED)
    shown = {r.id for r in found.plan if r.standing not in nothing}
    assert (set(FIRST) <= shown) == (due == "first")
    assert ("sbp-albumin-day-3" in shown) == (due == "day 3")
    assert not (set(FIRST) & shown and "sbp-albumin-day-3" in shown)
    if due == "day 3":
        one = rule(found, "sbp-albumin-day-3")
        assert (one.for_this_patient or "").startswith("75 g on day 3, calculated from the weight")
        assert "112.5 g begun 2026-03-02 12:00" in (one.for_this_patient or "")
        assert one.first[0].id == "albumin_given"


def test_a_part_of_the_first_dose_does_not_stand_for_it() -> None:
    found = look(peritonitis(3, (20, 4, 5)), 53)
    easl = rule(found, "sbp-albumin-easl")
    assert easl.standing is Standing.WEIGH
    assert easl.first[0].id == "albumin_given"
    assert (easl.for_this_patient or "").endswith("20 g begun 2026-03-02 12:00")
    assert rule(found, "sbp-albumin-day-3").standing is Standing.NOT_NOW


def test_albumin_from_before_the_peritonitis_stands_with_its_dose() -> None:
    before = "albumin given before 2026-03-04: 75 g begun 2026-03-02 10:00"
    for complete in (True, False):
        body = peritonitis(51, (75, 2, 6))
        if not complete:
            del body["drug_list_complete"]
        for name in ("sbp-albumin-easl", "sbp-albumin-aasld"):
            said = rule(look(body, 53), name).for_this_patient or ""
            assert said.endswith(before)
    old = rule(look(peritonitis(123, (75, 2, 6)), 125), "sbp-albumin-easl")
    assert "albumin given" not in (old.for_this_patient or "")
    both = rule(look(peritonitis(51, (75, 2, 6), (20, 51, 52)), 53), "sbp-albumin-easl")
    assert (both.for_this_patient or "").endswith(
        f"albumin given since 2026-03-04: 20 g begun 2026-03-04 11:00; {before}"
    )


def test_albumin_stands_with_a_dose_for_a_peritonitis_of_unknown_onset() -> None:
    body = textbook(ascitic_neutrophils=None, spontaneous_bacterial_peritonitis="present")
    said = rule(look(body), "sbp-albumin-easl").for_this_patient or ""
    assert said.endswith("albumin given: 75 g begun 2026-03-02 10:00; 75 g begun 2026-03-03 10:00")


def test_whether_albumin_was_given_is_asked_where_the_list_of_drugs_is_not_complete() -> None:
    body = peritonitis(51)
    del body["drug_list_complete"]
    one = rule(look(body), "sbp-albumin-easl")
    assert one.standing is Standing.CHECK_FIRST
    assert one.missing == (
        "whether albumin was given since the peritonitis was found (a complete list of drugs)",
    )


def test_after_paracentesis_no_rule_tells_to_drain_more() -> None:
    body = textbook()
    body["procedures"].append(
        {"name": "large_volume_paracentesis", "time": hours(48), "value": 8, "unit": "L"}
    )
    one = rule(look(body), "lvp-albumin-china")
    assert one.standing is Standing.APPLIES
    assert one.text == "Give 4 g of albumin per litre of ascites removed."


def test_one_day_is_a_day() -> None:
    said = rule(look(given((75, 4, 8))), "albumin-challenge").for_this_patient or ""
    assert "1 day with albumin of at least 1 g/kg so far" in said


def test_a_dose_per_kg_without_a_weight_names_the_weight() -> None:
    body = textbook(ascitic_neutrophils="600", spontaneous_bacterial_peritonitis="present")
    del body["demographics"]["weight_kg"]
    found = look(body)
    one = rule(found, "sbp-albumin-easl")
    assert "from the weight" not in (one.for_this_patient or "")
    assert "weight, for the dose" in one.missing
    said = render(found)
    at = said.index("1.5 g/kg")
    assert "needs weight, for the dose" in said[at : at + 600]
    assert "weight, for the dose" in assessment_json.render(found)


def test_with_a_weight_nothing_more_is_asked_for_the_dose() -> None:
    body = textbook(ascitic_neutrophils="600", spontaneous_bacterial_peritonitis="present")
    assert not any("for the dose" in text for text in rule(look(body), "sbp-albumin-easl").missing)


@pytest.mark.parametrize(
    "taps",
    [
        ({"start": 48, "end": 49, "value": 8, "unit": "L"},),
        ({"start": 48, "end": 49, "value": 8000, "unit": "mL"},),
        ({"start": 48, "value": 8, "unit": "L"},),
        ({"time": 48, "value": 8, "unit": "L"},),
        (
            {"time": 30, "value": 4.5, "unit": "L"},
            {"start": 48, "end": 49, "value": 3.5, "unit": "L"},
        ),
        ({"time": 48, "value": 8, "unit": "L"}, {"start": 2, "end": 3, "value": 6, "unit": "L"}),
        ({"start": 48, "end": 49, "value": 8, "unit": "L"}, {"time": 3, "value": 6, "unit": "L"}),
    ],
)
def test_the_dose_after_paracentesis_is_calculated(taps: tuple[dict[str, Any], ...]) -> None:
    """However the litres stand on record, and from those of the last 24 h alone."""
    body = textbook()
    for tap in taps:
        times = {key: hours(tap[key]) for key in ("start", "end", "time") if key in tap}
        body["procedures"].append({"name": "large_volume_paracentesis", **tap, **times})
    one = rule(look(body), "lvp-albumin-easl")
    said = one.for_this_patient or ""
    assert said.startswith("64 g calculated from the litres removed; ")
    assert not one.missing


def test_litres_that_are_not_known_give_no_dose() -> None:
    body = textbook()
    body["procedures"].append({"name": "large_volume_paracentesis", "time": hours(48)})
    one = rule(look(body), "lvp-albumin-easl")
    assert (one.standing, one.for_this_patient) == (Standing.UNDECIDED, None)


def test_the_challenge_is_weighed_on_renal_replacement() -> None:
    body = given()
    alone = rule(look(body), "albumin-challenge")
    assert alone.standing is Standing.APPLIES
    body["procedures"].append({"name": "haemodialysis_session", "time": hours(40)})
    one = rule(look(body), "albumin-challenge")
    assert (one.standing, [p.id for p in one.first]) == (Standing.WEIGH, ["on_renal_replacement"])
    del body["procedures"]
    asked = rule(look(body), "albumin-challenge")
    assert asked.standing is Standing.CHECK_FIRST
    assert asked.missing == ("dialysis sessions of the last days",)
