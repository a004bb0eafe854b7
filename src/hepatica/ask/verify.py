"""Holds every statement against the stored texts before it may be shown."""

from __future__ import annotations

from collections.abc import Iterable

from hepatica.ask.answer import Statement
from hepatica.ask.texts import Texts
from hepatica.errors import CitationError, StoreError
from hepatica.evidence.model import Citation
from hepatica.evidence.numbers import unsupported


def fault(statement: Statement, texts: Texts) -> str | None:
    """Why `statement` may not be shown, or None: it cites, its quotes hold, its numbers stand.

    A number may stand in any of the quotes, or in the passage of a claim that is cited.
    """
    if not statement.citations:
        return "it cites nothing"
    for citation in statement.citations:
        record = citation.record
        try:
            Citation.resolve(record, texts.source(record.source_id, record.source_version))
        except (CitationError, StoreError) as error:
            return str(error)
    supports = [citation.record.quote for citation in statement.citations]
    supports += [texts.claim_passage(claim) for claim in statement.claims]
    missing = unsupported(statement.text, supports)
    if missing:
        return f"{sorted(map(str, missing))} stand in none of the passages it cites"
    if statement.verbatim and statement.text != " ".join(supports[0].split()):
        return "a verbatim statement differs from its quote"
    return None


def keep_true(statements: Iterable[Statement], texts: Texts) -> tuple[list[Statement], int]:
    """The statements without a fault, and how many were dropped."""
    every = list(statements)
    true = [statement for statement in every if fault(statement, texts) is None]
    return true, len(every) - len(true)
