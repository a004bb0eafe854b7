"""Plan: which definitions a cohort is asked for, and the columns that they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal, get_args

from hepatica.clinic import criterion as rules
from hepatica.clinic import wide
from hepatica.clinic.concepts import concept, concepts
from hepatica.clinic.criterion import criteria, criterion
from hepatica.clinic.definition import definition
from hepatica.clinic.records import names
from hepatica.clinic.units import scale
from hepatica.errors import InputError

Per = Literal["patient", "time", "day", "episode"]
PER: tuple[str, ...] = get_args(Per)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the result: its name, the table and column it comes from, and as what."""

    name: str
    table: str
    source: str
    kind: str
    sql: str | None = None

    def select(self) -> str:
        value = self.sql or f'"{self.table}"."{self.source}"'
        if self.kind == "time":
            value = f"CAST(make_timestamp({value} * 1000000) AS TIMESTAMP)"
        return f'{value} AS "{self.name}"'


@dataclass(frozen=True, slots=True)
class Plan:
    """What is computed, each after what it rests on, and the columns that are shown of it."""

    per: Per
    criteria: tuple[str, ...]
    scores: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The tables that the result is joined from, in order."""
        return tuple(dict.fromkeys(column.table for column in self.columns))


def plan(wanted: Iterable[str] = (), *, per: Per = "patient") -> Plan:
    """The plan for scores, criteria and concepts by name; all scores and criteria without a name.

    "kdigo_creatinine.stage" asks for one column of a definition. With `per="time"` only criteria
    that have a row for each moment can be asked for. Raises InputError for a name that is none of
    them.
    """
    asked, chosen = _split(wanted)
    found = _plan(asked, per)
    return replace(found, columns=tuple(_kept(found, chosen))) if chosen else found


def _split(wanted: Iterable[str]) -> tuple[tuple[str, ...], dict[str, list[str]]]:
    """Names of definitions, each once, and the columns asked for of those that are not whole."""
    parts: dict[str, list[str]] = {}
    for name in wanted:
        base, _, column = name.partition(".")
        parts.setdefault(base, []).append(column)
    return tuple(parts), {base: columns for base, columns in parts.items() if "" not in columns}


def _kept(found: Plan, chosen: dict[str, list[str]]) -> Iterator[Column]:
    """The columns that are asked for; InputError for one that a definition has not."""
    own: dict[str, list[Column]] = {}
    for column in found.columns:
        own.setdefault(column.table.removeprefix("score_"), []).append(column)
    for base, columns in own.items():
        known = {column.name.removeprefix(f"{base}_"): column for column in columns}
        for name in chosen.get(base, ()):
            if name not in known:
                raise InputError(f"{base!r} has no column {name!r}: expected {', '.join(known)}")
        yield from (known[name] for name in chosen.get(base, known))
    for base in chosen.keys() - own.keys():
        raise InputError(f"{base!r} is one column: ask for it without {chosen[base][0]!r}")


def _plan(wanted: tuple[str, ...], per: Per) -> Plan:
    moments = {item.id for item in criteria() if item.per == "time"}
    if per == "time":
        asked = wanted or tuple(sorted(moments))
        for name in asked:
            if name not in moments:
                raise InputError(
                    f"{name!r} has no row for each moment: expected {', '.join(sorted(moments))}; "
                    "or ask for one row a patient, day or stay (--per patient, day, episode)"
                )
        columns = [column for name in asked for column in _of_criterion(name)]
        return Plan(per, rules.with_what_they_use(asked), (), tuple(columns))
    shown = {item.id for item in criteria() if item.per == "patient"}
    asked = wanted or (*sorted(shown), *names("scores"))
    for name in asked:
        _require(name, shown)
    scores = wide.score_order(name for name in asked if name in names("scores"))
    asked_criteria = tuple(name for name in asked if name in shown)
    needed: tuple[str, ...] = ("latest_values", *asked_criteria)
    if scores:
        needed = (*needed, *wide.criteria_of(scores))
    found: list[Column] = []
    for name in asked:
        if name in shown:
            found += _of_criterion(name)
        elif name in names("scores"):
            found += [
                Column(f"{name}_{key}", f"score_{name}", key, "score")
                for key in definition(name).outputs
            ]
        else:
            found.append(_of_concept(name))
    return Plan(per, rules.with_what_they_use(tuple(dict.fromkeys(needed))), scores, tuple(found))


def _require(name: str, shown: set[str]) -> None:
    known = (*shown, *names("scores"), *wide_concepts())
    if name in known:
        return
    if any(item.id == name and item.per == "time" for item in criteria()):
        raise InputError(f"{name!r} has a row for each moment: ask with --per time")
    near = get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "see `hepatica score --list`"
    raise InputError(f"no score, criterion or measured concept is called {name!r}: {hint}")


def wide_concepts() -> tuple[str, ...]:
    """Concepts of which a score reads the last value."""
    found = {
        given.concept or key
        for name in names("scores")
        for key, given in definition(name).inputs.items()
        if wide.measured(given)
    }
    return tuple(sorted(found & set(concepts())))


def _of_criterion(name: str) -> list[Column]:
    """All columns of a criterion but the numbers of observations, which are of no use outside.

    Unknown results have, where the definition names it, a column with what would settle them.
    """
    item = criterion(name)
    found = []
    for key, column in item.columns.items():
        if column.kind == "row":
            continue
        shown = key.removesuffix("_t") + "_time" if column.kind == "time" else key
        found.append(Column(f"{name}_{shown}", name, key, column.kind))
    return found


def _of_concept(name: str) -> Column:
    """The last value in the concept's own unit, which stands in the column's name."""
    item = concept(name)
    if item.unit is None:
        return Column(name, "wide", name, "code")
    top, bottom = scale(item, item.unit)
    sql = f'CAST("wide"."{name}" * {top} AS DOUBLE) / {bottom}'
    label = name if item.unit == "1" else f"{name} ({item.unit})"
    return Column(label, "wide", name, "value", sql)
