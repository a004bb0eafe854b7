"""Which passages a search may return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hepatica.evidence.model import Tier

if TYPE_CHECKING:
    import tantivy


def matching(
    schema: tantivy.Schema,
    *,
    kinds: Sequence[str] | None,
    tiers: Sequence[Tier] | None,
    since: int | None,
    include_curated: bool,
) -> list[tantivy.Query]:
    """The conditions on a passage; all have to hold."""
    from tantivy import FieldType, Query

    filters = []
    if kinds is not None:
        filters.append(Query.term_set_query(schema, "kind", list(kinds)))
    if tiers is not None:
        filters.append(Query.term_set_query(schema, "tier", [str(tier) for tier in tiers]))
    if since is not None:
        filters.append(Query.range_query(schema, "year", FieldType.Integer, since, None))
    if not include_curated:
        filters.append(Query.term_query(schema, "curated", False))
    return filters


def only(query: tantivy.Query, filters: Sequence[tantivy.Query]) -> tantivy.Query:
    """The query where the filters hold, with the scores that it has without them."""
    from tantivy import Occur, Query

    if not filters:
        return query
    musts = [(Occur.Must, Query.const_score_query(part, 0.0)) for part in filters]
    return Query.boolean_query([(Occur.Must, query), *musts])
