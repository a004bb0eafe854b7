"""Walking a guide: one answer at a node leads to the next, until what was found is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hepatica.bench.guides.records import Guide, Node, Outcome
from hepatica.errors import InputError

__all__ = ["Pace", "choose", "walk"]


@dataclass(frozen=True)
class Pace:
    """One node and the outcome chosen there."""

    node: Node
    outcome: Outcome


def choose(node: Node, answer: str) -> Outcome:
    """The outcome that `answer` names, in words or by number; InputError lists the answers."""
    text = answer.strip().lower()
    for number, outcome in enumerate(node.outcomes, 1):
        if text in (outcome.answer.lower(), str(number)):
            return outcome
    hits = [o for o in node.outcomes if text and o.answer.lower().startswith(text)]
    if len(hits) == 1:
        return hits[0]
    known = ", ".join(f"{n} {o.answer}" for n, o in enumerate(node.outcomes, 1))
    raise InputError(f"{node.ask} has no answer {answer!r}; there are: {known}")


def walk(guide: Guide, answers: Sequence[str]) -> tuple[list[Pace], Node | None]:
    """The paces that `answers` take, and the node that waits for the next one (None at an end).

    InputError for an answer that a node does not have, and for answers left over at an end.
    """
    paces: list[Pace] = []
    node: Node | None = guide.node(guide.first)
    for place, answer in enumerate(answers):
        if node is None:
            raise InputError(
                f"the guide ends after {place} answers; left over: {', '.join(answers[place:])}"
            )
        outcome = choose(node, answer)
        paces.append(Pace(node, outcome))
        node = guide.node(outcome.next) if outcome.next is not None else None
    return paces, node
