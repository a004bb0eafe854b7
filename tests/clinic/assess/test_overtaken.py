"""A newer value that cannot be used: the older normal one rules nothing out any more."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from assess.generated import CONDITIONS, GUARDS, VITALS, hours
from assess.test_assess import look, rule, textbook
from assess.test_safety import deviant
from tests.clinic.cohort.registry import read as table

from hepatica.clinic.assess.assess import assess
from hepatica.clinic.assess.model import Assessment, Standing
from hepatica.clinic.cohort.run import cohort
from hepatica.clinic.inputs.person import read_text
from hepatica.clinic.inputs.read import read

GIVES = "terlipressin-us"


def newer(body: dict[str, Any], concept: str, *, at: str | None = "") -> dict[str, Any]:
    """The patient with a last value of a concept that cannot be used.

    What is no measurement stands just before the last one: nothing later than that is looked at.
    """
    body = json.loads(json.dumps(body))
    measured = concept not in CONDITIONS and concept != "renal_ultrasound"
    at = at if at is None or at else hours(60 if measured else 51.9)
    if concept in CONDITIONS:
        body["conditions"].append({"name": concept, "status": "perhaps", "time": at})
    else:
        row = {"concept": concept, "value": "as before", "unit": None, "time": at}
        body["observations"].append(row)
    return body


def state(found: Assessment, which: str, drug: str = "Terlipressin") -> str:
    return next(p.state for p in found.precautions if (p.drug, p.id) == (drug, which))


def item(found: Assessment, about: str) -> str:
    criteria = next(c for c in found.criteria if c.id == "hrs_aki_2015")
    return next(i.state for i in criteria.items if i.about.startswith(about))


def obstruction(found: Assessment) -> str:
    return next(one.state for one in found.differential if one.cause.startswith("Obstruction"))


def test_a_danger_noted_after_the_last_value_is_looked_at() -> None:
    body = textbook()
    body["conditions"] = [
        c for c in body["conditions"] if c["name"] != "ongoing_coronary_ischaemia"
    ] + [
        {"name": "ongoing_coronary_ischaemia", "status": "absent", "time": hours(20)},
        {"name": "ongoing_coronary_ischaemia", "status": "present", "start": hours(53)},
    ]
    found = look(body)
    assert found.at == datetime.fromisoformat(hours(53))
    assert state(found, "ongoing_ischaemia") == "met"
    assert state(look(body, 52), "ongoing_ischaemia") == "not_met"


def test_a_drug_begun_after_the_last_value_is_named() -> None:
    body = textbook()
    body["drugs"].append({"name": "terlipressin", "dose": 0.85, "unit": "mg", "start": hours(54)})
    found = look(body)
    (said,) = [note for note in found.notes if note.startswith("dated after the time of asking")]
    assert "terlipressin" in said.lower()
    assert found.treatment is None
    assert not [n for n in look(textbook()).notes if n.startswith("dated after")]
    assert not [n for n in look(body, 54).notes if n.startswith("dated after")]


def test_a_saturation_that_cannot_be_used_leaves_hypoxia_open() -> None:
    found = look(newer(textbook(), "spo2"))
    assert found.at == datetime.fromisoformat(hours(60))
    assert state(found, "hypoxia_spo2_lt_90") == "unknown"
    held = rule(found, GIVES)
    assert held.standing is Standing.CHECK_FIRST
    (said,) = [p for p in held.first if p.id == "hypoxia_spo2_lt_90"]
    assert said.missing == (
        "SpO2 in a form that can be used (that of 2026-03-04 20:00 was refused)",
    )


def test_a_time_before_it_does_not_know_of_it() -> None:
    found = look(newer(textbook(), "spo2"), at=58)
    assert state(found, "hypoxia_spo2_lt_90") == "not_met"
    assert rule(found, GIVES).standing is not Standing.CHECK_FIRST


@pytest.mark.parametrize("at", [None, "yesterday"])
def test_one_without_a_time_may_be_the_newest(at: str | None) -> None:
    found = look(newer(textbook(), "spo2", at=at))
    assert state(found, "hypoxia_spo2_lt_90") == "unknown"
    (said,) = [p for p in rule(found, GIVES).first if p.id == "hypoxia_spo2_lt_90"]
    assert "whose time cannot be read" in said.missing[0]


def test_an_older_one_and_an_empty_one_change_nothing() -> None:
    body = newer(textbook(), "spo2", at=hours(40))
    body["observations"].append({"concept": "spo2", "value": "", "unit": "%", "time": hours(60)})
    found = look(body)
    assert found.at == datetime.fromisoformat(hours(52))
    assert state(found, "hypoxia_spo2_lt_90") == "not_met"


@pytest.mark.parametrize(
    "changes", [{"spo2": "85"}, {"ongoing_mesenteric_ischaemia": "present"}, {"hypoxia": "present"}]
)
def test_a_danger_that_was_there_stays(changes: dict[str, str]) -> None:
    (concept,) = changes
    found = look(newer(textbook(**changes), concept))
    assert rule(found, GIVES).standing is Standing.CONTRAINDICATED


def test_an_ultrasound_that_cannot_be_used_leaves_obstruction_open() -> None:
    before, found = look(textbook()), look(newer(textbook(), "renal_ultrasound"))
    assert item(before, "normal renal ultrasound") == "met"
    assert item(found, "normal renal ultrasound") == "unknown"
    assert (obstruction(before), obstruction(found)) == ("not_met", "unknown")


@pytest.mark.parametrize("guard", [g for g in GUARDS if g != "age"])
def test_each_guard_that_cannot_be_used_holds_its_drugs_back(guard: str) -> None:
    plan = look(newer(textbook(), guard)).plan
    guarded = {"volume_overload": "albumin"}.get(guard, "terlipressin")
    held = [r for r in plan if guarded in r.gives and r.standing is not Standing.NOT_NOW]
    assert held
    for one in held:
        assert one.standing in (Standing.CHECK_FIRST, Standing.UNDECIDED)


@pytest.mark.parametrize(("name", "every"), [("textbook", 1), ("treated", 2)])
def test_a_value_that_cannot_be_used_is_never_bolder(name: str, every: int) -> None:
    body = deviant(name)
    before = {r.id for r in look(body).plan if r.unconditional}
    last = max(row["time"] for row in body["observations"])
    for concept in (*VITALS, "creatinine")[::every]:
        found = look(newer(body, concept, at=f"{last[:13]}:59"))
        assert {r.id for r in found.plan if r.unconditional} <= before, concept
    for concept in (*CONDITIONS, "renal_ultrasound")[::every]:
        found = look(newer(body, concept, at=last))
        assert {r.id for r in found.plan if r.unconditional} <= before, concept


TABLE = """\
patient,concept,value,unit,time,start,text
p,creatinine,1.1,mg/dL,2026-03-02 08:00,,
p,renal_ultrasound,,,2026-03-01 08:00,,normal
p,renal_ultrasound,,,2026-03-03 10:00,,bilateral hydronephrosis
p,shock,,,2026-03-01 08:00,,absent
p,shock,,,2026-03-03 10:00,,perhaps
p,urine_rbc,5,/hpf,2026-03-01 08:00,,
p,urine_rbc,many,/hpf,2026-03-02 09:00,,
q,creatinine,1.1,mg/dL,2026-03-02 08:00,,
q,renal_ultrasound,,,2026-03-01 08:00,,normal
q,shock,,,2026-03-01 08:00,,absent
q,urine_rbc,5,/hpf,2026-03-01 08:00,,
"""
ITEMS = {
    "normal_renal_ultrasound": "normal renal ultrasound", "no_shock": "no shock",
    "rbc_le_50_per_hpf": "at most 50 red cells",
}  # fmt: skip
STATES = {None: "unknown", True: "met", False: "not_met"}


@pytest.mark.parametrize("part", [None, 5])
@pytest.mark.parametrize("asked", [None, "2026-03-03 09:00", "2026-03-05 09:00"])
def test_a_registry_says_the_same(asked: str | None, part: int | None, tmp_path: Path) -> None:
    given, times, out = tmp_path / "l.csv", tmp_path / "t.csv", tmp_path / "o.parquet"
    given.write_text(TABLE)
    times.write_text(f"patient,time\np,{asked}\nq,{asked}\n")
    cohort(given, out, concepts=["hrs_aki_2015"], at=times if asked else None, part=part)
    moment = None if asked is None else datetime.fromisoformat(asked)
    for row in table(out):
        found = assess(read(given, patient=row["patient"]), at=moment)
        assert row["time"] == found.at
        for name, about in ITEMS.items():
            value = row[f"hrs_aki_2015_{name}"]
            assert STATES[value] == item(found, about), (row["patient"], name)
            # The refused words stand at 10:00 on the third, which is now unless a time is asked.
            known = row["patient"] == "q" or (
                name != "rbc_le_50_per_hpf" and asked == "2026-03-03 09:00"
            )
            assert (value is True) is known


def test_every_format_tells_what_could_not_be_used(tmp_path: Path) -> None:
    """A person's file, a long table and FHIR."""
    (tmp_path / "l.csv").write_text(
        "patient,concept,value,unit,time\np,spo2,96,%,2026-03-02 08:00\n"
        "p,spo2,lower,%,2026-03-03 08:00\np,spo2,,%,2026-03-04 08:00\np,spo2,x,%,never\n"
    )
    seen = [("96", "2026-03-02T08:00"), ("lower", "2026-03-03T08:00"), ("", "2026-03-04T08:00"),
            ("x", "never")]  # fmt: skip
    rows = [{"concept": "spo2", "value": v, "unit": "%", "time": t} for v, t in seen]
    text = json.dumps({"id": "p", "observations": rows})
    entry = [
        {"resource": {"resourceType": "Observation", "status": "final", "code": {"text": "spo2"},
                      "subject": {"reference": "Patient/p"}, "effectiveDateTime": t}
                     | ({"valueString": v} if v != "96" else
                        {"valueQuantity": {"value": 96, "unit": "%"}})}
        for v, t in seen
    ]  # fmt: skip
    (tmp_path / "b.json").write_text(json.dumps({"resourceType": "Bundle", "entry": entry}))
    found = [
        read_text(text, name="p.json", patient="p"),
        read(tmp_path / "l.csv"),
        read(tmp_path / "b.json"),
    ]
    times = {datetime(2026, 3, 3, 8), None}
    for one in found:
        assert {(u.patient, u.concept) for u in one.unread} == {("p", "spo2")}
        assert {u.time for u in one.unread} == times
        assert len(one.unread) == 2


REFUSED = """patient,concept,value,unit,time,start,text
p,admission,,,2026-01-02T07:00,,
p,cirrhosis,,,2026-01-02T08:00,,present
p,acute_decompensation,,,2026-01-02T08:00,,present
p,creatinine,1.0,mg/dL,2026-01-02T08:00,,
p,bilirubin,1.0,mg/dL,2026-01-02T08:00,,
p,inr,1.1,1,2026-01-02T08:00,,
p,creatinine,{second},mg/dL,2026-01-03T08:00,,
p,creatinine,400,mg/dL,2026-01-04T08:00,,
"""


@pytest.mark.parametrize(("second", "aki"), [("1.0", None), ("2.1", True)])
def test_a_refused_creatinine_leaves_aki_open_unless_it_is_there_already(
    second: str, aki: bool | None, tmp_path: Path
) -> None:
    """A slip of units: 400 umol/L, for one patient and in a registry."""
    given = tmp_path / "given.csv"
    given.write_text(REFUSED.format(second=second))
    found = assess(read(given))
    assert found.episode is not None
    for staging in (found.episode.ica, found.episode.kdigo):
        assert staging.state == ("met" if aki else "unknown"), staging.id
        assert staging.now is None
        if aki is None:
            assert "one that may be newer was refused" in " ".join(staging.missing)
    for score in found.scores:
        if score.id in ("clif_c_of", "aclf_grade") and score.value is not None:
            assert "a newer value was refused: creatinine" in score.shown
    assert "a newer value was refused: creatinine" in (found.aclf.note or "")
    cohort(given, tmp_path / "out.parquet", concepts=["ica_aki", "kdigo_aki", "hrs_aki_2015"])
    (row,) = table(tmp_path / "out.parquet")
    assert (row["ica_aki_aki"], row["kdigo_aki_aki"], row["hrs_aki_2015_ica_aki"]) == (aki,) * 3
