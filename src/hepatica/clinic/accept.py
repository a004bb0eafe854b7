"""Checks raw rows one by one: accepted exactly as given, or refused with the reason."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation

from msgspec.structs import replace

from hepatica.clinic import untimed
from hepatica.clinic.concepts import Concept, concept
from hepatica.clinic.observations import (
    Observation,
    Observations,
    Raw,
    Refused,
    Report,
    Unread,
)
from hepatica.clinic.times import BadTimeError, Clock, is_date
from hepatica.clinic.units import Unusable, check, most, per_kg, plain, rate, with_unit

PRESENT = ("present", "true", "yes", "active", "1")
ABSENT = ("absent", "false", "no", "0")
NOT_ALL, OVER = "not all", "over"
OPEN = {  # what is said of a condition and leaves open whether it is there
    NOT_ALL: "not all of what its code names is there: which is not said",
    OVER: "it is over, and since when is not said",
}
_ZEROS = re.compile(r"([0-9]+)\.0+")
# Kinds of which a value that cannot be used may be newer than what is known.
FINDINGS = ("quantity", "code", "flag", "procedure")
_LONGEST = 1000  # digits before or after the point; sums with more take minutes


def accept(raws: Iterable[Raw], *, report: Report | None = None) -> Observations:
    """Checked rows, sorted by patient and time; the rest stands in the report with its reason.

    Identical rows count once. Different values of one concept at one time are all kept: criteria
    over time look at each, and a score that needs "the last value" calls it unknown. Each patient
    has a clock of their own, whatever the times of the others.
    """
    report = report or Report()
    seen: dict[Observation, None] = {}
    unread: dict[Unread, None] = {}
    given = list(raws)
    clocks = _clocks(given)
    read = [observe(raw, clocks[raw.patient]) for raw in given]
    timed = untimed.timed(one[0] for one in read if not isinstance(one, Refused))
    for raw, found in zip(given, read, strict=True):
        report.read += 1
        if not isinstance(found, Refused) and untimed.among(found[0], timed):
            found = _refuse(raw, untimed.REASON)
        if isinstance(found, Refused):
            report.refused.append(found)
            if _says(raw):
                unread[_unread(raw, clocks[raw.patient])] = None
            continue
        row, note = found
        if note:
            report.notes.append(note)
        if row in seen:
            report.duplicates += 1
        seen[row] = None
    if report.duplicates:
        report.notes.append(f"{report.duplicates} rows repeat another one exactly: counted once")
    report.notes.extend(_conflicts(seen))
    report.notes.extend(_assumed(clocks.values()))
    order = sorted(seen, key=_place)
    report.accepted = len(order)
    return Observations(tuple(order), report, tuple(unread))


def _says(raw: Raw) -> bool:
    """Whether a row gives a value, whatever it is, of somebody."""
    given = raw.patient.strip() and ((raw.value or "").strip() or (raw.text or "").strip())
    return bool(given) and concept(raw.concept).kind in FINDINGS


def _unread(raw: Raw, clock: Clock) -> Unread:
    try:
        time, start = clock.read(raw.time), clock.read(raw.start)
    except BadTimeError:
        time = start = None
    return Unread(patient=raw.patient, concept=raw.concept, time=time or start)


def _clocks(given: Iterable[Raw]) -> dict[str, Clock]:
    times: dict[str, list[str | None]] = {}
    for raw in given:
        times.setdefault(raw.patient, []).extend((raw.time, raw.start))
    return {patient: Clock.of(own) for patient, own in times.items()}


def _assumed(clocks: Collection[Clock]) -> list[str]:
    """The notes of the clocks; of several patients those that say the same once."""
    notes = Counter(note for clock in clocks for note in clock.notes())
    if len(clocks) == 1:
        return list(notes)
    return [note if count == 1 else f"{note} ({count} patients)" for note, count in notes.items()]


def _place(row: Observation) -> tuple[object, ...]:
    """Within a moment by value, so that the last row does not rest on the input's order."""
    unknown = row.micro is None
    words = (row.text is None, row.text or "", row.unit is None, row.unit or "")
    time, start = row.time or datetime.max, row.start or datetime.max
    return (row.patient, time, row.concept, unknown, row.micro or 0, *words, start)


Found = tuple[Observation, str | None] | Refused


def observe(raw: Raw, clock: Clock) -> Found:
    """One checked row with a note on what was left out of it, or the refusal."""
    item = concept(raw.concept)
    if not raw.patient.strip():
        return _refuse(raw, "no patient is named")
    try:
        time, start = clock.read(raw.time), clock.read(raw.start)
    except BadTimeError as error:
        return _refuse(raw, str(error))
    if start and time and start > time:
        if not (is_date(raw.time) and start.date() == time.date()):
            return _refuse(raw, f"it ends ({raw.time}) before it starts ({raw.start})")
        time = start  # it ended at some time of that day
    if start and item.at_its_end:
        if time is None:
            return _refuse(raw, "a measurement counts when it ends: give that time")
        start = None
    bare = Observation(patient=raw.patient, concept=item.id, time=time, start=start)
    match item.kind:
        case "quantity":
            return _quantity(raw, item, bare)
        case "code":
            return _code(raw, item, bare)
        case "flag":
            return _flag(raw, bare)
        case "event":
            return (bare, None) if time else _refuse(raw, "an event needs a time")
        case _:
            return _course(raw, item, bare)


def number(text: str) -> Decimal | None:
    """The decimal number that a text is, or None."""
    if "_" in text:  # Decimal reads 1_0 as ten
        return None
    try:
        value = Decimal(text.strip().replace("\u2212", "-"))
    except InvalidOperation:
        return None
    return value if value.is_finite() and readable(value) else None


def readable(value: Decimal) -> bool:
    """Whether a number is short enough in digits to be computed with and written out."""
    return abs(value.adjusted()) < _LONGEST


def _quantity(raw: Raw, item: Concept, bare: Observation) -> Found:
    written = (raw.value or "").strip()
    if not written:
        return _refuse(raw, "no value given")
    value = number(written)
    if value is None:
        if written[0] in "<>≤≥~":
            return _refuse(raw, f"{written!r} is a bound and not a value: give a number")
        return _refuse(raw, f"{written!r} is not a number")
    how = check(item, value, raw.unit)
    if isinstance(how, Unusable):
        return _refuse(raw, how.reason, how.likely)
    if item.id == "urine_output" and (bare.start is None or bare.time is None):
        return _refuse(raw, "a urine volume needs the start and the end of its interval")
    return replace(bare, value=value, unit=how.code, micro=how.micro(value)), None


def _word(raw: Raw) -> str:
    """What a row says in words; a whole number is one however many zeros follow its point."""
    written = (raw.text or raw.value or "").strip().lower()
    match = _ZEROS.fullmatch(written)
    return match[1] if match else written


def _code(raw: Raw, item: Concept, bare: Observation) -> Found:
    written = _word(raw)
    for code, words in item.values.items():
        if written == code or written in words:
            return replace(bare, text=code), None
    return _refuse(raw, f"{written!r} is not one of {', '.join(item.values)}")


def _flag(raw: Raw, bare: Observation) -> Found:
    written = _word(raw)
    if written in PRESENT:
        return replace(bare, text="present"), None
    if written in ABSENT:
        return replace(bare, text="absent"), None
    return _refuse(raw, OPEN.get(written, f"{written!r} is neither present nor absent"))


def _course(raw: Raw, item: Concept, bare: Observation) -> Found:
    """A drug or procedure: the course counts even where its dose cannot be used.

    A rate of the whole body is kept as it is; the tables make it one per kg by a known weight. The
    rate of an infusion is kept too, of a drug that is otherwise given in single doses.
    """
    if bare.time is None and bare.start is None:
        return _refuse(raw, "a drug or procedure needs a time, or a start and an end")
    course = replace(bare, text=raw.text)
    written = (raw.value or "").strip()
    if not written or item.unit is None:
        return course, None
    value = number(written)
    body, infusion = per_kg(item, raw.unit), rate(item, raw.unit)
    if value is None:
        problem = Unusable(f"{written!r} is not a number")
    elif infusion is not None and value >= 0:
        return replace(course, value=value, unit=infusion.code), None
    elif body is not None:
        high = most(item, body)
        if 0 <= value <= high:
            return replace(course, value=value, unit=body.code), None
        shown = with_unit(plain(high), body.code)
        problem = Unusable(f"{with_unit(plain(value), body.code)} is outside 0 to {shown}")
    else:
        how = check(item, value, raw.unit)
        if not isinstance(how, Unusable):
            return replace(course, value=value, unit=how.code, micro=how.micro(value)), None
        problem = how
    return course, f"{item.id} at {raw.start or raw.time}: the dose is not used, {problem.reason}"


def _refuse(raw: Raw, reason: str, likely: tuple[str, ...] = ()) -> Refused:
    return Refused(
        patient=raw.patient,
        concept=raw.concept,
        value=raw.value or raw.text,
        unit=raw.unit,
        time=raw.time,
        reason=reason,
        likely=likely,
        where=raw.where,
    )


def _conflicts(rows: Iterable[Observation]) -> list[str]:
    """Notes on different values of one concept at one time, whatever units they are in."""
    at: dict[tuple[str, str, datetime], set[int]] = {}
    for row in rows:
        if row.time is not None and row.micro is not None and row.start is None:
            at.setdefault((row.patient, row.concept, row.time), set()).add(row.micro)
    return [
        f"{patient}: {len(values)} different values of {name} at {time:%Y-%m-%dT%H:%M}"
        for (patient, name, time), values in at.items()
        if len(values) > 1
    ]
