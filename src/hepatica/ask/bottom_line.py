"""The one to three sentences that answer first."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.ask import compose
from hepatica.ask.answer import Reader, Statement
from hepatica.ask.prepared import Prepared
from hepatica.ask.retrieve import Curated, Match, Ranked
from hepatica.ask.texts import Texts
from hepatica.evidence.curated import Seen
from hepatica.evidence.model import Tier

_CLEAR_TOPIC = 0.55
_CLOSE = 0.8
_SENTENCES = 3


def bottom_line(
    body: Sequence[Statement],
    chosen: Sequence[Ranked],
    curated: Curated,
    *,
    reader: Reader,
    prepared: Prepared,
    texts: Texts,
) -> list[Statement]:
    """The matching topic's curated lines, or else the best statements of the highest tier.

    A topic speaks when it covers most of the question and one of its claims is among the best
    found. Without one, statements close to the best lead, guidelines before labels before research;
    tertiary claims never do.
    """
    match = _speaking_topic(curated, chosen)
    if match is not None:
        lines = match.topic.plain if reader is Reader.PATIENT else match.topic.bottom_line
        return [
            compose.from_line(line, topic=match.topic.id, prepared=prepared, texts=texts)
            for line in lines[:_SENTENCES]
        ]
    leading = [s for s in body if s.seen is not Seen.TERTIARY]
    if not leading:
        return []
    best = max(statement.score for statement in leading)
    close = [statement for statement in leading if statement.score >= _CLOSE * best]
    close.sort(key=lambda s: (list(Tier).index(s.tier), -s.score))
    return close[: 1 if close[0].verbatim else min(2, _SENTENCES)]


def _speaking_topic(curated: Curated, chosen: Sequence[Ranked]) -> Match | None:
    foremost = {item.claim.id for item in chosen[:3]}
    for match in curated.topics:
        if match.coverage >= _CLEAR_TOPIC and foremost & set(match.topic.claims):
            return match
    return None
