"""What enters from the curated claims, once per trial, and the files that say so."""

from __future__ import annotations

import pytest

from hepatica.bench.pool.concerns import concerns, refuse_mixed
from hepatica.bench.pool.select import select, setting_for
from hepatica.bench.pool.settings import Pooling
from hepatica.bench.pool.study import Arm, Study, checked
from hepatica.errors import InputError
from hepatica.evidence.knowledge import Knowledge

PLACEBO = "hrs-reversal-terlipressin-vs-placebo"


def test_confirm_enters_once_by_journal_and_label(knowledge: Knowledge, pooling: Pooling) -> None:
    found = select(setting_for(PLACEBO, knowledge, pooling), knowledge, pooling, derived=True)
    confirm = [study for study in found.studies if study.label == "CONFIRM"]
    assert [study.claim for study in confirm] == ["confirm-primary-nejm"]
    assert [(a.treatment, a.events, a.total) for a in confirm[0].arms] == [
        ("terlipressin", 63, 199),
        ("placebo", 17, 101),
    ]
    lines = {one.what: one.why for one in found.left_out}
    assert lines["label-efficacy-29-vs-16"] == (
        "CONFIRM is counted once, with confirm-primary-nejm (verified HRS reversal)"
    )
    labels = [study.label for study in found.studies]
    assert len(labels) == len(set(labels))


def test_the_label_may_be_preferred(knowledge: Knowledge, pooling: Pooling) -> None:
    found = select(
        setting_for(PLACEBO, knowledge, pooling), knowledge, pooling, derived=True,
        prefer=("label-efficacy-29-vs-16",),
    )  # fmt: skip
    claims = {study.label: study.claim for study in found.studies}
    assert claims["CONFIRM"] == "label-efficacy-29-vs-16"
    with pytest.raises(InputError, match="no claim 'nonsense'"):
        select(setting_for(PLACEBO, knowledge, pooling), knowledge, pooling, prefer=("nonsense",))


def test_derived_counts_need_the_flag_and_are_marked(
    knowledge: Knowledge, pooling: Pooling
) -> None:
    setting = setting_for("terlipressin-vs-noradrenaline", knowledge, pooling)
    without = select(setting, knowledge, pooling)
    assert "arora-reversal" not in {study.claim for study in without.studies}
    line = next(one for one in without.left_out if one.what == "arora-reversal")
    assert "calculated from percentages" in line.why
    with_flag = select(setting, knowledge, pooling, derived=True)
    arora = next(study for study in with_flag.studies if study.claim == "arora-reversal")
    assert arora.derived
    assert any("Arora 2020" in c and "not printed" in c for c in concerns(with_flag.studies))


def test_every_claim_of_the_families_is_in_or_accounted_for(
    knowledge: Knowledge, pooling: Pooling
) -> None:
    for name in {*pooling.settings, *knowledge.families}:
        setting = setting_for(name, knowledge, pooling)
        found = select(setting, knowledge, pooling, single=True)
        named = {m.claim for family in setting.families for m in knowledge.families[family].members}
        seen = {study.claim for study in found.studies} | {one.what for one in found.left_out}
        assert named <= seen, name


def test_a_subgroup_enters_only_when_asked(knowledge: Knowledge, pooling: Pooling) -> None:
    setting = setting_for(PLACEBO, knowledge, pooling)
    without = select(setting, knowledge, pooling)
    assert "REVERSE" not in {study.label for study in without.studies}
    line = next(one for one in without.left_out if one.what == "reverse-sirs-reversal")
    assert "only the patients of REVERSE with SIRS" in line.why
    assert "not in the knowledge base" in line.why
    within = select(setting, knowledge, pooling, parts=True)
    assert "REVERSE" in {study.label for study in within.studies}
    assert any(c.startswith("Not a whole trial: REVERSE") for c in concerns(within.studies))


def test_pooled_strata_never_enter(knowledge: Knowledge, pooling: Pooling) -> None:
    setting = setting_for("hrs-response-terlipressin", knowledge, pooling)
    found = select(setting, knowledge, pooling, derived=True, cohorts=True, parts=True, single=True)
    line = next(one for one in found.left_out if one.what == "scr-strata-reversal")
    assert "count them twice" in line.why


def test_arms_of_one_treatment_are_added_up(knowledge: Knowledge, pooling: Pooling) -> None:
    setting = setting_for("hrs-response-terlipressin", knowledge, pooling)
    found = select(setting, knowledge, pooling, derived=True, single=True)
    study = next(s for s in found.studies if s.claim == "cavallin16-results")
    assert [(a.events, a.total) for a in study.arms] == [(26 + 24, 34 + 37)]
    pairs = select(setting_for("infusion-vs-bolus", knowledge, pooling), knowledge, pooling,
                   derived=True)  # fmt: skip
    line = next(one for one in pairs.left_out if one.what == "cavallin16-results")
    assert line.why == "both arms had the same treatment"


def test_the_network_takes_the_definition_that_two_trials_share(
    knowledge: Knowledge, pooling: Pooling
) -> None:
    found = select(setting_for("hrs-reversal", knowledge, pooling), knowledge, pooling)
    claims = {study.label: study.claim for study in found.studies}
    assert claims["CONFIRM"] == "confirm-hrs-reversal-any"
    assert claims["OT-0401"] == "ot0401-hrs-reversal"
    treatments = {t for study in found.studies for t in study.treatments}
    assert treatments == {"terlipressin", "noradrenaline", "midodrine-octreotide", "placebo"}
    assert found.names["placebo"] == "placebo or albumin alone"
    assert any("27 and 22 in the abstract" in note for note in found.notes)


def test_an_unknown_family_gets_a_suggestion(knowledge: Knowledge, pooling: Pooling) -> None:
    with pytest.raises(InputError, match=r"'hrs-reversl'.*did you mean hrs-reversal"):
        setting_for("hrs-reversl", knowledge, pooling)


def test_the_pooling_files_name_what_exists(knowledge: Knowledge, pooling: Pooling) -> None:
    for trial in pooling.trials.values():
        assert set(trial.sources) <= set(knowledge.sources)
        assert {*trial.claims, *trial.parts} <= set(knowledge.claims)
    for key, treatment in pooling.treatments.items():
        for claim, arms in treatment.in_claims.items():
            named = {(f.arm or "").lower() for f in knowledge.claims[claim].figures}
            assert {arm.lower() for arm in arms} <= named, (key, claim)
    for setting in pooling.settings.values():
        assert set(setting.families) <= set(knowledge.families)
        assert set(setting.cautions) <= set(knowledge.claims)
        assert {c for p in setting.prefer for c in p.claims} <= set(knowledge.claims)
        lumped = {t for one in setting.lump for t in (one.treatment, *one.others)}
        assert lumped <= set(pooling.treatments)


def test_differences_are_said_before_pooling() -> None:
    arm = Arm(treatment="a", events=1, total=9)
    studies = [
        Study(label="X", arms=(arm,), definition="d1", population="p1", timepoint="day 4"),
        Study(label="Y", arms=(arm,), definition="d2", population="p2", seen="secondary"),
    ]
    said = "\n".join(concerns(studies))
    for words in ("d1 (X); d2 (Y)", "p1 (X); p2 (Y)", "day 4 (X)", "not given (Y)", "own: Y"):
        assert words in said


@pytest.mark.parametrize("survivors", ["survivors", "90 d survival", "transplant-free survival"])
@pytest.mark.parametrize("deaths", ["death", "28-day mortality", "all-cause mortality", "died"])
@pytest.mark.parametrize("column", ["outcome", "definition"])
def test_deaths_and_survivors_are_not_mixed(deaths: str, survivors: str, column: str) -> None:
    arm = Arm(treatment="a", events=1, total=9)
    studies = [
        Study(label="X", arms=(arm,), **{column: deaths}),
        Study(label="Y", arms=(arm,), outcome=survivors),
    ]
    with pytest.raises(InputError, match="X counts deaths and Y survivors"):
        refuse_mixed(studies)


def test_an_outcome_that_death_is_a_part_of_is_not_death() -> None:
    arm = Arm(treatment="a", events=1, total=9)
    reversal = "creatinine of 1.5 mg/dL or less by day 14 without dialysis, death or relapse"
    studies = [
        Study(label="X", arms=(arm,), outcome="HRS reversal", definition=reversal),
        Study(label="Y", arms=(arm,), outcome="free of death"),
        Study(label="Z", arms=(arm,), outcome="alive with HRS reversal"),
    ]
    refuse_mixed(studies)


@pytest.mark.parametrize(
    ("arms", "message"),
    [
        ([("a", 5, 4)], "5 events among 4 patients"),
        ([("a", -1, 4)], "-1 events"),
        ([("a", 0, 0)], "the total is 0"),
        ([("a", 1, 4), ("a", 2, 4)], "'a' is given twice"),
    ],
)
def test_impossible_counts_are_refused(arms: list[tuple[str, int, int]], message: str) -> None:
    study = Study(label="s", arms=tuple(Arm(treatment=t, events=x, total=n) for t, x, n in arms))
    with pytest.raises(InputError, match=message):
        checked(study)
