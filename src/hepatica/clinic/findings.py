"""Criteria as findings: met, not met or unknown, with what decided it or what would."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from hepatica.clinic.criterion import criterion
from hepatica.clinic.engine import Engine, moment
from hepatica.clinic.observations import Observation
from hepatica.clinic.parameters import settings

State = Literal["met", "not_met", "unknown"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a checklist. `because` is the observation that decided it, where one did;
    `missing` names what would settle an unknown one."""

    name: str
    about: str
    state: State
    because: Observation | None = None
    missing: str | None = None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion for one patient.

    `state` is that of the criterion as a whole, None where it gives values and no verdict.
    `values` holds its values, codes and times; `rows` the observations it points to.
    """

    id: str
    name: str
    version: str
    patient: str
    state: State | None
    missing: str | None
    items: tuple[Item, ...]
    values: Mapping[str, Any]
    rows: Mapping[str, Observation]
    parameters: Mapping[str, Any]


def findings(engine: Engine, name: str) -> list[Finding]:
    """The findings of a criterion, one for each row of its result."""
    return [_finding(engine, name, row) for row in engine.rows(name)]


def _finding(engine: Engine, name: str, row: Mapping[str, Any]) -> Finding:
    item = criterion(name)
    items, values, rows = [], {}, {}
    state: State | None = None
    missing = None
    for key, column in item.columns.items():
        value = row[key]
        if column.kind == "item":
            items.append(_item(engine, key, column.about, column.settle, row))
        elif column.kind == "result":
            state = _state(value)
            missing = None if value is not None else row.get(f"{key}_missing") or column.settle
        elif column.kind == "row":
            found = engine.observation(value)
            if found is not None:
                rows[key] = found
        else:
            values[key] = moment(value) if column.kind == "time" else value
            if value in (None, "unknown") and row.get(f"{key}_missing"):
                missing = row[f"{key}_missing"]
    if state == "unknown" and missing is None:
        missing = "; ".join(i.missing for i in items if i.state == "unknown" and i.missing) or None
    return Finding(
        id=item.id,
        name=item.name,
        version=item.version,
        patient=row["patient"],
        state=state,
        missing=missing,
        items=tuple(items),
        values=values,
        rows=rows,
        parameters=settings(item, engine.parameters),
    )


def _item(engine: Engine, key: str, about: str, settle: str | None, row: Mapping[str, Any]) -> Item:
    state = _state(row[key])
    return Item(
        name=key,
        about=about,
        state=state,
        because=engine.observation(row.get(f"{key}_row")),
        missing=(row.get(f"{key}_missing") or settle) if state == "unknown" else None,
    )


def _state(value: bool | None) -> State:
    if value is None:
        return "unknown"
    return "met" if value else "not_met"
