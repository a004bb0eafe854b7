"""Opens a statement to what it rests on: the quote in its surroundings, and why it was chosen."""

from __future__ import annotations

from collections.abc import Callable

from hepatica.ask.answer import Statement
from hepatica.evidence.store.store import Store

_AROUND = 90


def explainer(store: Store) -> Callable[[Statement], list[str]]:
    """A function from a statement to the lines that explain it."""

    def explain(statement: Statement) -> list[str]:
        lines = []
        for citation in statement.citations:
            record = citation.record
            text = store.source(record.source_id, record.source_version).text
            before = text[max(0, record.start - _AROUND) : record.start]
            after = text[record.end : record.end + _AROUND]
            where = " › ".join(record.section)
            lines.append(
                f"→ {record.source_id} ({where}) {record.start}–{record.end}, "
                f"version {record.source_version}"
            )
            lines.append(" ".join(f"…{before}⟦{record.quote}⟧{after}…".split()))
        lines.append(f"score {statement.score:.2f}: {statement.why}")
        return lines

    return explain
