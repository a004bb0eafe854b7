"""A saved answer that was changed anywhere that a number or a source can stand does not verify."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hepatica.ask.answer import Reader
from hepatica.ask.engine import Engine, sync
from hepatica.ask.recheck import load, recheck
from hepatica.evidence.model import Design, Document, Passage, Source, Status
from hepatica.evidence.store.store import Store
from hepatica.render.saved import dump

QUESTION = "What is the CONFIRM trial reversal rate?"
Saved = dict[str, Any]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(tmp_path_factory.mktemp("recheck") / "store") as opened:
        sync(opened)
        yield opened


@pytest.fixture(scope="module")
def saved(store: Store) -> Saved:
    answer = Engine(store).ask(QUESTION, reader=Reader.RESEARCHER)
    parsed: Saved = json.loads(dump(answer))
    return parsed


def faults(saved: Saved, store: Store) -> list[str]:
    report = recheck(load(json.dumps(saved).encode()), store)
    return [fault.reason for fault in report.faults]


def statement(saved: Saved, key: str) -> Saved:
    """The first statement of a section that has `key`."""
    statements = [s for section in saved["sections"] for s in section["statements"]]
    found: Saved = next(s for s in statements if s.get(key))
    return found


def test_an_untouched_answer_has_no_fault_for_any_reader(store: Store) -> None:
    engine = Engine(store)
    for reader in Reader:
        for question in (QUESTION, "How is terlipressin dosed?", "terlipressin or noradrenaline"):
            answer = engine.ask(question, reader=reader)
            assert faults(json.loads(dump(answer)), store) == [], (reader, question)


CHANGES: list[tuple[str, Callable[[Saved], object], str]] = [
    ("a figure", lambda a: statement(a, "figures")["figures"][0].update(value=77.7), "figure"),
    ("a count", lambda a: statement(a, "effects")["figures"][0].update(n=1), "figure"),
    ("an effect", lambda a: statement(a, "effects")["effects"][0].update(value=9.9), "effect"),
    ("a row", lambda a: row(a).update(figure="reversal: 99.9%"), "'reversal: 99.9%' does not"),
    ("a row's mark", lambda a: row(a).update(refs=[77]), "reference numbers [77]"),
    ("a title", lambda a: a["references"][0].update(title="Another"), "its title is 'Another'"),
    ("a year", lambda a: a["references"][0].update(year=1901), "its year is 1901"),
    ("a PMID", lambda a: a["references"][0].update(identifiers={"pmid": "1"}), "identifiers"),
    ("a source", lambda a: a["references"][0].update(source_id="other"), "no source 'other'"),
    ("a quote", lambda a: citation(a).update(quote="Something else"), "the text has"),
    ("an offset", lambda a: citation(a).update(start=citation(a)["start"] + 1), "the text has"),
    ("a mark", lambda a: statement(a, "text").update(refs=[99]), "reference numbers [99]"),
    ("a number", lambda a: statement(a, "text").update(text="It was 100 mg."), "100 stand in none"),
]


def row(saved: Saved) -> Saved:
    found: Saved = saved["disagreements"][0]["rows"][0]
    return found


def citation(saved: Saved) -> Saved:
    found: Saved = statement(saved, "citations")["citations"][0]
    return found


@pytest.mark.parametrize(("what", "change", "reason"), CHANGES, ids=[c[0] for c in CHANGES])
def test_a_change_is_found(
    saved: Saved, store: Store, what: str, change: Callable[[Saved], object], reason: str
) -> None:
    tampered = copy.deepcopy(saved)
    change(tampered)
    assert any(reason in fault for fault in faults(tampered, store)), what


def test_a_work_that_was_retracted_since_is_named(tmp_path: Path) -> None:
    def work(status: Status) -> Document:
        text = "Fictilysin lowered ferritin in children."
        source = Source(id="pmid:1", title="Work", text=text, design=Design.RCT, status=status)
        return Document(source=source, passages=(Passage(section=(), start=0, end=len(text)),))

    with Store.open(tmp_path / "store") as own:
        sync(own)
        own.ingest([work(Status.CURRENT)], origin="test")
        answer = load(dump(Engine(own).ask("Does fictilysin lower ferritin?")).encode())
        assert recheck(answer, own).notices == ()
        own.ingest([work(Status.RETRACTED)], origin="test")
        report = recheck(answer, own)
        assert report.notices == ("[1] Work (pmid:1): retracted since",)
        assert report.faults == ()
