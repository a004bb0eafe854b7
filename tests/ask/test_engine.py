"""What holds for every answer, and the behaviours that the product promises."""

from __future__ import annotations

import re

import pytest

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine
from hepatica.ask.texts import Texts
from hepatica.ask.verify import fault
from hepatica.errors import InputError
from hepatica.evidence.curated import Seen
from hepatica.evidence.model import Tier
from hepatica.render.saved import dump
from hepatica.render.text import render

QUESTIONS = [
    "What are the treatment options for hepatorenal syndrome?",
    "Terlivaz dose on day 4",
    "norepinephrine vs terlipressin in ACLF",
    "Does terlipressin improve survival?",
    "predictors of response to terlipressin",
    "rifaximin with lactulose after overt hepatic encephalopathy",
    "resmetirom or semaglutide for MASH",
    "albumin after paracentesis of 8 litres",
    "acute variceal bleeding first hours",
    "N-acetylcysteine in acute liver failure",
    "what is ACLF",
    "HRX215",
    "Which V1a receptor assay shows terlipressin resistance?",
]


@pytest.fixture(scope="module", params=QUESTIONS)
def answer(request: pytest.FixtureRequest, engine: Engine) -> Answer:
    return engine.ask(request.param)


def test_every_statement_cites_and_every_number_stands_in_what_it_cites(
    answer: Answer, engine: Engine
) -> None:
    texts = Texts(engine.store, engine.prepared)
    assert answer.statements()
    assert [fault(statement, texts) for statement in answer.statements()] == [None] * len(
        answer.statements()
    )
    assert answer.dropped == 0


def test_references_run_in_reading_order_and_each_is_used(answer: Answer) -> None:
    used: list[int] = []
    for refs in (
        *(statement.refs for statement in answer.statements()),
        *(row.refs for table in answer.disagreements for row in table.rows),
    ):
        used += [ref for ref in refs if ref not in used]
    assert used == [reference.number for reference in answer.references]
    assert used == list(range(1, len(used) + 1))


def test_the_bottom_line_is_short_and_never_tertiary(answer: Answer) -> None:
    assert 1 <= len(answer.bottom_line) <= 3
    assert all(statement.seen is not Seen.TERTIARY for statement in answer.bottom_line)


def test_what_was_not_seen_at_the_source_says_so(answer: Answer) -> None:
    for statement in answer.statements():
        if statement.seen in {Seen.SECONDARY, Seen.TERTIARY}:
            assert statement.caveat is not None
            assert "not confirmed at the source" in statement.caveat


def test_sections_stand_in_tier_order_and_hold_their_tier_only(answer: Answer) -> None:
    tiers = [section.tier for section in answer.sections]
    assert tiers == [tier for tier in Tier if tier in tiers]
    assert all(s.tier is part.tier for part in answer.sections for s in part.statements)


def test_the_same_question_gives_the_same_bytes(answer: Answer, engine: Engine) -> None:
    assert dump(engine.ask(answer.question)) == dump(answer)


def test_numbers_are_never_broken_in_the_text(answer: Answer) -> None:
    assert not re.search(r"\d\. \d", render(answer, width=10_000))


def test_unconfirmed_figures_are_never_shown(answer: Answer, engine: Engine) -> None:
    shown = {claim for statement in answer.statements() for claim in statement.claims}
    assert not shown & engine.prepared.knowledge.gaps.keys()


@pytest.mark.parametrize(
    "question",
    [
        "What is the target INR for a mechanical mitral valve?",
        "Dose of renoterlin for hepatorenal syndrome",
        "what cream for eczema on my eyelids",
        "terlipressin in pregnancy and breastfeeding",
        "xyzzy plugh",
    ],
)
def test_a_question_outside_the_store_is_refused_with_what_to_do(
    engine: Engine, question: str
) -> None:
    answer = engine.ask(question)
    assert answer.abstained
    assert not answer.statements()
    assert answer.fetch_hint is not None
    assert answer.fetch_hint.startswith("hepatica ingest")
    assert "The store holds no evidence" in render(answer)


def test_tier_and_year_narrow_the_sources(engine: Engine) -> None:
    answer = engine.ask(QUESTIONS[0], tiers=[Tier.RESEARCH], since=2018)
    assert {section.tier for section in answer.sections} == {Tier.RESEARCH}
    cited = {c.record.source_id for p in answer.sections for s in p.statements for c in s.citations}
    years = {engine.store.source(source).year for source in cited}
    assert all(year is not None and year >= 2018 for year in years)


def test_a_follow_up_keeps_the_subject(engine: Engine) -> None:
    first = engine.ask("How is terlipressin given in hepatorenal syndrome?")
    alone = engine.ask("and if she is hypoxic?")
    after = engine.ask("and if she is hypoxic?", subject=first.subject)
    claims = {claim for statement in after.statements() for claim in statement.claims}
    assert "terlipressin" in after.subject
    assert claims & {"label-spo2-rule", "label-contraindications", "label-boxed-warning"}
    assert dump(after) != dump(alone)


def test_a_patient_reads_plain_words_and_when_to_get_help(engine: Engine) -> None:
    answer = engine.ask("what is hepatorenal syndrome", reader=Reader.PATIENT)
    assert answer.seek_help
    assert answer.reading_grade is not None
    assert answer.reading_grade <= 8
    assert "= " not in render(answer)


def test_a_researcher_gets_effect_sizes_with_intervals(engine: Engine) -> None:
    answer = engine.ask("CONFIRM primary result", reader=Reader.RESEARCHER)
    effects = [effect for statement in answer.statements() for effect in statement.effects]
    ratios = [
        e for e in effects if (e.n, e.N, e.comparator_n, e.comparator_N) == (63, 199, 17, 101)
    ]
    assert {effect.measure for effect in ratios} == {
        "risk difference",
        "risk ratio",
        "number needed to treat",
    }
    assert "95% CI" in render(answer)


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00\x01", "a" * 9000])
def test_a_question_that_is_none_gets_one_clear_line(engine: Engine, question: str) -> None:
    with pytest.raises(InputError) as caught:
        engine.ask(question)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("question", ["what is HRS", "hrs definition", "What does HRS mean?"])
def test_a_question_that_a_topic_answers_gets_its_lines_in_their_order(
    engine: Engine, question: str
) -> None:
    lines = engine.prepared.knowledge.topics["hrs-definition"].bottom_line
    assert [s.text for s in engine.ask(question).bottom_line] == [line.text for line in lines]
