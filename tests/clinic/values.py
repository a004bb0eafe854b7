"""Generated inputs for definitions: dense around every threshold, and often unknown."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from hepatica.clinic.concepts import concept
from hepatica.clinic.definition import Input, Score, definition

_NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


@cache
def thresholds(name: str) -> list[float]:
    """Every number that the definition compares or computes with."""
    item = definition(name)
    texts = (*item.steps.values(), *(one.sql for one in item.applies))
    return sorted({float(n) for sql in texts for n in _NUMBER.findall(sql)})


def draw(item: Score, key: str, rng: random.Random, unknown: float = 0.15) -> Any:
    """One value for an input, in the definition's unit; None with probability `unknown`."""
    if rng.random() < unknown:
        return None
    given: Input = item.inputs[key]
    if given.flag:
        return rng.random() < 0.5
    if given.unit is None:
        return rng.choice(given.values or tuple(concept(given.concept or key).values))
    low, high = limits(given, key)
    choice = rng.random()
    if choice < 0.4:
        near = [t for t in thresholds(item.id) if low <= t <= high] or [low]
        return rng.choice(near)
    if choice < 0.6:
        near = [t for t in thresholds(item.id) if low <= t <= high] or [low]
        return min(high, max(low, round(rng.choice(near) + rng.choice((-0.01, 0.01)), 6)))
    top = min(high, max(low + 1, 4 * low + 20)) if choice < 0.9 else high
    return round(rng.uniform(low, top), 3)


def limits(given: Input, key: str) -> tuple[float, float]:
    """The plausible range in the definition's unit; for doses, which have none, 0 to 50."""
    item = concept(given.concept or key)
    assert given.unit is not None
    if item.limits is None:
        return 0.0, 50.0
    unit = item.accepted(given.unit)
    return tuple(float(unit.from_own(limit)) for limit in item.limits)  # type: ignore[return-value]


def rows(item: Score, count: int, seed: int = 0, unknown: float = 0.15) -> Iterator[dict[str, Any]]:
    rng = random.Random(f"{item.id}:{seed}")
    for _ in range(count):
        yield {key: draw(item, key, rng, unknown) for key in item.inputs}
