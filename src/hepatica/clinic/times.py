"""Times: ISO 8601 in, one clock without zone out, and nothing guessed on the way.

Hours between two samples decide criteria, and calendar days decide others. So all times of one
input are put on one clock: the offset of the first time that has one is kept for the whole input,
every other offset is converted to it, and then the offset is dropped. Durations stay true over a
change to summer time, and days are those of the place. A time without an offset among times that
have one is refused: it could be off by hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTIAL = re.compile(r"\d{4}(-\d{2})?")
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)


class BadTimeError(ValueError):
    """A time that cannot be used; the message says why."""


@dataclass(slots=True)
class Clock:
    """Reads the times of one input onto one clock; counts what had to be assumed."""

    offset: tzinfo | None = None
    naive: bool = False
    dates_without_time: int = 0
    converted: int = 0

    def read(self, text: str | None) -> datetime | None:
        """The time on the input's clock; None for an empty text. Raises BadTimeError.

        A date without a time stands for 00:00 and is counted in `dates_without_time`.
        """
        written = (text or "").strip()
        if not written or written.lower() in ("null", "none", "~"):
            return None
        if _PARTIAL.fullmatch(written):
            raise BadTimeError(f"{written!r} has no day: a date is needed (2026-03-04)")
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            raise BadTimeError(
                f"{written!r} is not a time: expected 2026-03-04T08:00 or 2026-03-04"
            ) from None
        if _DATE.fullmatch(written):
            self.dates_without_time += 1
            return self._within(moment)
        return self._within(self._local(moment, written))

    def _local(self, moment: datetime, written: str) -> datetime:
        if moment.tzinfo is None:
            if self.offset is not None:
                raise BadTimeError(f"{written!r} has no offset, but other times of this input do")
            self.naive = True
            return moment
        if self.naive:
            raise BadTimeError(f"{written!r} has an offset, but other times of this input do not")
        if self.offset is None:
            self.offset = timezone(moment.utcoffset() or timedelta(0))
        if moment.utcoffset() != self.offset.utcoffset(None):
            self.converted += 1
        return moment.astimezone(self.offset).replace(tzinfo=None)

    def _within(self, moment: datetime) -> datetime:
        if not EARLIEST <= moment < LATEST:
            raise BadTimeError(f"{moment.date()} is not a plausible date")
        return moment

    def notes(self) -> tuple[str, ...]:
        """What was assumed, in sentences for the report."""
        found = []
        if self.dates_without_time:
            found.append(f"{self.dates_without_time} dates without a time were taken as 00:00")
        if self.offset is not None:
            name = datetime(2000, 1, 1, tzinfo=self.offset).strftime("%z")
            found.append(f"times are on the clock UTC{name[:3]}:{name[3:]}")
        if self.converted:
            found.append(f"{self.converted} times with another offset were converted to it")
        return tuple(found)
