"""When the values behind a score were measured."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from hepatica.clinic.concepts import LASTING, concept
from hepatica.clinic.definition import Input, definition
from hepatica.clinic.score import Result
from hepatica.clinic.times import moment

if TYPE_CHECKING:
    from hepatica.clinic.assess.gather import Gathered


def times(found: Gathered, result: Result) -> Iterator[tuple[str, datetime]]:
    """The values that went in, and in what went in, by the input's name."""
    inputs = definition(result.id).inputs
    for used in result.inputs:
        given = inputs[used.name]
        origin = (given.source or "").partition(".")[0]
        if origin in found.scores:
            yield from times(found, found.scores[origin])
        else:
            when = _time(found, used.name, given)
            if when is not None:
                yield used.name, when


def oldest(found: Gathered, score: str) -> datetime | None:
    """When the oldest measurement that went into a score was made."""
    return min((when for _, when in times(found, found.scores[score])), default=None)


def _time(found: Gathered, name: str, given: Input) -> datetime | None:
    origin, _, column = (given.source or "").partition(".")
    if origin:
        if given.unit is None or origin in ("asked", "dose"):
            return None
        rows = found.criteria.get(origin) or found.engine.rows(origin)
        observed = found.engine.observation(rows[0].get(f"{column}_row"))
        return observed.time if observed is not None else None
    item = concept(given.concept or name) if not given.flag else None
    if item is None or item.id in LASTING:
        return None
    serving = (item.id, *(also.concept for also in item.also_from))
    latest = {row["concept"]: row["t"] for row in found.criteria["latest_values"]}
    return next((moment(latest[key]) for key in serving if key in latest), None)
