"""The contract that every outcome family keeps, and the disagreements that must be shown."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hepatica.evidence.claim_text import claim_text
from hepatica.evidence.curated import Figure, Seen
from hepatica.evidence.figures import in_words
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.numbers import numbers

SHOWN = {
    "confirm-hrs-reversal": "29.1 15.8 32 17 34 39 18 43 0.012 0.006",
    "hrs-reversal-terlipressin-vs-placebo": "29.1 32 34 13 25 12.5 43.5 8.7 42 0 2.75 26.2",
    "hrs-response-terlipressin": "29.1 32 39 34 43.5 40 39.1 83 70.4 46 53 54.8 55 58.3 67 42",
    "respiratory-failure-confirm": "15.5 7.1 14 5 10 3 11 2 9.4 30 6.2 0",
    "survival-terlipressin": "51 45 27 19 0.15 48.3 20 46.4 23.3 55.6 28.6",
    "terlipressin-vs-noradrenaline": "40 16.7 39.1 43.4 83 70 1.19 0.96 1.46",
    "terlipressin-vs-midodrine-octreotide": "70.4 28.6 28 22 21",
    "terlipressin-stopping-rules": "4 3 100",
    "terlipressin-dose-units": "0.85 1 3 4",
    "terlipressin-regimens": "0.85 1.7 1 2 12 0.5",
    "albumin-trial-before-hrs": "24 48 2",
    "albumin-response-24-vs-48": "38 24 25 54.3 30.7 45.7 28 22 18",
    "albumin-with-vasoconstrictor": "20 40 50",
    "albumin-per-litre-tapped": "8 6 4",
    "albumin-in-sbp": "1.5 1",
    "terlipressin-exclusions": "5 442 39 3 35",
    "infusion-vs-bolus": "35.29 62.16 76.47 64.85",
    "sepsis-confirm": "7 0 5.5 1",
    "map-as-predictor": "501",
    "sirs-as-predictor": "37 6 42.9 6.7 32.1 3.3 15.74",
    "v1-v2-selectivity": "2 6 120",
    "gcsf-aclf": "69.6 29 34.1 37.5 1.61",
    "albumin-long-term": "77 66 29.7 30.2",
    "rifaximin-and-lactulose": "24.8 13.9 2 22.1 45.9 1.06",
    "he-pipeline-count": "17 6 2",
    "mash-resolution": "25.9 29.9 9.7 62.9 34.3 44 56 62 10 47 14 37 30",
    "mash-fibrosis": "24.2 25.9 14.2 36.8 22.4 55 51 29 11",
    "steroids-alcoholic-hepatitis": "14 18 0.72",
    "acetylcysteine-alcoholic-hepatitis": "8 24 27 38",
    "transfusion-threshold": "70 90 7",
    "confirm-endpoint-definition": "10",
}
PER = {"d", "h", "wk", "min", "kg", "kg/d", "kg/min", "L{ascites}"}
POSITIONS = {
    "first-vasoconstrictor": {"aga2024-terlipressin-preferred", "acg2022-hrs-drug", "csh2019-hrs"},
    "albumin-in-sbp": {"acg2022-sbp-albumin", "aga2024-albumin-sbp", "ictmg2024-two-uses"},
    "terlipressin-route": {"label-dose-days-1-3", "ema2022-infusion-option", "dhpc2022-infusion"},
    "survival-terlipressin": {"ot0401-survival", "mhra2023-death-reading"},
    "map-as-predictor": {"ot0401-map-not-predictive", "velez-map", "nazar-direction"},
}


@pytest.mark.parametrize("family", SHOWN)
def test_the_disagreement_is_reproduced(family: str, knowledge: Knowledge) -> None:
    shown = " ".join(
        in_words(knowledge.claims[member.claim].figures[at], knowledge.units)
        for member in knowledge.families[family].members
        for at in member.figures
    )
    wanted = {Decimal(number).normalize() for number in SHOWN[family].split()}
    assert wanted <= numbers(shown)


@pytest.mark.parametrize("family", POSITIONS)
def test_positions_without_figures_are_members_too(family: str, knowledge: Knowledge) -> None:
    assert POSITIONS[family] <= {m.claim for m in knowledge.families[family].members}


def test_a_family_compares_at_least_two_claims(knowledge: Knowledge) -> None:
    for family in knowledge.families.values():
        assert len({member.claim for member in family.members}) >= 2, family.id
        rows = [(member.claim, member.figures) for member in family.members]
        assert len(set(rows)) == len(rows), family.id


def test_a_member_says_what_its_figures_mean(knowledge: Knowledge) -> None:
    for family in knowledge.families.values():
        for member in family.members:
            assert member.definition, (family.id, member.claim)


def test_no_cause_is_given_unless_a_claim_gives_it(knowledge: Knowledge) -> None:
    for family in knowledge.families.values():
        assert (family.explanation is None) == (family.explanation_claim is None), family.id
        if family.explanation is not None:
            assert family.explanation_claim in {member.claim for member in family.members}
            claim = knowledge.claims[family.explanation_claim]
            assert "F1B" in family.explanation, "a new explanation needs its own check here"
            assert "F1B" in (claim.note or ""), family.id
    assert knowledge.families["confirm-hrs-reversal"].explanation is None


def test_numbers_of_a_definition_stand_in_its_claim(knowledge: Knowledge) -> None:
    """What a member says of its figures stands in a claim of the same source, or is its year."""
    texts: dict[str, str] = {}
    for claim in knowledge.claims.values():
        source = knowledge.sources[claim.source]
        words = f"{claim_text(claim, knowledge.units)} {source.title} {source.year}"
        texts[source.id] = f"{texts.get(source.id, '')} {words}"
    faults = [
        (family.id, member.claim, sorted(lacking))
        for family in knowledge.families.values()
        for member in family.members
        if (
            lacking := numbers(f"{member.definition} {member.population}")
            - numbers(texts[knowledge.claims[member.claim].source])
        )
    ]
    assert not faults


def test_a_dose_never_rests_on_tertiary_claims_alone(knowledge: Knowledge) -> None:
    for family in knowledge.families.values():
        doses = {
            member.claim
            for member in family.members
            for at in member.figures
            if is_dose(knowledge.claims[member.claim].figures[at])
        }
        seen = {knowledge.claims[claim].seen for claim in doses}
        assert seen != {Seen.TERTIARY}, family.id


def test_no_line_of_a_topic_takes_a_dose_from_a_tertiary_claim(knowledge: Knowledge) -> None:
    """A dose in a bottom line or a plain answer is carried by a claim that was seen closer."""
    for topic in knowledge.topics.values():
        for line in (*topic.bottom_line, *topic.plain):
            carried: dict[bool, frozenset[Decimal]] = {True: frozenset(), False: frozenset()}
            for name in line.claims:
                claim = knowledge.claims[name]
                doses = (in_words(f, knowledge.units) for f in claim.figures if is_dose(f))
                carried[claim.seen is Seen.TERTIARY] |= numbers(" ".join(doses))
            taken = numbers(line.text) & carried[True] - carried[False]
            assert not taken, (topic.id, line.text)


def is_dose(figure: Figure) -> bool:
    """Whether the figure is an amount of drug per time, per weight or per litre tapped."""
    amount, _, per = (figure.unit or "").partition("/")
    if amount not in {"g", "mg", "ug"}:
        return False
    return figure.every is not None or per in PER
