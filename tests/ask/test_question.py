"""What a question is read as: concepts, intents, subjects, negation, long messages, follow-ups."""

from __future__ import annotations

import pytest

from hepatica.ask.affinity import affinity, by_kind, names_all
from hepatica.ask.engine import Engine
from hepatica.ask.question import Question, clean, follow, read


def question(engine: Engine, text: str) -> Question:
    return read(text, engine.prepared.lexicon, known=engine.prepared.known)


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Terlivaz starting dose HRS-AKI", {"terlipressin", "dose", "hrs-aki"}),
        ("norepinephrine or noradrenaline?", {"noradrenaline"}),
        ("48 hrs of albumin", {"albumin"}),
        ("does he need a line", set()),
        ("he has HE", {"hepatic-encephalopathy"}),
        ("kidneys shutting down from a bad liver", {"kidney-failure", "hepatorenal-syndrome"}),
    ],
)
def test_concepts(engine: Engine, text: str, concepts: set[str]) -> None:
    named = set(question(engine, text).concepts)
    assert concepts <= named
    if not concepts:
        assert "hepatic-encephalopathy" not in named


def test_hours_are_not_the_syndrome(engine: Engine) -> None:
    assert "hepatorenal-syndrome" not in question(engine, "48 hrs of albumin").concepts


@pytest.mark.parametrize(
    "text",
    ["no terlipressin here, dose of noradrenaline", "terlipressin unavailable: noradrenaline dose",
     "noradrenaline instead of terlipressin"],
)  # fmt: skip
def test_a_drug_that_is_not_to_be_had_is_not_what_is_wanted(engine: Engine, text: str) -> None:
    asked = question(engine, text)
    assert "terlipressin" in asked.denied
    assert "terlipressin" not in asked.wanted
    assert "noradrenaline" in asked.wanted


def test_a_long_message_is_searched_by_its_questions(engine: Engine) -> None:
    story = "My aunt lives by the zoo and loves her parrot and the old tram. " * 6
    asked = question(engine, story + "Can she have terlipressin for her hepatorenal syndrome?")
    assert {subject.words for subject in asked.subjects} == {"terlipressin", "hepatorenal syndrome"}


def test_a_follow_up_keeps_only_kinds_it_does_not_name(engine: Engine) -> None:
    lexicon = engine.prepared.lexicon
    before = ("terlipressin", "hepatorenal-syndrome", "dose")
    kept = follow(question(engine, "and with midodrine?"), before, lexicon)
    assert "hepatorenal-syndrome" in kept.concepts
    assert "terlipressin" not in kept.concepts
    assert "dose" not in kept.concepts


def test_a_record_on_another_drug_is_foreign_and_one_without_a_drug_is_not(engine: Engine) -> None:
    lexicon = engine.prepared.lexicon
    asked = by_kind(["terlipressin"], lexicon)
    assert affinity(asked, by_kind(["terlipressin"], lexicon), lexicon) == 1.0
    assert affinity(asked, by_kind(["vasoconstrictor"], lexicon), lexicon) == 1.0
    assert affinity(asked, by_kind([], lexicon), lexicon) == 1.0
    assert affinity(asked, by_kind(["noradrenaline"], lexicon), lexicon) < 0.5
    assert not names_all(asked, by_kind(["noradrenaline"], lexicon), "drug", lexicon)


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("Terlivaz starting dose HRS-AKI", "cldf-norepinephrine-titration"),
        ("norepinephrine dose in HRS", "label-dose-days-1-3"),
        ("midodrine dose", "label-dose-days-1-3"),
    ],
)
def test_the_bottom_line_never_gives_another_drugs_dose(
    engine: Engine, text: str, foreign: str
) -> None:
    lines = engine.ask(text).bottom_line
    assert lines
    assert foreign not in {claim for line in lines for claim in line.claims}


@pytest.mark.parametrize(
    "text",
    ["how long do people live with cirrhosis", "mum has liver failure, how long will she live"],
)
def test_a_narrower_condition_does_not_answer_for_the_broader(engine: Engine, text: str) -> None:
    first = engine.ask(text).bottom_line[0]
    assert "HRS" not in first.text


@pytest.mark.parametrize(
    ("typed", "line"),
    [
        ("what is \x1b[31mHRS\x1b[0m?", "what is HRS?"),
        ("what is \x1b]0;title\x07HRS \x9b?", "what is HRS ?"),
        ("terlipres\xadsin\u200b dose", "terlipressin dose"),
        ("dose\u202e of\r\nalbumin\ud800", "dose of albumin"),
    ],
)
def test_what_a_terminal_or_a_pdf_leaves_in_a_pasted_question_goes(typed: str, line: str) -> None:
    assert clean(typed) == line
