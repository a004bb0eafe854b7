"""The one to three sentences that answer first."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hepatica.ask import compose
from hepatica.ask.answer import Reader, Statement
from hepatica.ask.prepared import Prepared
from hepatica.ask.retrieve import Curated, Match, Ranked
from hepatica.ask.texts import Texts
from hepatica.evidence.curated import Line, Seen, Topic
from hepatica.evidence.model import Tier

_CLEAR_TOPIC = 0.55
_CLOSE = 0.9
_CLEARLY = 1.12
_CLEARLY_TO_A_PATIENT = 1.3  # a claim's plain text is longer than a topic's line
_SENTENCES = 3
_HARM = "adverse-events"
_ANSWERS = frozenset("No Not None Yes".split())
_REFERS_BACK = re.compile(
    r"(?:It|This|That|These|Those|They|Both|Its|Their|Other|Others|Whatever|Below|Then|After|Added|"
    r"Support|Cohorts|Risk|Reviews)\b|.*\b(?:its (?:own|length|rate)|other rules|the rest)\b"
)


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
    found. The best claim of all leads when it is clearly better than those of the topic's lines:
    the question is then narrower than the topic. Without a topic, statements close to the best
    lead, guidelines before labels before research; tertiary claims never do.
    """
    match = _speaking_topic(curated, chosen)
    if match is not None:
        lines = match.topic.plain if reader is Reader.PATIENT else match.topic.bottom_line
        told = [
            line
            for line in _lines(match.topic, lines, prepared, texts)
            if line.seen is not Seen.TERTIARY
        ]
        clearly = _CLEARLY_TO_A_PATIENT if reader is Reader.PATIENT else _CLEARLY
        if reader is not Reader.PATIENT and not match.as_asked:
            told = _asked_for_first(told, curated)
        most = len(told) if reader is Reader.PATIENT else _SENTENCES
        if told:
            first = [] if match.as_asked else _narrower(told, body, curated, clearly)
            return [*first, *told][:most]
    leading = [s for s in body if s.seen is not Seen.TERTIARY]
    if not leading:
        return []
    best = max(statement.score for statement in leading)
    close = [statement for statement in leading if statement.score >= _CLOSE * best]
    close.sort(key=lambda s: (list(Tier).index(s.tier), -s.score))
    return close[: 1 if close[0].verbatim else min(2, _SENTENCES)]


def _asked_for_first(told: list[Statement], curated: Curated) -> list[Statement]:
    """The line that rests on a clearly better claim than the first line moves to the front, unless
    it or the line after it refers back, or the first line says yes or no."""
    if not told or told[0].text.split()[0].strip(",:;") in _ANSWERS:
        return told
    scores = {item.claim.id: item.score for item in curated.claims}
    worth = [max((scores.get(claim, 0.0) for claim in line.claims), default=0.0) for line in told]
    apart = [_REFERS_BACK.match(line.text) is None for line in told]
    free = [at for at in range(1, len(told)) if apart[at] and all(apart[at + 1 : at + 2])]
    at = max(free, key=lambda at: worth[at], default=0)
    if not at or worth[at] < _CLEARLY * worth[0]:
        return told
    return [told[at], *told[:at], *told[at + 1 :]]


def _narrower(
    told: Sequence[Statement], body: Sequence[Statement], curated: Curated, clearly: float
) -> list[Statement]:
    best = curated.claims[0]
    lines = {claim for statement in told for claim in statement.claims}
    rest = max((item.score for item in curated.claims if item.claim.id in lines), default=0.0)
    if best.claim.seen is Seen.TERTIARY or best.score < clearly * rest:
        return []
    warned = any(statement.tier is not Tier.RESEARCH for statement in told)
    if warned and best.claim.subject == _HARM and best.claim.tier is Tier.RESEARCH:
        return []  # what a small trial saw must not come before a warning
    return [statement for statement in body if statement.claims == (best.claim.id,)]


def in_plain_words(
    shown: Sequence[Statement],
    chosen: Sequence[Ranked],
    curated: Curated,
    *,
    prepared: Prepared,
    texts: Texts,
) -> list[Statement]:
    """What the matching topic tells a patient beyond the bottom line as `shown`."""
    match = _speaking_topic(curated, chosen)
    if match is None:
        return []
    above = {statement.text for statement in shown}
    lines = _lines(match.topic, match.topic.plain, prepared, texts)
    return [line for line in lines if line.text not in above]


def _lines(
    topic: Topic, lines: Sequence[Line], prepared: Prepared, texts: Texts
) -> list[Statement]:
    return [
        compose.from_line(line, topic=topic.id, prepared=prepared, texts=texts) for line in lines
    ]


def _speaking_topic(curated: Curated, chosen: Sequence[Ranked]) -> Match | None:
    foremost = {item.claim.id for item in chosen[:3]}
    for match in curated.topics:
        if match.as_asked:
            return match
        if match.subjects >= _CLEAR_TOPIC and foremost & set(match.topic.claims):
            return match
    return None
