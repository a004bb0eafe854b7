"""Numbers the sources of an answer in the order in which a reader meets them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hepatica.ask.answer import BenchPage, Disagreement, Reference, Statement
from hepatica.ask.texts import Texts
from hepatica.evidence.model import Tier

Key = tuple[str, str]


def number(
    lines: Sequence[Statement],
    body: Sequence[Statement],
    rows: Sequence[Disagreement],
    texts: Texts,
    bench: Sequence[BenchPage] = (),
) -> tuple[
    list[Statement], list[Statement], list[Disagreement], list[BenchPage], tuple[Reference, ...]
]:
    """The same parts with their reference numbers, and the references; each is used.

    The body comes back ordered by tier, as it will be shown.
    """
    order: dict[Key, int] = {}
    body = sorted(body, key=lambda s: list(Tier).index(s.tier))
    lines = [_numbered(statement, order) for statement in lines]
    pages = [
        msgspec.structs.replace(
            page, statements=tuple(_numbered(statement, order) for statement in page.statements)
        )
        for page in bench
    ]
    body = [_numbered(statement, order) for statement in body]
    tables = [
        msgspec.structs.replace(
            table,
            rows=tuple(
                msgspec.structs.replace(
                    row, refs=_refs([(row.source_id, texts.source(row.source_id).version)], order)
                )
                for row in table.rows
            ),
        )
        for table in rows
    ]
    references = tuple(_reference(n, key, texts) for key, n in order.items())
    return lines, body, tables, pages, references


def _numbered(statement: Statement, order: dict[Key, int]) -> Statement:
    keys = [(c.record.source_id, c.record.source_version) for c in statement.citations]
    return msgspec.structs.replace(statement, refs=_refs(keys, order))


def _refs(keys: Iterable[Key], order: dict[Key, int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(order.setdefault(key, len(order) + 1) for key in keys))


def _reference(n: int, key: Key, texts: Texts) -> Reference:
    source = texts.source(*key)
    return Reference(
        number=n,
        source_id=source.id,
        source_version=key[1],
        title=source.title,
        tier=source.tier,
        design=source.design,
        authors=source.authors,
        issuer=source.issuer,
        container=source.container,
        year=source.year,
        identifiers=dict(source.identifiers),
        url=source.url,
        status=source.status,
        curated=source.curated,
    )
