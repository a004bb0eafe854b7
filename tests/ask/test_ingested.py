"""Questions over ingested text: verbatim sentences in the same shape, retraction obeyed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hepatica.ask.engine import Engine, sync
from hepatica.evidence.model import Design, Document, Passage, Source, Status, Tier
from hepatica.evidence.store.store import Store
from hepatica.render.text import render


def document(
    name: str, text: str, design: Design, *, status: Status = Status.CURRENT, year: int = 2020
) -> Document:
    source = Source(
        id=name, title=f"Work {name}", text=text, design=design, status=status, year=year
    )
    passage = Passage(section=("Results", "Children"), start=0, end=len(text))
    return Document(source=source, passages=(passage,))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with Store.open(tmp_path_factory.mktemp("ingested")) as store:
        sync(store)
        store.ingest(
            [
                document(
                    "pmid:1",
                    "Fictilysin lowered ferritin by 2.25 mg/dL in 40 children. Nobody was harmed.",
                    Design.RCT,
                ),
                document(
                    "spl:1", "Fictilysin is given once daily at 5 mg.", Design.REGULATORY_LABEL
                ),
                document(
                    "pmid:2",
                    "Fictilysin cured everyone of high ferritin.",
                    Design.RCT,
                    status=Status.RETRACTED,
                ),
                document(
                    "pmid:3",
                    "Renoxetine ended pruritus in every child.",
                    Design.RCT,
                    status=Status.RETRACTED,
                ),
            ],
            origin="test",
        )
        store.ingest(
            [document("spl:2", "Patients should not receive what they need not.", Design.COHORT)],
            origin="test",
        )
        yield Engine(store)


def test_the_answer_is_made_of_verbatim_sentences_with_their_section(own: Engine) -> None:
    answer = own.ask("Does fictilysin lower ferritin?")
    said = [s for s in answer.statements() if s.verbatim]
    assert said[0].text == "Fictilysin lowered ferritin by 2.25 mg/dL in 40 children."
    assert {s.citations[0].record.section for s in said} == {("Results", "Children")}
    assert "in: Results › Children" in " ".join(render(answer).split())
    assert all(not s.claims for s in said)


def test_a_retracted_source_is_left_out_and_named(own: Engine) -> None:
    answer = own.ask("Does fictilysin lower ferritin?")
    cited = {c.record.source_id for s in answer.statements() for c in s.citations}
    assert "pmid:2" not in cited
    assert answer.withheld == ("Work pmid:2 (pmid:2) was retracted; not used",)


def test_an_abstention_names_the_retracted_source_that_would_have_answered(own: Engine) -> None:
    answer = own.ask("Does renoxetine end pruritus in children?")
    assert answer.abstained
    assert answer.withheld == ("Work pmid:3 (pmid:3) was retracted; not used",)
    assert "pmid:3) was retracted; not used" in " ".join(render(answer).split())


def test_an_abstention_names_no_retracted_source_that_speaks_of_something_else(own: Engine) -> None:
    assert own.ask("Who won the children's football cup in every country?").withheld == ()


def test_tier_and_year_hold_for_ingested_text_too(own: Engine) -> None:
    answer = own.ask("fictilysin daily dose", tiers=[Tier.LABEL])
    assert [section.tier for section in answer.sections] == [Tier.LABEL]
    assert own.ask("Does fictilysin lower ferritin?", since=2024).abstained


def test_what_is_nowhere_is_named_and_what_is_ingested_is_not(own: Engine) -> None:
    assert own.ask("Does fictilysin lower ferritin?").not_found == ()
    answer = own.ask("Does renoterlin lower ferritin?")
    assert any("renoterlin" in gap.looked_for for gap in answer.not_found)


def test_an_old_answer_verifies_after_its_source_was_superseded(
    own: Engine, tmp_path: Path
) -> None:
    from hepatica.ask.recheck import load, recheck
    from hepatica.render.saved import dump

    with Store.open(tmp_path) as store:
        sync(store)
        store.ingest([document("pmid:9", "Fictilysin gave 31% relief.", Design.RCT)], origin="a")
        saved = load(dump(Engine(store).ask("fictilysin relief")).encode())
        store.ingest([document("pmid:9", "Fictilysin gave 13% relief.", Design.RCT)], origin="b")
        report = recheck(saved, store)
        assert report.faults == ()
        assert report.store_changed
        store.remove("pmid:9")
        assert "removed" in recheck(saved, store).faults[0].reason


def test_a_sentence_beside_claims_speaks_of_what_the_question_names(own: Engine) -> None:
    answer = own.ask("Who should not receive terlipressin?")
    assert any(statement.claims for statement in answer.statements())
    assert not any(statement.verbatim for statement in answer.statements())
