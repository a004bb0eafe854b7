"""What no plan may do, over patients that nobody thought of."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from random import Random
from typing import Any

import pytest
from assess.generated import (
    GUARDS,
    HIDEABLE,
    as_fhir,
    hide,
    hours,
    in_other_units,
    observed,
    patients,
)
from assess.test_assess import textbook, treated
from hypothesis import HealthCheck, given, seed, settings

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Recommendation, Standing
from hepatica.clinic.assess.rules import precautions
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.fhir import read as read_fhir
from hepatica.evidence.cited import shipped
from hepatica.evidence.numbers import unsupported


def every(test: Callable[..., None]) -> Callable[..., None]:
    """Runs a test over made-up patients: the same ones for all tests, so each is assessed once."""
    quiet = settings(
        max_examples=20,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return quiet(seed(2026)(given(body=patients())(test)))


def some(body: dict[str, Any], choices: Sequence[Any]) -> Any:
    """One of the choices, always the same for a patient."""
    return Random(json.dumps(body)).choice(choices)


PROPOSES = (Standing.APPLIES, Standing.WEIGH, Standing.CHECK_FIRST, Standing.UNDECIDED)
DOSE = re.compile(r"\d\s*(?:mg|mcg|µg|ug|g)\b")


@cache
def engine() -> Bedside:
    return Bedside()


@cache
def assessed(text: str) -> Assessment:
    return assess(observed(json.loads(text)), engine=engine())


def of(body: dict[str, Any]) -> Assessment:
    return assessed(json.dumps(body))


def last(body: dict[str, Any], concept: str) -> float | None:
    values = [r for r in body["observations"] if r["concept"] == concept]
    return float(max(values, key=lambda r: r["time"])["value"]) if values else None


def flag(body: dict[str, Any], name: str) -> bool | None:
    states = [c["status"] for c in body["conditions"] if c["name"] == name]
    return states[-1] == "present" if states else None


def contraindications(body: dict[str, Any], drug: str) -> dict[str, bool | None]:
    """Each contraindication read from the raw file, independently of the assessment."""
    kinds = ("coronary", "peripheral", "mesenteric")
    states = [flag(body, f"ongoing_{kind}_ischaemia") for kind in kinds]
    ischaemia = True if True in states else None if None in states else False
    spo2 = last(body, "spo2")
    hypoxia = True if flag(body, "hypoxia") else None if spo2 is None else spo2 < 90
    age = body["demographics"].get("age_y")
    child = None if age is None else age < 18
    return {
        "terlipressin": {
            "hypoxia_spo2_lt_90": hypoxia, "ongoing_ischaemia": ischaemia, "not_an_adult": child,
        },
        "norepinephrine": {"ongoing_ischaemia": ischaemia, "not_an_adult": child},
        "midodrine-octreotide": {"ongoing_ischaemia": ischaemia, "not_an_adult": child},
        "albumin": {"volume_overload": flag(body, "volume_overload")},
        "norepinephrine-in-shock": {},
        "vasoactive-drug-in-bleeding": {},
        "albumin-in-peritonitis": {"volume_overload": flag(body, "volume_overload")},
    }[drug]  # fmt: skip


@every
def test_no_drug_against_its_contraindication(body: dict[str, Any]) -> None:
    plan = [r for r in of(body).plan if r.gives]
    for rule in plan:
        for drug in rule.gives:
            name = precautions()[drug].name
            for which, state in contraindications(body, drug).items():
                if state is True:
                    assert rule.standing in (Standing.CONTRAINDICATED, Standing.NOT_NOW)
                    proposes_nothing(rule)
                elif state is None and rule.standing is not Standing.NOT_NOW:
                    assert rule.standing is not Standing.APPLIES
                    assert rule.standing is not Standing.WEIGH
                    said = [p for p in rule.first if (p.drug, p.id) == (name, which)]
                    assert said, rule
                    assert said[0].missing


@every
def test_no_day_of_treatment_against_a_contraindication(body: dict[str, Any]) -> None:
    """What is due today or later is held to the precautions exactly as the plan is."""
    course = of(body).treatment
    steps = [step for day in course.days for step in day.steps] if course else []
    given_ = [step for step in steps if step.gives]
    for step in given_:
        if step.state == "done":
            assert step.standing is None
            continue
        states = contraindications(body, "terlipressin").values()
        if True in states:
            assert step.standing is Standing.CONTRAINDICATED
            assert not DOSE.search(step.text)
        elif None in states:
            assert step.standing in (Standing.CHECK_FIRST, Standing.UNDECIDED)
            assert step.text.startswith("check first: ")
            assert step.missing


PRECAUTIONS_ALONE = {
    "norepinephrine-in-shock": ("ongoing_ischaemia", "not_an_adult"),
    "vasoactive-drug-in-bleeding": ("hypoxia_spo2_lt_90", "ongoing_ischaemia"),
    "albumin-in-peritonitis": ("not_an_adult",),
}


@every
def test_where_nothing_forbids_what_speaks_against_it_is_said(body: dict[str, Any]) -> None:
    known = contraindications(body, "terlipressin") | contraindications(body, "albumin")
    for rule in (r for r in of(body).plan if r.standing is not Standing.NOT_NOW):
        for drug in set(rule.gives) & set(PRECAUTIONS_ALONE):
            said = {p.id: p for p in rule.first if p.drug == precautions()[drug].name}
            for which in PRECAUTIONS_ALONE[drug]:
                if known[which] is not False:
                    assert said[which].state == ("met" if known[which] else "unknown")
                    assert not rule.unconditional


def proposes_nothing(rule: Recommendation) -> None:
    if rule.standing is Standing.CONTRAINDICATED:
        assert not DOSE.search(rule.text + (rule.note or "") + (rule.for_this_patient or ""))
        assert any(p.kind == "contraindication" and p.state == "met" for p in rule.first)
        assert rule.first[0].state == "met"


def cautions(body: dict[str, Any]) -> dict[str, bool | None]:
    """Cautions of terlipressin read from the raw file, organs counted by hand."""
    creatinine, grade = last(body, "creatinine"), last(body, "hepatic_encephalopathy_grade")
    bilirubin, inr = last(body, "bilirubin"), last(body, "inr")
    organs = [None if value is None else value >= limit
              for value, limit in ((creatinine, 2), (grade, 3), (inr, 2.5))]  # fmt: skip
    organs.append(None if bilirubin is None else bilirubin > 12)
    decompensated = flag(body, "acute_decompensation")
    oxygen, fio2 = last(body, "spo2"), last(body, "fio2")
    scored = flag(body, "cirrhosis") and (body["demographics"].get("age_y") or 0) >= 18
    alone = scored and oxygen and fio2 and last(body, "pao2") is None
    lungs = True if alone and oxygen / fio2 <= 214 else None
    aclf_3 = None if organs.count(True) < 3 else decompensated
    return {
        "scr_gt_5": None if creatinine is None else creatinine > 5,
        "scr_ge_5": None if creatinine is None else creatinine >= 5,
        "volume_overload": flag(body, "volume_overload"),
        "breathing_problem": flag(body, "respiratory_support") or lungs,
        "aclf_3": False if decompensated is False else aclf_3,
    }


@every
def test_no_caution_is_passed_over(body: dict[str, Any]) -> None:
    """What is present is said; with three failing organs counted by hand ACLF 3 is present."""
    found = of(body)
    states = {p.id: p.state for p in found.precautions if p.drug == "Terlipressin"}
    for which, state in cautions(body).items():
        if state is not None:
            assert states[which] == ("met" if state else "not_met"), which
    for rule in found.plan:
        if "terlipressin" not in rule.gives or rule.standing is Standing.NOT_NOW:
            continue
        said = {p.id: p.state for p in rule.first if p.drug == "Terlipressin"}
        for which, known in states.items():
            assert (which in said) == (known != "not_met"), which
        if any(state == "unknown" for state in said.values()):
            assert not rule.unconditional
            assert rule.standing is not Standing.WEIGH


@every
def test_no_dose_outside_its_source(body: dict[str, Any]) -> None:
    shelf = shipped()
    found = of(body)
    for rule in found.plan:
        texts = [shelf.passage(claim) for claim in rule.claims]
        assert not unsupported(" ".join((rule.text, rule.note or "")), texts), rule.id
    for day in found.treatment.days if found.treatment else ():
        for step in day.steps:
            assert not unsupported(step.text, [shelf.passage(c) for c in step.claims]), step


@every
def test_more_missing_data_is_never_bolder(body: dict[str, Any]) -> None:
    """Hiding a fact never adds an unconditional recommendation to give a drug.

    A fact is hidden with all its values: without the last of several saturations the one before it
    would be the last, which is other data and not less.
    """
    what = some(body, HIDEABLE)
    full, less = of(body), of(hide(body, what))
    before = {rule.id for rule in full.plan if rule.unconditional}
    after = {rule.id for rule in less.plan if rule.unconditional}
    assert after <= before, (what, after - before)


@every
def test_units_never_change_the_result(body: dict[str, Any]) -> None:
    assert verdicts(of(body)) == verdicts(of(in_other_units(body)))


@every
def test_mixed_units_never_change_the_result(body: dict[str, Any]) -> None:
    mixed = in_other_units(body, every=some(body, (2, 3, 4)))
    assert verdicts(of(body)) == verdicts(of(mixed))


@every
def test_a_bundle_is_never_bolder(body: dict[str, Any], tmp_path_factory: Any) -> None:
    """FHIR says less: no list is complete, and much stands only as a Condition."""
    path = tmp_path_factory.mktemp("fhir") / "p.json"
    path.write_text(json.dumps(as_fhir(body)))
    found = assess(read_fhir(path), engine=engine())
    before = {rule.id for rule in of(body).plan if rule.unconditional}
    assert {rule.id for rule in found.plan if rule.unconditional} <= before
    for rule in (r for r in found.plan if r.gives):
        for drug in rule.gives:
            if True in contraindications(body, drug).values():
                assert rule.standing in (Standing.CONTRAINDICATED, Standing.NOT_NOW), rule.id


DEVIATIONS = {
    "textbook": {},
    "hypoxic": {"spo2": "85"},
    "other cause": {"alternative_aki_cause": "present"},
    "three organs": {"inr": "2.6", "bilirubin": "12.5", "hepatic_encephalopathy_grade": "3"},
}


def deviant(name: str) -> dict[str, Any]:
    if name == "treated":
        return treated((76, 2.3), (124, 2.2))
    body = textbook(**DEVIATIONS.get(name, {}))
    if name == "on dialysis":
        body["procedures"].append({"name": "haemodialysis_session", "time": hours(50)})
    return body


KNOWN = (*DEVIATIONS, "treated", "on dialysis")


@pytest.mark.parametrize("name", KNOWN)
def test_hiding_any_fact_of_a_known_patient_is_never_bolder(name: str) -> None:
    """Every fact of the textbook patient; every third of the others, each fact in some of them."""
    body = deviant(name)
    before = {rule.id for rule in of(body).plan if rule.unconditional}
    for what in HIDEABLE if name == "textbook" else HIDEABLE[KNOWN.index(name) % 3 :: 3]:
        after = {rule.id for rule in of(hide(body, what)).plan if rule.unconditional}
        assert after <= before, (what, after - before)


@pytest.mark.parametrize("guard", GUARDS)
def test_each_guard_that_is_unknown_holds_its_drugs_back(guard: str) -> None:
    plan = of(hide(textbook(), guard)).plan
    stopped = [rule for rule in plan if rule.gives and rule.standing is not Standing.NOT_NOW]
    guarded = {"volume_overload": "albumin"}.get(guard, "terlipressin")
    held = [rule for rule in stopped if guarded in rule.gives]
    assert any(rule.standing is Standing.CHECK_FIRST for rule in held)
    for rule in held:
        assert rule.standing in (Standing.CHECK_FIRST, Standing.UNDECIDED)
        assert rule.first[0].state == "unknown"
        assert rule.first[0].missing


def verdicts(found: Assessment) -> dict[str, Any]:
    """All that is decided; what is printed shows the units that were given."""
    return {
        "plan": [(r.id, r.standing, r.text, r.for_this_patient) for r in found.plan],
        "criteria": [(c.id, c.state, [i.state for i in c.items]) for c in found.criteria],
        "ica": (found.episode.ica.max_stage, found.episode.ica.now, found.episode.ica.first_at),
        "kdigo": (found.episode.kdigo.max_stage, found.episode.kdigo.now),
        "baseline": found.episode.baseline.mg_dl,
        "response": found.episode.response,
        "aclf": (found.aclf.grade, [(o.state, o.points) for o in found.aclf.organs]),
        "scores": [(s.id, s.value) for s in found.scores],
        "precautions": [(p.drug, p.id, p.state) for p in found.precautions],
        "predictors": [(p.id, p.state) for p in found.predictors],
        "causes": [(p.id, p.state) for p in found.differential],
        "treatment": found.treatment and (found.treatment.day4, found.treatment.reversal[0].state),
    }


def test_the_generator_reaches_what_it_must() -> None:
    """Properties that never meet a proposal, or a contraindication, would prove nothing."""
    seen: set[Standing] = set()
    gave = unconditional = 0

    @every
    def look(body: dict[str, Any]) -> None:
        nonlocal gave, unconditional
        rules = [r for r in of(body).plan if r.gives]
        seen.update(r.standing for r in rules)
        gave += any(r.standing in PROPOSES for r in rules)
        unconditional += any(r.unconditional for r in rules)

    look()
    assert seen == set(Standing)
    assert gave >= 8
    assert unconditional >= 3
