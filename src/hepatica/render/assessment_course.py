"""The creatinine course of an assessment as both charts draw it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from hepatica.clinic.assess.model import Assessment


@dataclass(frozen=True, slots=True)
class Mark:
    """One creatinine: when, how much, the ICA stage as a label ("baseline" for the baseline)."""

    time: datetime
    mg_dl: float
    label: str
    stage: int | None


def values(found: Assessment) -> list[Mark]:
    """Every creatinine with a stage, and the baseline where it was measured before."""
    marks = []
    for point in found.episode.ica.path:
        if point.mg_dl is not None:
            name = point.substage or point.stage
            label = f"stage {name}" if point.stage else ""
            marks.append(Mark(point.time, point.mg_dl, label, point.stage))
    base = found.episode.baseline
    if base.mg_dl is not None and base.time is not None:
        same = [mark for mark in marks if mark.time == base.time and mark.mg_dl == base.mg_dl]
        marks = [mark for mark in marks if mark not in same]
        label = " ".join(["baseline", *(mark.label for mark in same)]).strip()
        marks.append(Mark(base.time, base.mg_dl, label, same[0].stage if same else None))
    return sorted(marks, key=lambda mark: (mark.time, mark.mg_dl))


T = TypeVar("T")
LAST, CHANGES = 30, 30  # the newest values, and the changes of stage, that a page shows


def elided(items: Sequence[T], stage: Callable[[T], object]) -> list[T | int]:
    """All of a short course; of a long one the first, the last and those that change the stage.

    Of many changes of stage the first and the last are kept. A number stands where that many
    values were left out.
    """
    if len(items) <= 2 * LAST:
        return list(items)
    changes = [
        place for place in range(1, len(items)) if stage(items[place]) != stage(items[place - 1])
    ]
    half = CHANGES // 2
    newest = range(len(items) - LAST, len(items))
    kept = sorted({0, *changes[:half], *changes[-half:], *newest})
    found: list[T | int] = []
    for before, place in zip([-1, *kept], kept, strict=False):
        if place - before > 2:
            found.append(place - before - 1)
        elif place - before == 2:
            found.append(items[place - 1])
        found.append(items[place])
    return found


def left_out(count: int) -> str:
    """What stands in place of values that are not shown."""
    return f"... {count:,} more"
