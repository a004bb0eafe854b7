from __future__ import annotations

from collections.abc import Callable

import pytest

from hepatica.evidence.model import Design, Document, Passage, Source
from hepatica.evidence.store import Store, index

Make = Callable[..., Document]
Found = Callable[..., list[str]]


def test_a_rare_word_outweighs_a_frequent_one(store: Store, make: Make, found: Found) -> None:
    documents = [make(f"common{n}", "treatment treatment of disease") for n in range(30)]
    store.ingest([*documents, make("rare", "uromodulin and much else besides")], origin="test")
    assert found(store, "treatment with uromodulin")[0] == "rare"


def test_two_words_outweigh_one_repeated(store: Store, make: Make, found: Found) -> None:
    others = [make(f"x{n}", "ascites") for n in range(20)]
    repeated = make("repeated", "lactulose lactulose lactulose lactulose")
    both = make("both", "a passage of many more words that names lactulose once and rifaximin once")
    single = make("single", "rifaximin rifaximin rifaximin")
    store.ingest([*others, repeated, both, single], origin="test")
    assert found(store, "lactulose and rifaximin")[0] == "both"


def test_the_title_of_the_source_speaks_for_its_passages(
    store: Store, make: Make, found: Found
) -> None:
    text = "Survival was 60% in both arms."
    store.ingest(
        [
            make("terlipressin", text, title="Terlipressin for hepatorenal syndrome"),
            make("midodrine", text, title="Midodrine for hepatorenal syndrome"),
        ],
        origin="test",
    )
    assert found(store, "survival on terlipressin")[0] == "terlipressin"


def test_headings_above_a_passage_count(store: Store, found: Found) -> None:
    text = "Fatal cases occurred. Give it slowly."
    document = Document(
        source=Source(id="label", title="Label", text=text, design=Design.REGULATORY_LABEL),
        passages=(
            Passage(section=("Warnings", "Respiratory failure"), start=0, end=21),
            Passage(section=("Dosage",), start=22, end=len(text)),
        ),
    )
    store.ingest([document], origin="test")
    [hit] = store.search("respiratory failure")
    assert store.passages([hit.passage_id])[0].text == "Fatal cases occurred."


@pytest.mark.parametrize("question", ["liver " * 200_000, "\x00\x1b[31m" * 1000, "a" * 1_000_000])
def test_huge_and_binary_questions_are_searched(store: Store, make: Make, question: str) -> None:
    store.ingest([make("a", "liver")], origin="test")
    store.search(question)


def test_candidates_lose_nothing_at_the_top(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = "liver kidney albumin dose renal failure trial survival bleeding portal".split()
    documents = [
        make(f"s{n}", " ".join(words[(n * step) % 10] for step in range(1, 3 + n % 9)))
        for n in range(600)
    ]
    store.ingest(documents, origin="test")
    question = "renal failure and portal bleeding"
    exact = store.search(question, k=10)
    monkeypatch.setattr(index, "EXACT_BELOW", 100)
    assert store.search(question, k=10) == exact
    assert store.search(question, k=10, kinds=["text"], since=None) == exact
    assert store.search(question, k=10, kinds=["claim"]) == []
