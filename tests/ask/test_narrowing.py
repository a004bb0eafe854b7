"""`tiers` and `since` hold for every part of an answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine, sync
from hepatica.evidence.model import Tier
from hepatica.evidence.store.store import Store

QUESTIONS = (
    "albumin after paracentesis",
    "What are the treatment options for hepatorenal syndrome?",
    "How is terlipressin dosed?",
    "CONFIRM reversal rate",
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Store.open(tmp_path_factory.mktemp("narrowing") / "store") as store:
        sync(store)
        yield Engine(store)


def rests_on(answer: Answer, engine: Engine) -> list[tuple[Tier, int]]:
    """Tier and year of every claim and every reference of the answer."""
    knowledge = engine.prepared.knowledge
    claims = [claim for s in answer.statements() for claim in s.claims]
    claims += [row.claim for table in answer.disagreements for row in table.rows]
    found = [knowledge.claims[claim] for claim in claims]
    return [(claim.tier, knowledge.sources[claim.source].year or 0) for claim in found]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("reader", list(Reader))
def test_every_part_rests_on_recent_sources_only(
    engine: Engine, question: str, reader: Reader
) -> None:
    answer = engine.ask(question, reader=reader, since=2021)
    assert answer.bottom_line
    assert all(year >= 2021 for _, year in rests_on(answer, engine))
    assert all((reference.year or 0) >= 2021 for reference in answer.references)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("tier", list(Tier))
def test_every_part_is_of_the_tiers_asked_for(engine: Engine, question: str, tier: Tier) -> None:
    answer = engine.ask(question, tiers=[tier])
    assert {of for of, _ in rests_on(answer, engine)} <= {tier}
    assert bool(answer.bottom_line) == bool(answer.sections) or answer.abstained


def test_without_narrowing_the_topic_speaks_whole(engine: Engine) -> None:
    whole = engine.ask(QUESTIONS[1])
    assert {of for of, _ in rests_on(whole, engine)} == set(Tier)
