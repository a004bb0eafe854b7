"""`tiers` and `since`: what an answer may rest on, in every part of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

from hepatica.ask.answer import Disagreement
from hepatica.ask.retrieve import Curated
from hepatica.evidence.curated import Claim, Line
from hepatica.evidence.knowledge import Knowledge
from hepatica.evidence.model import Tier


class Narrowing(msgspec.Struct, frozen=True):
    """Only these tiers, and only sources of the year `since` or later; None allows all."""

    tiers: frozenset[Tier] | None = None
    since: int | None = None

    @classmethod
    def to(cls, tiers: Collection[Tier] | None, since: int | None) -> Narrowing:
        return cls(None if tiers is None else frozenset(tiers), since)

    def allows(self, claim: Claim, knowledge: Knowledge) -> bool:
        """Whether the claim's tier and the year of its source are within. A source without a year
        is older than any."""
        within = self.tiers is None or claim.tier in self.tiers
        return within and (
            self.since is None or (knowledge.sources[claim.source].year or 0) >= self.since
        )

    def lines(self, curated: Curated, knowledge: Knowledge) -> Curated:
        """The topics with only those lines all of whose claims are allowed."""
        if self == Narrowing():
            return curated

        def kept(lines: Sequence[Line]) -> tuple[Line, ...]:
            return tuple(
                line
                for line in lines
                if all(self.allows(knowledge.claims[claim], knowledge) for claim in line.claims)
            )

        topics = tuple(
            msgspec.structs.replace(
                match,
                topic=msgspec.structs.replace(
                    match.topic,
                    bottom_line=kept(match.topic.bottom_line),
                    plain=kept(match.topic.plain),
                ),
            )
            for match in curated.topics
        )
        return msgspec.structs.replace(curated, topics=topics)

    def tables(self, tables: Sequence[Disagreement], knowledge: Knowledge) -> list[Disagreement]:
        """The tables with the allowed rows; one that is left with fewer than two says nothing."""
        found = [
            msgspec.structs.replace(
                table,
                rows=tuple(
                    row for row in table.rows if self.allows(knowledge.claims[row.claim], knowledge)
                ),
            )
            for table in tables
        ]
        return [table for table in found if len(table.rows) > 1]
