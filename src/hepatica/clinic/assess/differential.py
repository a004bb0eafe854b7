"""Causes of the kidney injury to think of, and predictors of response as they were reported."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from hepatica.clinic.assess.conditions import Outcome
from hepatica.clinic.assess.gather import Gathered
from hepatica.clinic.assess.model import Predictor, Prompt
from hepatica.clinic.assess.plan import STATES, because
from hepatica.clinic.assess.rules import causes, predictors
from hepatica.evidence.cited import Cited


def differential(found: Gathered, outcome: Outcome) -> tuple[Prompt, ...]:
    """Each cause: pointed to, pointed against, or what would tell."""
    prompts = []
    for item in causes():
        key = f"cause {item.id}"
        value = outcome.value[key]
        facts = "; ".join(because(key, found))
        said = {True: item.found, False: item.ruled_out, None: "not known"}[value]
        parts = [said + (f" ({facts})" if facts and value is not None else ""), item.note]
        prompts.append(
            Prompt(
                id=item.id,
                cause=item.cause,
                state=STATES[value],
                because=". ".join(part for part in parts if part),
                missing=found.settles(outcome.unknown.get(key, ())),
                claims=item.claims,
            )
        )
    return tuple(prompts)


WORDS: dict[bool | None, Literal["present", "absent", "unknown"]] = {
    True: "present",
    False: "absent",
    None: "unknown",
}


def reported(
    found: Gathered, outcome: Outcome, cite: Callable[[str], Cited]
) -> tuple[Predictor, ...]:
    """Each predictor apart, with the effect as its sources give it; nothing is combined."""
    return tuple(
        Predictor(
            id=item.id,
            name=item.name,
            state=WORDS[outcome.value[f"predictor {item.id}"]],
            direction=item.direction,
            effects=tuple(cite(claim).statement for claim in item.claims),
            missing=found.settles(outcome.unknown.get(f"predictor {item.id}", ())),
            claims=item.claims,
            note=item.note,
        )
        for item in predictors()
    )
