"""The disagreements that an answer must show, with each figure's definition and population."""

from __future__ import annotations

import pytest

from hepatica.ask.engine import Engine
from hepatica.render.text import render


@pytest.mark.parametrize(
    ("question", "family", "figures"),
    [
        (
            "Why is the CONFIRM reversal rate given as 29.1% and as 32%?",
            "confirm-hrs-reversal",
            ["29.1%", "15.8%", "32%", "17%", "34%", "39"],
        ),
        (
            "How often does respiratory failure occur on terlipressin?",
            "respiratory-failure-confirm",
            ["15.5%", "14%", "10%", "11%", "30%"],
        ),
        (
            "Does terlipressin improve survival in HRS?",
            "survival-terlipressin",
            ["51%", "45%", "48.3%"],
        ),
        (
            "terlipressin versus noradrenaline in HRS",
            "terlipressin-vs-noradrenaline",
            ["40%", "16.7%", "39.1%", "43.4%", "1.19"],
        ),
        (
            "How many patients respond to terlipressin?",
            "hrs-response-terlipressin",
            ["%"],
        ),
        (
            "When should terlipressin be stopped?",
            "terlipressin-stopping-rules",
            ["day 4"],
        ),
        (
            "Is 0.85 mg of terlipressin the same as 1 mg acetate?",
            "terlipressin-dose-units",
            ["0.85 mg", "1 mg"],
        ),
    ],
)
def test_the_table_stands_in_the_answer(
    engine: Engine, question: str, family: str, figures: list[str]
) -> None:
    answer = engine.ask(question)
    tables = {table.family: table for table in answer.disagreements}
    assert family in tables
    rows = tables[family].rows
    assert len(rows) >= 2
    shown = " ".join(f"{row.figure} {row.definition or ''}" for row in rows)
    assert [figure for figure in figures if figure not in shown] == []
    assert all(row.refs for row in rows)
    assert all(row.definition or row.population for row in rows)


def test_no_cause_is_stated_where_no_source_states_one(engine: Engine) -> None:
    answer = engine.ask("Why is the CONFIRM reversal rate given as 29.1% and as 32%?")
    table = next(t for t in answer.disagreements if t.family == "confirm-hrs-reversal")
    assert table.explanation is None
    assert "No source read states why they differ." in render(answer)


def test_an_explanation_names_its_claim(engine: Engine) -> None:
    knowledge = engine.prepared.knowledge
    for family in knowledge.families.values():
        assert (family.explanation is None) == (family.explanation_claim is None)
        if family.explanation_claim:
            assert family.explanation_claim in knowledge.claims
