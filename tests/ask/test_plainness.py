"""A patient's answer reads at grade 8 or below, whatever is asked."""

from __future__ import annotations

import pytest

from hepatica.ask.answer import Reader
from hepatica.ask.engine import Engine


@pytest.mark.parametrize(
    "question",
    [
        "type 2 HRS noradrenaline vs terlipressin trial arms maximum doses",
        "Is terlipressin better than noradrenaline (norepinephrine) for HRS?",
        "Arora trial: reversal, survival, dialysis and tolerability of terlipressin",
        "what is hepatorenal syndrome",
        "can I take ibuprofen with cirrhosis",
    ],
)
def test_grade_8_or_below(engine: Engine, question: str) -> None:
    answer = engine.ask(question, reader=Reader.PATIENT)
    assert answer.statements()
    assert answer.reading_grade is not None
    assert answer.reading_grade <= 8.0


def test_every_topic_does(engine: Engine) -> None:
    hard = {
        topic.id: answer.reading_grade
        for topic in engine.prepared.knowledge.topics.values()
        for answer in [engine.ask(topic.question, reader=Reader.PATIENT)]
        if answer.reading_grade is not None and answer.reading_grade > 8.0
    }
    assert hard == {}
