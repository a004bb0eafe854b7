"""What was known at a moment: later rows are left out, and what still ran has no end yet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from hepatica.clinic.concepts import concept
from hepatica.clinic.observations import Observation, Unread


def known_at(rows: Iterable[Observation], at: datetime) -> tuple[Observation, ...]:
    """The rows of one patient as they stood at `at`, so that no finding rests on the future."""
    return tuple(found for row in rows if (found := _at(row, at)) is not None)


def _at(row: Observation, at: datetime) -> Observation | None:
    begin = row.start if row.start is not None else row.time
    if begin is not None and begin > at:
        return None
    if row.time is None or row.time <= at:
        return row
    if concept(row.concept).kind in ("quantity", "code"):
        return None  # an interval such as a urine volume is known when it ends
    return replace(row, time=None)


def moment_of(rows: Iterable[Observation], unread: Iterable[Unread] = ()) -> datetime | None:
    """The time of the last measurement, or of the last dated row where nothing was measured.

    A measurement that could not be used counts beside rows with a time: it was made.
    """
    rows = tuple(rows)
    measured = [r.time for r in rows if r.time and r.micro is not None and _measured(r)]
    measured += [u.time for u in unread if u.time and _measured(u)]
    dated = [t for r in rows for t in (r.time, r.start) if t is not None]
    return max(measured or dated) if dated else None


def _measured(row: Observation | Unread) -> bool:
    """Whether a row is a measurement, of an instant or an interval: a dose is none."""
    return concept(row.concept).kind == "quantity"
