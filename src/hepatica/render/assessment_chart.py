"""Creatinine over time for the terminal: one bar a value, with stages and what was given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from hepatica.clinic.assess.model import Assessment
from hepatica.clinic.units import plain
from hepatica.render.assessment_course import Mark, elided, left_out, values

BAR, LINE = "▇", "│"
REVERSAL = 1.5  # mg/dL; the threshold of reversal in the US label


def chart(found: Assessment, *, width: int = 88) -> str:
    """The course as text; empty where there is no creatinine."""
    marks = values(found)
    if not marks:
        return ""
    return "\n".join(_lines(found, marks, width)) + "\n\n"


def _lines(found: Assessment, marks: list[Mark], width: int) -> Iterator[str]:
    room = max(20, width - 46)
    scale = room / max(REVERSAL, *(mark.mg_dl for mark in marks))
    limit = round(REVERSAL * scale)
    yield f"Creatinine, mg/dL ({LINE} {plain(REVERSAL)} mg/dL, the threshold of reversal)"
    events = sorted(
        (one.start, _begins(one.shown, one.start, one.end, one.running)) for one in found.given
    )
    for mark in elided(marks, lambda one: (one.stage, one.label)):
        if isinstance(mark, int):
            yield f"  {left_out(mark)}"
            continue
        while events and events[0][0] <= mark.time:
            yield f"  {_when(events[0][0])}  · {events.pop(0)[1]}"[:width]
        filled = max(1, round(mark.mg_dl * scale))
        bar = BAR * filled + " " * (room - filled)
        bar = bar[: limit - 1] + LINE + bar[limit:]
        value = plain(round(mark.mg_dl, 2)).rjust(6)
        yield f"  {_when(mark.time)} {value} {bar} {mark.label}".rstrip()
    for start, text in events:
        yield f"  {_when(start)}  · {text}"[:width]


def _begins(shown: str, start: datetime, end: datetime | None, running: bool) -> str:
    if running:
        return f"{shown}, running"
    return f"{shown} until {_when(end)}" if end is not None and end > start else shown


def _when(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M}"
