"""Questions about a score or a set of criteria are answered by its definition too."""

from __future__ import annotations

import json

import pytest

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine
from hepatica.ask.recheck import load, recheck
from hepatica.render import text
from hepatica.render.bench import definitions
from hepatica.render.saved import dump

# (question, score or criterion, what one of its lines must say)
QUESTIONS = [
    ("What is the King's College criteria cut-off?", "kings_college_paracetamol", "pH below 7.30"),
    ("How is MELD 3.0 calculated?", "meld3", "11.14 * ln(cr)"),
    ("Child-Pugh classes", "child_pugh", "A 5-6, B 7-9, C 10-15"),
    ("What is UKELD?", "ukeld", "5.395 * ln(inr)"),
    ("How is Maddrey's discriminant function calculated?", "maddrey", "at least 32"),
    ("definition of hepatorenal syndrome", "hrs_aki_2015", "Proteinuria at most 500 mg a day"),
    ("What are the KDIGO stages?", "kdigo_creatinine", "stage"),
]
OTHERS = [
    "MELD 39, can she have terlipressin?",
    "What are the treatment options for hepatorenal syndrome?",
    "Is terlipressin safe in ACLF grade 3?",
    "How is terlipressin dosed on day 4?",
    "Which drug is first choice in hepatorenal syndrome?",
]


def _shown(answer: Answer) -> dict[str, str]:
    return {page.id: "\n".join(line.text for line in page.lines) for page in definitions(answer)}


@pytest.mark.parametrize(("question", "name", "said"), QUESTIONS)
def test_a_definition_is_shown_with_its_publication(
    engine: Engine, question: str, name: str, said: str
) -> None:
    answer = engine.ask(question)
    assert not answer.abstained
    assert said in _shown(answer)[name]
    page = next(page for page in answer.bench if page.id == name)
    sourced = [line for line in page.lines if line.status == "sourced"]
    assert sourced
    assert all(line.source for line in sourced)
    assert page.command in text.render(answer)


@pytest.mark.parametrize("question", OTHERS)
def test_a_question_about_care_shows_no_definition(engine: Engine, question: str) -> None:
    assert _shown(engine.ask(question)) == {}


def test_a_patient_is_shown_no_definition_and_a_learner_no_formula(engine: Engine) -> None:
    question = "How is MELD 3.0 calculated?"
    assert _shown(engine.ask(question, reader=Reader.PATIENT)) == {}
    learned = engine.ask(question, reader=Reader.LEARNER)
    assert "ln(" not in _shown(learned)["meld3"]
    assert "MELD 3.0 within 6 to 40" in _shown(learned)["meld3"]


def test_a_question_about_a_score_alone_gets_only_what_speaks_of_it(engine: Engine) -> None:
    answer = engine.ask("What is UKELD?")
    assert _shown(answer).keys() == {"ukeld"}
    assert answer.statements()
    assert all("UKELD" in statement.text for statement in answer.statements())


@pytest.mark.parametrize("question", ["definition of HRS", "diagnostic criteria for HRS"])
def test_criteria_stand_beside_what_the_topic_says(engine: Engine, question: str) -> None:
    answer = engine.ask(question)
    led = " ".join(line.text for line in answer.bottom_line)
    assert "ICA 2015" in led
    assert "ADQI-ICA 2024" in led
    assert "EASL 2010" not in led


def test_a_changed_definition_is_found_by_the_check(engine: Engine) -> None:
    saved = json.loads(dump(engine.ask("What is UKELD?")))
    assert recheck(load(json.dumps(saved).encode()), engine.store).faults == ()
    line = next(line for line in saved["bench"][0]["lines"] if "at least 49" in line["text"])
    line["text"] = line["text"].replace("at least 49", "at least 45")
    assert recheck(load(json.dumps(saved).encode()), engine.store).faults
