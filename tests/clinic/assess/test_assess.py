"""Assessments of single patients, as a clinician would check them line by line."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from assess.generated import CONDITIONS, USUALLY, VITALS, hours, observed

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Recommendation, Standing
from hepatica.clinic.bedside import Bedside
from hepatica.errors import InputError


@cache
def engine() -> Bedside:
    return Bedside()


def textbook(**changes: Any) -> dict[str, Any]:
    """HRS-AKI by every set of criteria, nothing against treatment; `changes` set vitals to it."""
    vitals = {name: (values[0], unit) for name, (values, unit) in VITALS.items() if name != "pao2"}
    rows = [
        {"concept": name, "value": changes.pop(name, value), "unit": unit, "time": hours(52)}
        for name, (value, unit) in vitals.items()
    ]
    values = (("-96", 1.1), ("0", 2.3), ("27", 2.4), ("51", 2.5))
    rows += [
        {"concept": "creatinine", "value": value, "unit": "mg/dL", "time": hours(float(at))}
        for at, value in values
    ]
    rows.append({"concept": "renal_ultrasound", "value": "normal", "time": hours(20)})
    body: dict[str, Any] = {
        "id": "p",
        "demographics": {"age_y": 60, "sex": "male", "weight_kg": 75},
        "admission": hours(0),
        "drug_list_complete": True,
        "procedures": [],
        "observations": [row for row in rows if row["value"] is not None],
        "conditions": [
            {"name": name, "status": changes.pop(name, USUALLY.get(name, "absent"))}
            for name in CONDITIONS
        ],
        "drugs": [
            {"name": "albumin", "dose": 75, "unit": "g", "start": hours(day), "end": hours(day + 4)}
            for day in (2, 26)
        ],
    }
    body["conditions"] = [c for c in body["conditions"] if c["status"] is not None]
    assert not changes, changes
    return body


def look(body: dict[str, Any], at: float | None = None) -> Assessment:
    moment = None if at is None else datetime.fromisoformat(hours(at))
    return assess(observed(body), at=moment, engine=engine())


def rule(found: Assessment, name: str) -> Recommendation:
    return next(one for one in found.plan if one.id == name)


def treated(*creatinines: tuple[float, float], **changes: Any) -> dict[str, Any]:
    body = textbook(**changes)
    body["drugs"].append(
        {"name": "terlipressin", "dose": "0.85", "unit": "mg (base)", "start": hours(54),
         "end": None, "interval_h": 6}
    )  # fmt: skip
    body["observations"] += [
        {"concept": "creatinine", "value": value, "unit": "mg/dL", "time": hours(at)}
        for at, value in creatinines
    ]
    return body


def test_the_textbook_patient_is_offered_each_authority_side_by_side() -> None:
    found = look(textbook())
    assert [c.state for c in found.criteria[:3]] == ["met", "met", "met"]
    starting = [
        r
        for r in found.plan
        if r.beside == "Starting terlipressin" and r.standing is not Standing.NOT_NOW
    ]
    assert len(starting) == 4
    assert {r.authority for r in starting} >= {"US label", "EACS (Europe; people with HIV)"}
    assert {r.standing for r in starting} == {Standing.APPLIES}
    assert rule(found, "albumin-with-vasoconstrictor").for_this_patient == (
        "75 g on day 1, calculated from the weight, at most 100 g; "
        "albumin given: 75 g begun 2026-03-02 10:00; 75 g begun 2026-03-03 10:00"
    )


def test_the_cap_of_albumin_holds() -> None:
    body = textbook()
    body["demographics"]["weight_kg"] = 130
    body["drugs"] = []
    found = look(body)
    assert rule(found, "albumin-challenge").for_this_patient == (
        "100 g each day for 2 days, calculated from the weight, at most 100 g a day; "
        "0 days with albumin of at least 1 g/kg so far"
    )


def test_hypoxia_forbids_terlipressin_and_says_so_first() -> None:
    found = look(textbook(spo2="89"))
    one = rule(found, "terlipressin-us")
    assert one.standing is Standing.CONTRAINDICATED
    assert one.text == "Not proposed: Terlipressin, US label."
    assert one.first[0].id == "hypoxia_spo2_lt_90"
    assert rule(found, "terlipressin-contraindicated").standing is Standing.APPLIES


@pytest.mark.parametrize("kind", ["coronary", "peripheral", "mesenteric"])
def test_unknown_ischaemia_is_said_first(kind: str) -> None:
    one = rule(look(textbook(**{f"ongoing_{kind}_ischaemia": None})), "terlipressin-us")
    assert one.standing is Standing.CHECK_FIRST
    assert one.missing[0] == f"whether there is ongoing {kind} ischaemia"


def test_an_old_normal_saturation_does_not_rule_out_hypoxia() -> None:
    body = textbook()
    for row in body["observations"]:
        if row["concept"] in ("spo2", "fio2"):
            row["time"] = hours(26)
    one = rule(look(body), "terlipressin-us")
    assert one.standing is Standing.CHECK_FIRST
    assert one.missing == ("oxygen saturation (SpO2) of the last 24 h",)


def test_europe_and_the_us_label_differ_at_exactly_5_mg_dl() -> None:
    body = textbook()
    for row in body["observations"]:
        if row["concept"] == "creatinine" and row["time"] == hours(51):
            row["value"] = 5.0
    found = look(body)
    states = {p.id: p.state for p in found.precautions if p.drug == "Terlipressin"}
    assert (states["scr_gt_5"], states["scr_ge_5"]) == ("not_met", "met")
    assert rule(found, "terlipressin-us").standing is Standing.WEIGH


def test_criteria_sets_that_disagree_are_weighed_and_not_merged() -> None:
    body = textbook()
    for row in body["observations"]:  # better at 48 h, not at 24 h
        if row["concept"] == "creatinine" and row["time"] == hours(51):
            row["value"] = 1.8
    found = look(body)
    assert [c.state for c in found.criteria[:3]] == ["not_met", "met", "not_met"]
    one = rule(found, "terlipressin-us")
    assert one.standing is Standing.WEIGH
    assert "criteria_sets_disagree" in [p.id for p in one.first]


def test_no_vasoconstrictor_for_other_kidney_injury() -> None:
    found = look(textbook(alternative_aki_cause="present", urine_rbc="80"))
    assert rule(found, "no-vasoconstrictor-without-hrs").standing is Standing.APPLIES
    assert rule(found, "terlipressin-us").standing is Standing.NOT_NOW


def test_a_missing_drug_history_leaves_the_start_undecided() -> None:
    body = textbook()
    del body["drug_list_complete"]
    one = rule(look(body), "terlipressin-us")
    assert one.standing is Standing.UNDECIDED
    assert "a complete list of drugs" in one.missing


def test_nothing_later_than_the_time_of_asking_is_looked_at() -> None:
    body = treated((76, 2.0), (126, 1.6), (150, 1.4), (153, 1.4))
    early, late = look(body, 53), look(body, 154)
    assert early.treatment is None
    assert early.episode.ica.path[-1].mg_dl == 2.5
    assert late.treatment is not None
    assert [f.state for f in late.treatment.reversal] == ["met", "unknown"]


DAY4 = [
    pytest.param(1.75, "continue", "day4-continue", id="a fall of exactly 30% continues"),
    pytest.param(1.76, "increase", "day4-increase", id="less than 30% increases"),
    pytest.param(2.5, "stop", "day4-stop", id="no fall stops"),
]


@pytest.mark.parametrize(("value", "action", "name"), DAY4)
def test_day_4_by_the_us_label(value: float, action: str, name: str) -> None:
    body = treated((124, value))
    body["observations"].append({"concept": "spo2", "value": 96, "unit": "%", "time": hours(124)})
    found = look(body, 126)
    assert found.treatment is not None
    assert found.treatment.day4 == action
    standing = {
        one: rule(found, one).standing for one in ("day4-continue", "day4-increase", "day4-stop")
    }
    assert standing.pop(name) is Standing.APPLIES
    assert set(standing.values()) == {Standing.NOT_NOW}
    steps = [s.text for s in found.treatment.days[3].steps if s.authority == "US label"]
    assert len(steps) == 2


def test_stopping_rules_stand_side_by_side() -> None:
    found = look(treated((124, 2.5)), 126)
    beside = [
        r.authority
        for r in found.plan
        if r.beside == "Terlipressin when creatinine has been followed"
        and r.standing is not Standing.NOT_NOW
    ]
    assert beside == [
        "US label",
        "Chinese Society of Hepatology",
        "Philippines label",
        "Chronic Liver Disease Foundation",
    ]


def test_hypoxia_on_treatment_stops_it_and_proposes_no_raise() -> None:
    body = treated((124, 2.2))
    body["observations"].append({"concept": "spo2", "value": 86, "unit": "%", "time": hours(124)})
    found = look(body, 126)
    assert rule(found, "stop-hypoxia").standing is Standing.APPLIES
    assert rule(found, "day4-increase").standing is Standing.CONTRAINDICATED


def test_the_baseline_is_explained() -> None:
    found = look(textbook())
    assert found.episode.baseline.shown == "creatinine 1.1 mg/dL at 2026-02-26 08:00"
    assert found.episode.baseline.why.startswith("the value closest before the admission")
    body = textbook()
    body["observations"] = [r for r in body["observations"] if r["time"] != hours(-96)]
    assert look(body).episode.baseline.why.startswith("the first value from the admission on")


def test_predictors_stand_apart_with_their_reports() -> None:
    found = look(textbook(temperature="38.9", heart_rate="118"))
    states = {p.id: p.state for p in found.predictors}
    assert states["creatinine_below_3"] == "present"
    assert states["creatinine_5_or_more"] == "absent"
    assert states["sirs"] == "present"
    assert states["map_rise"] == "unknown"
    effects = next(p for p in found.predictors if p.id == "creatinine_below_3").effects
    assert "49.2%" in effects[0]
    fields = [name for p in found.predictors for name in p.__struct_fields__]
    assert not [name for name in fields if "probab" in name]


def test_every_claim_named_is_cited_with_its_quote() -> None:
    found = look(treated((124, 2.2)), 126)
    named = {claim for rule in found.plan for claim in rule.claims}
    named |= {claim for p in found.precautions for claim in p.claims}
    assert named <= set(found.evidence)
    assert all(one.citation.quote == one.statement for one in found.evidence.values())


def test_more_than_one_patient_is_refused() -> None:
    one, other = observed(textbook()), observed({**textbook(), "id": "q"})
    both = type(one)((*one.rows, *other.rows), one.report)
    with pytest.raises(InputError, match="2 patients, expected exactly one"):
        assess(both)


def test_where_all_was_refused_the_reasons_are_told() -> None:
    rows = [{"concept": "creatinine", "value": "<0.2", "unit": "mg/dL", "time": hours(1)},
            {"concept": "inr", "value": ">9", "time": hours(2)}]  # fmt: skip
    with pytest.raises(InputError, match=r"'<0\.2' is a bound and not a value.*'>9' is a bound"):
        assess(observed({"id": "p", "demographics": {"age_y": 60}, "observations": rows}))
    with pytest.raises(InputError, match=r"creatinine <0\.2 mg/dL at"):
        assess(observed({"id": "p", "observations": rows}))
    with pytest.raises(InputError, match="the file holds no measurement"):
        assess(observed({"id": "p", "observations": []}))


def test_a_last_time_far_from_all_others_is_noted() -> None:
    rows = [{"concept": "creatinine", "value": 1, "unit": "mg/dL", "time": time}
            for time in (hours(1), "2099-03-03T08:00")]  # fmt: skip
    found = assess(observed({"id": "p", "observations": rows}))
    assert any("(2099-03-03) is 73 years after all others" in note for note in found.notes)


def test_rows_without_any_time_are_refused() -> None:
    body = {"id": "p", "demographics": {"age_y": 60}}
    with pytest.raises(InputError, match="no row of the patient has a time"):
        assess(observed(json.loads(json.dumps(body))))


def test_a_time_before_everything_is_refused() -> None:
    body = textbook()
    body["demographics"] = {}
    body["conditions"] = []
    del body["procedures"], body["drug_list_complete"]
    with pytest.raises(InputError, match="nothing is known"):
        look(body, -1000)


def with_conditions(body: dict[str, Any], **states: str) -> dict[str, Any]:
    kept = [c for c in body["conditions"] if c["name"] not in states]
    body["conditions"] = kept + [{"name": n, "status": s} for n, s in states.items()]
    return body


@pytest.mark.parametrize(
    ("neutrophils", "recorded", "standing"),
    [
        ("251", None, Standing.APPLIES),
        ("250", None, Standing.NOT_NOW),
        ("250", "present", Standing.CHECK_FIRST),  # since when is not on record
        (None, "present", Standing.CHECK_FIRST),
        (None, "absent", Standing.NOT_NOW),
        (None, None, Standing.UNDECIDED),
    ],
)
def test_peritonitis_by_count_or_on_record(
    neutrophils: str | None, recorded: str | None, standing: Standing
) -> None:
    body = textbook(ascitic_neutrophils=neutrophils, spontaneous_bacterial_peritonitis=recorded)
    found = look(body)
    beside = [r for r in found.plan if r.beside == "Albumin in spontaneous bacterial peritonitis"]
    assert [r.authority for r in beside] == ["EASL 2018", "AASLD 2021", "ACG 2022", "AGA 2024"]
    assert {r.standing for r in beside} == {standing}
    amount = "112.5 g at diagnosis, calculated from the weight; the sources seen state no cap"
    proposed = standing in (Standing.APPLIES, Standing.CHECK_FIRST)
    assert (beside[0].for_this_patient or "").startswith(amount) == proposed
    assert proposed or beside[0].for_this_patient is None
    assert (rule(found, "diagnostic-tap").standing is Standing.APPLIES) == (neutrophils is None)


def test_bleeding_and_haemoglobin() -> None:
    def standing(haemoglobin: str, **states: str) -> Standing:
        body = with_conditions(textbook(haemoglobin=haemoglobin), **states)
        return rule(look(body), "transfusion-bleeding").standing

    bleeds = {"gastrointestinal_bleeding": "present", "cardiovascular_disease": "absent"}
    assert standing("7.0", **bleeds) is Standing.APPLIES
    assert standing("7.1", **bleeds) is Standing.NOT_NOW
    assert standing("6.0", gastrointestinal_bleeding="present") is Standing.UNDECIDED
    assert standing("6.0", **bleeds, shock="present") is Standing.NOT_NOW
    found = look(with_conditions(textbook(), **bleeds))
    assert rule(found, "gi-bleeding").standing is Standing.APPLIES
    assert rule(found, "gi-bleeding").section == "now"


@pytest.mark.parametrize("state", ["shock", "cardiovascular_disease", "ongoing_coronary_ischaemia"])
def test_the_haemoglobin_of_stable_bleeding_is_said_not_to_speak_of_shock(state: str) -> None:
    bleeds = {"gastrointestinal_bleeding": "present", "cardiovascular_disease": "absent"}
    found = look(with_conditions(textbook(haemoglobin="6.2"), **(bleeds | {state: "present"})))
    assert rule(found, "transfusion-bleeding").standing is Standing.NOT_NOW
    one = rule(found, "transfusion-unstable")
    assert (one.section, one.standing) == ("now", Standing.APPLIES)
    assert "not said there" in one.text
    unknown = textbook(haemoglobin="6.2", ongoing_coronary_ischaemia=None)
    open_ = rule(look(with_conditions(unknown, **bleeds)), "transfusion-bleeding")
    assert open_.standing is Standing.UNDECIDED
    assert open_.missing == ("whether there is ongoing coronary ischaemia",)
    stable = look(with_conditions(textbook(haemoglobin="6.2"), **bleeds))
    assert rule(stable, "transfusion-unstable").standing is Standing.NOT_NOW


def test_a_listed_patient_is_told_what_terlipressin_may_cost() -> None:
    listed = look(textbook(transplant_listed="present"))
    assert rule(listed, "listed-terlipressin").standing is Standing.APPLIES
    assert rule(look(textbook()), "listed-terlipressin").standing is Standing.NOT_NOW
    unknown = rule(look(textbook(transplant_listed=None)), "listed-terlipressin")
    assert unknown.missing == ("whether the patient is listed for a liver transplant",)


def test_hypoxia_on_record_counts_beside_a_normal_saturation() -> None:
    one = rule(look(textbook(hypoxia="present")), "terlipressin-us")
    assert one.standing is Standing.CONTRAINDICATED
    found = look(treated((76, 2.2), hypoxia="present"), 77)
    assert rule(found, "stop-hypoxia").standing is Standing.APPLIES


def test_lille_is_counted_from_the_first_dose() -> None:
    body = textbook()
    body["drugs"].append({"name": "prednisolone", "dose": 40, "unit": "mg", "start": hours(10),
                          "end": None, "interval_h": 24})  # fmt: skip
    rows = [("bilirubin", "300", "umol/L", 9), ("albumin", "25", "g/L", 0),
            ("prothrombin_time", "20", "s", 9), ("creatinine", "100", "umol/L", 9),
            ("bilirubin", "200", "umol/L", 178), ("bilirubin", "100", "umol/L", 230)]  # fmt: skip
    own = {concept for concept, *_ in rows}
    body["observations"] = [row for row in body["observations"] if row["concept"] not in own]
    body["observations"] += [{"concept": concept, "value": value, "unit": unit, "time": hours(at)}
                             for concept, value, unit, at in rows]  # fmt: skip
    body["demographics"]["age_y"] = 50
    line = next(one for one in look(body).scores if one.id == "lille")
    assert line.shown.startswith("0.2103: response to corticosteroids (limit: above 0.45")
    assert line.shown.endswith("bilirubin day7 of 2026-03-09 18:00")
    assert any(text.startswith("bilirubin_day7 = bilirubin 200 umol/L") for text in line.inputs)
    body["drugs"].pop()
    line = next(one for one in look(body).scores if one.id == "lille")
    assert line.value is None
