"""What was refused, told by reason: one line for many rows, the same whatever their order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from hepatica.clinic.accept import number
from hepatica.clinic.concepts import concept
from hepatica.clinic.observations import Refused
from hepatica.clinic.units import Conversion, Unusable, _choices, check

OUTSIDE = "outside the plausible range of its unit"

# The rows of a group by their lowest and highest number, or the first of them as texts stand.
_GROUPED = f"""
WITH refused AS (
  SELECT concept, unit, reason,
    {{'number': number, 'size': CASE WHEN number IS NOT NULL THEN TRY_CAST(value AS DOUBLE) END,
      'value': value, 'patient': patient, 'time': time}} AS told
  FROM checked WHERE reason IS NOT NULL
)
SELECT concept, unit, reason, count(*), min(told),
  max(told) FILTER (WHERE reason LIKE '{OUTSIDE}%')
FROM refused GROUP BY ALL ORDER BY ALL
"""


def refusals(connection: Any) -> list[Refused]:
    """The refused rows of the table `checked` by concept, unit and reason."""
    return [_refused(*row) for row in connection.execute(_GROUPED).fetchall()]


def together(found: Iterable[Refused]) -> list[Refused]:
    """The refusals of several parts as those of the whole, most frequent first."""
    known: dict[tuple[str, str | None, str], Refused] = {}
    for item in found:
        key = (item.concept, item.unit, item.group or item.reason)
        known[key] = _both(known[key], item) if key in known else item
    return sorted(known.values(), key=lambda item: -item.count)


def _refused(
    name: str,
    unit: str | None,
    reason: str,
    count: int,
    lowest: dict[str, Any],
    highest: dict[str, Any] | None,
) -> Refused:
    found = Refused(
        patient=lowest["patient"],
        concept=name,
        value=lowest["value"],
        unit=unit,
        time=lowest["time"],
        reason=reason,
        count=count,
    )
    if highest is None:
        return found
    return _outside(replace(found, group=reason, highest=highest["value"]))


def _both(one: Refused, other: Refused) -> Refused:
    """One refusal for two groups of the same kind."""
    whole = replace(min(one, other, key=_place), count=one.count + other.count)
    if not one.group:
        return whole
    high = max((one.highest, other.highest), key=lambda text: number(text or "") or 0)
    return _outside(replace(whole, highest=high))


def _place(item: Refused) -> tuple[Any, ...]:
    value = number(item.value or "") if item.group else None
    return (value or 0, item.value or "", item.patient, item.time or "")


def _outside(item: Refused) -> Refused:
    """With the lowest and the highest value in the reason, and the units that would fit both."""
    low, high = _why(item, item.value), _why(item, item.highest)
    if low is None or high is None:
        return item
    if low == high:
        return replace(item, reason=low.reason, likely=low.likely)
    (least, _, limits), (most, _, _) = (why.reason.partition(" is outside ") for why in (low, high))
    likely = tuple(unit for unit in low.likely if unit in high.likely)
    fits = f"it would fit {_choices(likely)}" if likely else "no accepted unit fits them all"
    reason = f"{least} to {most} are outside {limits.partition(': ')[0]}: {fits}"
    return replace(item, reason=reason, likely=likely)


def _why(item: Refused, value: str | None) -> Unusable | None:
    given = number(value or "")
    if given is None:
        return None
    found = check(concept(item.concept), given, item.unit)
    return None if isinstance(found, Conversion) else found
