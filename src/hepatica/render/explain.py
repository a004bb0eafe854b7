"""Opens a statement to what it rests on: the quote in its surroundings, and why it was chosen."""

from __future__ import annotations

from collections.abc import Callable

from hepatica.ask.answer import BenchLine, Statement
from hepatica.evidence.model import Citation
from hepatica.evidence.store.store import Store

_AROUND = 90


def explainer(store: Store) -> Callable[[Statement | BenchLine], list[str]]:
    """A function from a statement, or a line of the bench, to the lines that explain it."""

    def opened(citation: Citation) -> list[str]:
        record = citation.record
        text = store.source(record.source_id, record.source_version).text
        before = text[max(0, record.start - _AROUND) : record.start]
        after = text[record.end : record.end + _AROUND]
        where = " › ".join(record.section)
        return [
            f"→ {record.source_id} ({where}) {record.start}–{record.end}, "
            f"version {record.source_version}",
            " ".join(f"…{before}⟦{record.quote}⟧{after}…".split()),
        ]

    def explain(statement: Statement | BenchLine) -> list[str]:
        if isinstance(statement, BenchLine):
            return opened(statement.citation)
        lines = [line for citation in statement.citations for line in opened(citation)]
        return [*lines, f"score {statement.score:.2f}: {statement.why}"]

    return explain
