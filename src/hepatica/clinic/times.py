"""Times: ISO 8601 in, one clock without zone a patient, and nothing guessed on the way.

Hours between two samples decide criteria, and calendar days decide others. So all times of one
patient are put on one clock: the offset that most of the patient's times have, the earliest of
these where two are as frequent. Every other offset is converted to it, and then the offset is
dropped. Durations stay true over a change to summer time, and days are those of the place.
Times with and without an offset do not mix, for one without could be off by hours: of a patient
who has both, the fewer are refused, those without where they are as many.

A time is written as ISO 8601 has it, `2026-03-04` or `2026-03-04T08:00`, with seconds and an offset
where there are any, and nothing else is read: a zone's name, a slash or a lone hour is refused.

`clocks.py` holds the same rules as SQL.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
# As in FHIR, no place is more than 14 hours from UTC.
OFFSET = r"(?:[Zz]|[+-](?:(?:0[0-9]|1[0-3])(?::?[0-5][0-9])?|14(?::?00)?))"
CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?"
WRITTEN = rf"{DATE}(?:[Tt ]{CLOCK}{OFFSET}?)?"
PARTIAL = r"[0-9]{4}(?:-[0-9]{2})?"
BLANKS = " \t\r\n"
NOTHING = ("", "null", "none", "~")
EXPECTED = "expected 2026-03-04T08:00 or 2026-03-04"
_DATE, _WRITTEN, _PARTIAL = re.compile(DATE), re.compile(WRITTEN), re.compile(PARTIAL)
EARLIEST, LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)


class BadTimeError(ValueError):
    """A time that cannot be used; the message says why."""


def parse(text: str | None) -> datetime | None:
    """The time that a text is, with its offset where it has one; None for an empty text.

    A date without a time stands for 00:00. Raises BadTimeError.
    """
    written = (text or "").strip(BLANKS)
    if written.lower() in NOTHING:
        return None
    if _PARTIAL.fullmatch(written):
        raise BadTimeError(f"{written!r} has no day: a date is needed (2026-03-04)")
    try:
        if _WRITTEN.fullmatch(written):
            return datetime.fromisoformat(written.upper())
    except ValueError:  # a day or a month that there is not
        pass
    raise BadTimeError(f"{written!r} is not a time: {EXPECTED}")


def is_date(text: str | None) -> bool:
    """Whether a text is a day without a time, which belongs to any clock."""
    return _DATE.fullmatch((text or "").strip(BLANKS)) is not None


def moment(seconds: int | None) -> datetime | None:
    """A criterion's time column as a time on the input's clock."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


@dataclass(slots=True)
class Clock:
    """Reads the times of one patient; counts what had to be assumed."""

    offset: timezone | None = None
    dates_without_time: int = 0
    converted: Counter[timedelta] = field(default_factory=Counter)

    @classmethod
    def of(cls, texts: Iterable[str | None]) -> Clock:
        """The clock of a patient from all the times that were written for that one."""
        count: Counter[timedelta | None] = Counter()
        first: dict[timedelta, datetime] = {}
        for text in texts:
            try:
                moment = parse(text)
            except BadTimeError:
                continue
            if moment is None or is_date(text):
                continue
            offset = moment.utcoffset()
            bare = moment.replace(tzinfo=None)
            if not EARLIEST <= bare < LATEST:
                continue
            count[offset] += 1
            if offset is not None:
                first[offset] = min(first.get(offset, LATEST), bare - offset)
        without = count.pop(None, 0)
        if without > count.total() or not first:
            return cls()
        return cls(timezone(min(first, key=lambda one: (-count[one], first[one], one))))

    def read(self, text: str | None) -> datetime | None:
        """The time on this clock; None for an empty text. Raises BadTimeError.

        A date without a time is counted in `dates_without_time`.
        """
        moment = parse(text)
        if moment is None:
            return None
        if is_date(text):
            self.dates_without_time += 1
        else:
            moment = self._local(moment, (text or "").strip(BLANKS))
        if not EARLIEST <= moment < LATEST:
            raise BadTimeError(f"{moment.date()} is not a plausible date")
        return moment

    def _local(self, moment: datetime, written: str) -> datetime:
        own = moment.utcoffset()
        if self.offset is None:
            if own is not None:
                raise BadTimeError(
                    f"{written!r} has an offset, but other times of this patient do not"
                )
            return moment
        if own is None:
            raise BadTimeError(f"{written!r} has no offset, but other times of this patient do")
        kept = self.offset.utcoffset(None)
        if own != kept:
            self.converted[own] += 1
        try:
            return moment.replace(tzinfo=None) - own + kept
        except OverflowError:
            raise BadTimeError(f"{moment.date()} is not a plausible date") from None

    def notes(self) -> tuple[str, ...]:
        """What was assumed, in sentences for the report."""
        found = []
        if self.dates_without_time:
            found.append(f"{self.dates_without_time} dates without a time were taken as 00:00")
        if self.offset is not None:
            found.append(f"times are on the clock {name(self.offset.utcoffset(None))}")
            for own, count in sorted(self.converted.items()):
                apart = _apart(own, self.offset)
                found.append(f"{count} times were written at {name(own)} and read {apart} here")
        return tuple(found)


def name(offset: timedelta) -> str:
    """An offset as people write it: UTC+01:00."""
    written = datetime(2000, 1, 1, tzinfo=timezone(offset)).strftime("%z")
    return f"UTC{written[:3]}:{written[3:]}"


def _apart(own: timedelta, clock: timezone) -> str:
    apart = clock.utcoffset(None) - own
    hours = f"{abs(apart) / timedelta(hours=1):g}"
    return f"{hours} h {'later' if apart > timedelta(0) else 'earlier'}"
