"""What every file behind a plan must keep: claims that exist, doses that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from hepatica.clinic.assess.assess import DRUGS as DRUGS_OF_A_PAGE
from hepatica.clinic.assess.conditions import Conditions, facts
from hepatica.clinic.assess.rules import (
    Caution,
    Guidance,
    causes,
    claims_of,
    conditions,
    guidance,
    precautions,
    predictors,
)
from hepatica.clinic.assess.steps import schedule
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import definition
from hepatica.clinic.records import names
from hepatica.errors import KnowledgeError
from hepatica.evidence.cited import shipped
from hepatica.evidence.curated import Seen
from hepatica.evidence.numbers import unsupported

RULES = [pytest.param(rule, id=rule.id) for rule in guidance()]
DOSE = re.compile(r"[\d.]+(?:\s*(?:to|-)\s*[\d.]+)?\s*(?:mg|mcg|µg|g)\b(?!/dL)")
DRUGS = re.compile(r"terlipressin|norepinephrine|midodrine|octreotide|albumin", re.IGNORECASE)


def cautions() -> Iterator[tuple[str, Caution]]:
    for drug in precautions().values():
        for item in (*drug.contraindications, *drug.cautions):
            yield drug.id, item


@pytest.mark.parametrize("rule", RULES)
def test_claims_exist_and_can_be_cited(rule: Guidance) -> None:
    assert rule.claims
    for claim in rule.claims:
        assert shipped().cite(claim).citation.quote


@pytest.mark.parametrize("finding", [*names("scores"), *claims_of()])
def test_every_score_and_finding_rests_on_claims_that_can_be_cited(finding: str) -> None:
    assert claims_of()[finding]
    assert all(shipped().cite(claim).citation.quote for claim in claims_of()[finding])


@pytest.mark.parametrize("rule", RULES)
def test_every_number_stands_in_the_claims(rule: Guidance) -> None:
    texts = [shipped().passage(claim) for claim in rule.claims]
    assert not unsupported(f"{rule.text} {rule.note or ''}", texts)


@pytest.mark.parametrize("rule", RULES)
def test_no_dose_rests_on_a_tertiary_page(rule: Guidance) -> None:
    doses = " ".join(DOSE.findall(f"{rule.text} {rule.note or ''}"))
    direct = [c for c in rule.claims if shipped().claim(c).seen is not Seen.TERTIARY]
    assert not unsupported(doses, [shipped().passage(claim) for claim in direct])


@pytest.mark.parametrize("rule", RULES)
def test_a_dose_is_never_without_the_precautions_of_its_drug(rule: Guidance) -> None:
    if DOSE.search(rule.text) and DRUGS.search(rule.text):
        assert rule.gives
    for drug in (*rule.gives, *rule.weigh):
        item = precautions()[drug]
        assert item.contraindications or item.cautions
    if rule.amount is not None:
        assert rule.amount.output in definition(rule.amount.score).outputs
    for name in rule.observed:
        assert facts().facts[name].source == "course"


@pytest.mark.parametrize("drug", DRUGS_OF_A_PAGE)
def test_a_drug_has_contraindications(drug: str) -> None:
    assert precautions()[drug].contraindications


# How a text names what may be given, and the files of precautions that may stand for it.
NAMED = {
    "terlipressin": ("terlipressin",),
    "norepinephrine": ("norepinephrine", "norepinephrine-in-shock"),
    "midodrine|octreotide": ("midodrine-octreotide",),
    "albumin": ("albumin", "albumin-in-peritonitis"),
    "vasoactive": ("vasoactive-drug-in-bleeding",),
}
CLASSES = re.compile(r"vasoconstrictor|vasopressor|vasoactive", re.IGNORECASE)
GOES_ON = re.compile(r"\b(?:continue|keep|raise|raised|step|steps|runs|stay)\b", re.IGNORECASE)
GIVES_NOTHING = {
    "stop-hypoxia": "stops",
    "stop-ischaemia": "asks whether to stop",
    "vasoconstrictor-ischaemia": "asks whether to stop",
    "breathing": "gives nothing before breathing is treated",
    "breathing-on-terlipressin": "asks whether to stop, and gives less",
    "hypoxia": "gives less, or does not start",
    "hold-albumin": "stops",
    "overload-terlipressin": "stops",
    "end-philippines-reached": "names the end",
    "end-us-reached": "names the end",
    "sbp-prophylaxis": "antibiotics, of which none is named",
    "tap-culture": "albumin is measured in the fluid",
    "volume-window-48h": "says when to judge",
    "terlipressin-contraindicated": "forbids",
    "listed-terlipressin": "warns",
    "no-vasoconstrictor-without-hrs": "forbids",
    "monitor-oxygen": "measures, and stops",
    "terlipressin-ended": "says what was given",
    "day4-stop": "stops",
    "day3-stop-philippines": "stops",
    "stop-nonresponse-practice": "stops",
    "vasoconstrictor-no-response": "stops",
    "end-day14": "stops",
    "past-day14": "stops",
    "transplanted-on-terlipressin": "asks whether to stop",
    "transplant-hrs": "warns",
}


@pytest.mark.parametrize("rule", RULES)
def test_whatever_gives_raises_or_continues_a_drug_names_it(rule: Guidance) -> None:
    """A rule that names a drug gives it, with its precautions, or is known to give nothing."""
    named = [files for words, files in NAMED.items() if re.search(words, rule.text, re.IGNORECASE)]
    if rule.id in GIVES_NOTHING:
        assert not rule.gives
        assert named or CLASSES.search(rule.text) or GOES_ON.search(rule.text)
        return
    for files in named:
        assert set(files) & set(rule.gives), (rule.text, files)
    if CLASSES.search(rule.text) or GOES_ON.search(rule.text):
        assert rule.gives


def test_whatever_a_day_gives_names_it() -> None:
    rows, _ = schedule()
    for row in rows:
        gives = DOSE.search(row.text) or GOES_ON.search(row.text)
        assert bool(gives) == (row.gives == ("terlipressin",)), row.text


@pytest.mark.parametrize("rule", RULES)
def test_plain_words_carry_no_regimen(rule: Guidance) -> None:
    assert not re.search(r"\d", rule.plain or "")


@pytest.mark.parametrize(("drug", "item"), list(cautions()), ids=lambda v: getattr(v, "id", v))
def test_precautions_rest_on_claims(drug: str, item: Caution) -> None:
    texts = [shipped().passage(claim) for claim in item.claims]
    assert texts
    years = re.compile(r"\b20\d\d\b")
    assert not unsupported(years.sub("", item.why), texts), (drug, item.id)


def test_the_schedule_rests_on_claims() -> None:
    rows, _ = schedule()
    for row in rows:
        assert not unsupported(row.text, [shipped().passage(claim) for claim in row.claims])
        direct = [c for c in row.claims if shipped().claim(c).seen is not Seen.TERTIARY]
        doses = " ".join(DOSE.findall(row.text))
        assert not unsupported(doses, [shipped().passage(claim) for claim in direct])


def test_everything_else_rests_on_claims_that_exist() -> None:
    named = [claim for item in (*causes(), *predictors()) for claim in item.claims]
    named += [claim for claims in claims_of().values() for claim in claims]
    for claim in named:
        assert shipped().cite(claim)


def test_a_predictor_always_shows_its_report() -> None:
    assert all(item.claims for item in predictors())


def test_facts_come_from_places_that_exist() -> None:
    for name, fact in facts().facts.items():
        kind, _, place = fact.source.partition(" ")
        source, _, column = place.partition(".")
        if kind == "criterion":
            assert column in criterion(source).columns, name
        elif kind == "score":
            assert column in definition(source).outputs, name
        else:
            assert kind in ("flag", "latest", "course"), name
        assert fact.within is None or fact.within in facts().parameters, name


def test_every_fact_that_can_be_asked_is_asked() -> None:
    used = {name for rule in guidance() for name in conditions().uses(f"guidance {rule.id}")}
    for drug, item in cautions():
        used.update(conditions().uses(f"precaution {drug} {item.id}"))
    for prefix, items in (("cause", causes()), ("predictor", predictors())):
        used.update(n for item in items for n in conditions().uses(f"{prefix} {item.id}"))
    _, scheduled = schedule()
    used.update(n for i in range(len(schedule()[0])) for n in scheduled.uses(str(i)))
    assert used >= set(facts().facts) - {"vasopressor_running", "creatinine_baseline"}


def test_a_condition_names_what_would_settle_it() -> None:
    found = Conditions({"x": "hrs_2015 AND NOT ischaemia"})
    outcome = found.evaluate({"hrs_2015": True, "coronary_ischaemia": False})
    assert outcome.value["x"] is None
    assert outcome.unknown["x"] == ("peripheral_ischaemia", "mesenteric_ischaemia")


def test_a_false_part_settles_a_condition() -> None:
    outcome = Conditions({"x": "hrs_2015 AND volume_overload"}).evaluate({"hrs_2015": False})
    assert outcome.value["x"] is False
    assert outcome.unknown == {}


def test_an_unknown_fact_in_a_condition_is_refused() -> None:
    with pytest.raises(KnowledgeError, match="no fact is called 'hrs_2077'"):
        Conditions({"x": "hrs_2077"})
