"""What counts for which AKI: volume, vasoconstrictors, baselines, and when a value was measured."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Checklist, ScoreLine
from hepatica.clinic.bedside import Bedside
from hepatica.clinic.inputs.person import read_text
from hepatica.render.assessment import page

HRS = ("hrs_aki_2015", "hrs_aki_2024", "hrs_aki_2024_window_48h")
ALBUMIN = "{{name: albumin, dose: 80, unit: g, start: {0}T11:00, end: {0}T15:00}}"
CREATININE = "{{at: {0}, creatinine: {1} mg/dL}}"
WORKED_UP = (
    "{at: 2026-03-01T12:00, urine_protein_24h: 150 mg/d, urine_rbc: 3 /hpf,"
    " renal_ultrasound: normal}"
)


@cache
def engine() -> Bedside:
    return Bedside()


def look(
    creatinines: str,
    *,
    albumin: tuple[str, ...] = ("2026-03-01", "2026-03-02"),
    drugs: tuple[str, ...] = (),
    **parameters: Any,
) -> Assessment:
    """A man of 80 kg with cirrhosis and ascites, admitted on 2026-03-01 at 9.

    `creatinines` are "time value" pairs with commas between them.
    """
    pairs = (pair.split() for pair in creatinines.split(","))
    rows = [CREATININE.format(*pair) for pair in pairs]
    given = [ALBUMIN.format(day) for day in albumin] + list(drugs)
    states = {"cirrhosis": "present", "ascites": "present", "shock": "absent"}
    states["alternative_aki_cause"] = "absent"
    text = "\n".join((
        "id: p", "demographics: {age_y: 56, sex: male, weight_kg: 80}",
        "admission: 2026-03-01T09:00", "drug_list_complete: true",
        f"observations: [{', '.join((*rows, WORKED_UP))}]",
        f"drugs: [{', '.join(given)}]",
        "conditions:", *(f"- {{name: {k}, status: {v}}}" for k, v in states.items()),
    ))  # fmt: skip
    return of(text, **parameters)


def of(text: str, **parameters: Any) -> Assessment:
    found = read_text(text, name="p.yaml", patient="p")
    assert not found.report.refused
    return assess(found, engine=engine(), parameters=parameters)


def states(found: Assessment) -> list[str]:
    return [one.state for one in found.criteria if one.id in HRS]


def criteria(found: Assessment, name: str) -> Checklist:
    return next(one for one in found.criteria if one.id == name)


def item(found: Assessment, name: str) -> Any:
    one = criteria(found, name.partition(".")[0])
    return next(line for line in one.items if line.id == name)


def score(found: Assessment, name: str) -> ScoreLine:
    return next(one for one in found.scores if one.id == name)


def lead(found: Assessment) -> str:
    return "\n".join(line.text for line in page(found).lead)


def scores(found: Assessment) -> str:
    (section,) = (one for one in page(found).sections if one.title == "Scores")
    return str(section)


AFTER = "2026-03-10T08:00 2.1, 2026-03-11T12:00 2.5, 2026-03-12T12:00 2.7"
BEFORE = "2026-02-10T08:00 0.9, 2026-03-01T10:00 0.9, 2026-03-03T12:00 0.9"


def test_albumin_before_the_aki_tells_nothing_of_it() -> None:
    found = look(f"{BEFORE}, {AFTER}")
    assert states(found) == ["unknown"] * 3
    for name in ("hrs_aki_2015.no_response_to_albumin", "hrs_aki_2024.no_improvement_after_volume"):
        assert "since this AKI began" in item(found, name).missing[0]
    plan = {rule.id: rule for rule in found.plan}
    assert plan["albumin-challenge"].standing != "not_now"


def test_the_challenge_that_counts_is_the_one_after_the_onset() -> None:
    days = ("2026-03-01", "2026-03-02", "2026-03-10", "2026-03-11")
    found = look(f"{BEFORE}, {AFTER}", albumin=days, workup_days=14)
    assert states(found) == ["met"] * 3
    by = item(found, "hrs_aki_2015.no_response_to_albumin").decided_by
    assert by == "creatinine 2.7 mg/dL at 2026-03-12 12:00"


TREATED = (
    '{name: terlipressin, dose: 0.85, unit: "mg (base)", start: 2026-03-03T14:00,'
    " end: 2026-03-09T08:00, interval_h: 6}"
)
COURSE = (
    "2026-02-10T08:00 0.9, 2026-03-01T10:00 2.1, 2026-03-02T12:00 2.4, 2026-03-03T12:00 2.8,"
    " 2026-03-07T08:00 1.4, 2026-03-08T08:00 1.2"
)


def test_a_recurrence_needs_its_own_challenge() -> None:
    assert states(look(COURSE, drugs=(TREATED,)))[0] == "met"
    again = look(f"{COURSE}, 2026-03-20T08:00 2.6", drugs=(TREATED,))
    assert states(again) == ["unknown"] * 3
    assert "since this AKI began" in lead(again)


def test_terlipressin_of_the_first_episode_does_not_void_the_challenge_of_the_second() -> None:
    rows = f"{COURSE}, 2026-03-20T08:00 2.6, 2026-03-22T12:00 2.9"
    found = look(rows, drugs=(TREATED,), albumin=("2026-03-20", "2026-03-21"))
    assert item(found, "hrs_aki_2015.no_response_to_albumin").state == "met"


FALLS = "2026-02-25T08:00 0.9, 2026-03-01T10:00 2.6, 2026-03-02T12:00 2.0, 2026-03-03T12:00 1.4"
RISES = "2026-02-25T08:00 0.9, 2026-03-01T10:00 2.6, 2026-03-02T12:00 2.7, 2026-03-03T12:00 3.0"
DRUGS = {
    "norepinephrine": "dose: 0.15, unit: ug/kg/min",
    "vasopressin": "dose: 0.03, unit: U/min",
    "midodrine": "dose: 12.5, unit: mg, interval_h: 8",
    "octreotide": "dose: 200, unit: ug, interval_h: 8",
    "terlipressin": 'dose: 0.85, unit: "mg (base)", interval_h: 6',
}


@pytest.mark.parametrize("drug", DRUGS)
def test_a_fall_under_a_vasoconstrictor_is_no_response_to_albumin(drug: str) -> None:
    course = f"{{name: {drug}, {DRUGS[drug]}, start: 2026-03-01T12:00}}"
    assert states(look(FALLS)) == ["not_met"] * 3
    found = look(FALLS, drugs=(course,))
    assert states(found) == ["unknown"] * 3
    assert "before any vasoconstrictor" in lead(found)
    eligible = item(found, "confirm_eligibility.no_sustained_improvement")
    assert eligible.state == "unknown"
    assert "before any vasoconstrictor" in eligible.missing[0]


@pytest.mark.parametrize("drug", DRUGS)
def test_no_fall_in_spite_of_a_vasopressor_is_no_response(drug: str) -> None:
    """As in shock; the drugs of HRS-AKI are no exception, for they lower creatinine if anything."""
    course = f"{{name: {drug}, {DRUGS[drug]}, start: 2026-03-01T12:00}}"
    state = item(look(RISES, drugs=(course,)), "hrs_aki_2015.no_response_to_albumin").state
    assert state == "met"


def test_one_creatinine_is_no_verdict() -> None:
    found = look("2026-03-01T10:00 4.2", albumin=())
    assert found.episode.ica.state == "unknown"
    assert found.episode.ica.max_stage is None
    assert found.episode.ica.path[0].stage is None
    assert item(found, "hrs_aki_2015.ica_aki").state == "unknown"
    assert states(found) == ["unknown"] * 3
    assert "AKI (ICA 2015): unknown (needs a creatinine in hospital, and an earlier" in lead(found)
    assert look("2026-03-01T10:00 4.2, 2026-03-02T10:00 4.2").episode.ica.state == "not_met"


FLAT = "2026-02-10T08:00 0.9, 2026-03-01T10:00 2.5, 2026-03-02T13:00 2.6, 2026-03-03T12:00 2.6"


def test_a_rise_from_before_the_admission_is_aki_where_it_is_presumed_recent() -> None:
    found = look(FLAT)
    assert found.episode.ica.max_stage == 2
    assert found.episode.kdigo.state == "unknown"
    assert states(found) == ["met", "unknown", "unknown"]
    assert "whether the rise over the creatinine before the admission" in lead(found)
    assert states(look(FLAT, baseline="known")) == ["met"] * 3


def test_the_summary_says_which_values_kdigo_compared() -> None:
    rows = "2026-02-10T08:00 0.9, 2026-03-01T10:00 2.1, 2026-03-02T08:00 2.4, 2026-03-03T12:00 2.8"
    assert "AKI (ICA 2015): stage 3" in lead(look(rows))
    said = (
        "highest stage 1, against the 7 days before each value and not the baseline of 2026-02-10"
    )
    assert said in lead(look(rows))
    assert said not in lead(look(rows, baseline="known"))


def test_what_is_not_met_has_its_value() -> None:
    found = look("2026-03-01T10:00 1.0, 2026-03-03T10:00 1.1")
    for name in ("hrs_aki_2015.ica_aki", "hrs_aki_2024.aki_kdigo"):
        one = item(found, name)
        assert (one.state, one.decided_by) == (
            "not_met",
            "creatinine 1.1 mg/dL at 2026-03-03 10:00",
        )


MORNING = "2026-02-10T08:00 0.9, 2026-03-01T10:00 2.5, 2026-03-02T08:00 2.5, 2026-03-03T08:00 2.9"


def test_the_morning_round_tells_the_response() -> None:
    """Samples at 21 h and at 45 h after the first infusion."""
    found = look(MORNING, baseline="known")
    assert states(found) == ["met"] * 3
    assert any(rule.name == "early_hours" for rule in criteria(found, "hrs_aki_2024").rules)
    assert states(look(MORNING, baseline="known", early_hours=0)) == ["unknown"] * 3


def test_the_trajectory_has_its_values() -> None:
    one = item(look(RISES), "confirm_eligibility.trajectory_to_double")
    assert one.decided_by is not None
    assert one.decided_by.startswith("creatinine 0.9 mg/dL at 2026-02-25 08:00 to creatinine 3.0 ")
    assert "times at 14 days" in one.decided_by


def chronic(more: str = "") -> Assessment:
    return of(f"""
id: p
demographics: {{age_y: 66, sex: male, weight_kg: 75}}
observations:
- {{at: 2025-10-01T08:00, creatinine: 1.9 mg/dL}}
- {{at: 2025-12-01T08:00, creatinine: 2.0 mg/dL}}
- {{at: 2026-01-20T08:00, creatinine: 1.95 mg/dL, urine_rbc: 3 /hpf, renal_ultrasound: normal}}
- {{at: 2026-01-20T06:00, urine_protein_24h: 150 mg/d}}
{more}
conditions: [{{name: cirrhosis, status: present}}, {{name: ascites, status: present}}]
""")


def test_hrs_without_aki_has_its_class_dates_and_claims() -> None:
    one = criteria(chronic(), "hrs_naki")
    assert (one.name, one.state) == ("HRS-NAKI: HRS-CKD", "met")
    assert one.claims == ("angeli2019-hrs-renamed",)
    low = item(chronic(), "hrs_naki.egfr_below_60").decided_by
    assert low == (
        "eGFR 37 (creatinine 1.95 mg/dL at 2026-01-20 08:00), below 60 for 111 days "
        "(creatinine 1.9 mg/dL at 2025-10-01 08:00)"
    )
    cause = item(chronic(), "hrs_naki.no_structural_cause").decided_by
    assert cause is not None
    assert "urine protein in 24 h 150" in cause


def test_the_criteria_for_two_organs_are_shown_once_decided() -> None:
    assert all(one.id != "slk_eligibility" for one in chronic().criteria)
    low = "- {{at: {0}, egfr: '{1} mL/min/{{{{1.73_m2}}}}'}}"
    rows = "\n".join(low.format(*pair) for pair in (("2025-10-01", 35), ("2026-01-20T09:00", 25)))
    one = criteria(chronic(rows.replace("{{", "{").replace("}}", "}")), "slk_eligibility")
    assert (one.state, one.claims) == ("met", ("slk-criteria",))
    assert "25" in (one.items[0].decided_by or "")


LIVER_FAILURE = """
id: p
demographics: {age_y: 28, sex: female, weight_kg: 60}
drug_list_complete: true
observations:
- {at: 2026-05-01T10:00, creatinine: 80 umol/L}
- {at: 2026-05-02T10:00, creatinine: 320 umol/L, inr: 7.1, ph: 7.31, bilirubin: 220 umol/L}
- {at: 2026-05-02T10:00, map: 60 mmHg, spo2: 96 %, fio2: 0.21}
- {concept: hepatic_encephalopathy_grade, value: 3, unit: grade, time: 2026-05-02T10:00}
conditions:
"""
ABSENT = "- {name: cirrhosis, status: absent}\n"
PRESENT = "- {name: cirrhosis, status: present}\n"
DECOMPENSATED = "- {name: acute_decompensation, status: present}\n"
OVERDOSE = "- {name: paracetamol_overdose, status: present}\n"


def aclf_3(found: Assessment) -> str:
    return next(p.state for p in found.precautions if p.id == "aclf_3" and p.drug == "Terlipressin")


def test_aclf_is_graded_in_decompensated_cirrhosis_alone() -> None:
    without = of(LIVER_FAILURE + ABSENT)
    assert without.aclf.not_applicable
    assert "ACLF grade: does not apply" in lead(without)
    assert aclf_3(without) == "not_met"
    unsaid = of(LIVER_FAILURE + PRESENT)
    assert "ACLF grade: 3, if this is acutely decompensated cirrhosis (needs" in lead(unsaid)
    assert aclf_3(unsaid) == "unknown"
    assert aclf_3(of(LIVER_FAILURE + PRESENT + DECOMPENSATED)) == "met"


def test_kings_college_is_shown_with_its_meaning_in_acute_liver_failure() -> None:
    shown = scores(of(LIVER_FAILURE + ABSENT + OVERDOSE))
    assert "King's College criteria, paracetamol" in shown
    assert "poor prognosis without transplantation" in shown
    assert "King's College criteria, other causes" not in shown
    assert "Child-Pugh" not in shown
    assert "King's College" not in scores(of(LIVER_FAILURE + PRESENT + OVERDOSE))


HEPATITIS = """
id: p
demographics: {age_y: 45, sex: male}
observations:
- {at: 2026-05-01T10:00, creatinine: 1.0 mg/dL, bilirubin: 250 umol/L, albumin: 28 g/L, inr: 1.8}
- {at: 2026-05-01T10:00, prothrombin_time: 21 s, control_prothrombin_time: 12 s}
- {at: 2026-05-01T10:00, wbc: 16 10^9/L, urea: 6 mmol/L}
- {at: 2026-05-09T08:00, bilirubin: 12 mg/dL}
drugs: [{name: prednisolone, dose: 40, unit: mg, start: 2026-05-02T08:00, interval_h: 24}]
conditions: [{name: cirrhosis, status: present}]
"""


def test_scores_of_hepatitis_say_what_they_mean_and_from_which_days() -> None:
    found = of(HEPATITIS)
    maddrey = score(found, "maddrey").shown
    assert maddrey.startswith("53.4: severe (at least 32); values up to 7.9 days old: prothrombin")
    assert "of 2026-05-01 10:00; bilirubin of 2026-05-09 08:00" in maddrey
    assert score(found, "lille").shown.startswith("0.1579: response to corticosteroids")
    assert score(found, "glasgow").shown.startswith("9: poor prognosis (at least 9 points)")
    for name in ("Lille", "Maddrey", "Glasgow"):
        assert name in scores(found)
    assert "unknown" not in scores(found).partition("more scores")[0]


def test_values_of_the_day_are_not_called_old() -> None:
    assert score(look(RISES), "mdrd4").shown.endswith("m2")


def test_an_old_record_says_so() -> None:
    from datetime import datetime

    text = HEPATITIS
    found = read_text(text, name="p.yaml", patient="p")
    late = assess(found, at=datetime(2027, 5, 9, 8), engine=engine())
    assert "the last value is 372.9 days old" in lead(late)


def test_a_creatinine_of_just_over_a_day_is_one_day_old() -> None:
    text = """
    observations:
      - {at: 2026-03-01T08:00, creatinine: 1.0 mg/dL}
      - {at: 2026-03-03T08:00, creatinine: 1.1 mg/dL}
      - {at: 2026-03-04T09:00, sodium: 135 mmol/L}
    """
    found = assess(read_text(text, name="p.yaml", patient="p"), engine=engine())
    assert "the last value is 1 day old" in lead(found)
