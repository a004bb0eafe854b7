"""The rows of one patient as known at the time of asking, and how old a value may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hepatica.clinic.assess.conditions import facts
from hepatica.clinic.observations import Observation


@dataclass(frozen=True, slots=True)
class Record:
    """The rows of one patient as known at `at`, with what the criteria made of them."""

    rows: Sequence[Observation]
    at: datetime
    flags: Mapping[str, bool | None]
    criteria: Mapping[str, Sequence[Mapping[str, Any]]]

    def one(self, name: str) -> Mapping[str, Any]:
        """The only row of a criterion that has one a patient."""
        return self.criteria[name][0] if self.criteria[name] else {}

    def of(self, *concepts: str) -> list[Observation]:
        return [row for row in self.rows if row.concept in concepts]

    def complete(self, kind: str) -> bool:
        """Whether the list of drugs or procedures is complete and every name in it is known."""
        return bool(self.flags.get(f"{kind}_list_complete")) and not (
            kind == "drug" and self.of("unrecognised_drug")
        )


def begin(row: Observation) -> datetime | None:
    return row.start if row.start is not None else row.time


def limit(name: str) -> float:
    """A limit of age in hours by its name in `facts.yaml`."""
    return float(facts().parameters[name].default)


def fresh(at: datetime, when: datetime | None, within: str = "lab_hours") -> bool:
    """Whether what was measured then may still say how the patient is at `at`."""
    return when is not None and at - when <= timedelta(hours=limit(within))


def age(at: datetime, when: datetime | None) -> str:
    """How old a value is, in words; nothing within a day."""
    days = (at - when) // timedelta(days=1) if when is not None else 0
    return f" ({days} day{'s' if days > 1 else ''} old)" if days else ""
