"""Cells of OMOP CDM tables as SQL, whoever wrote the file.

Ids may stand as 8840.0, as pandas writes a column of numbers with gaps, and what is missing as ''.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hepatica.clinic.concepts import concepts
from hepatica.clinic.units import Unusable, conversion


def text(column: str) -> str:
    """A cell as text, NULL where it is blank."""
    return f"nullif(trim(CAST({column} AS VARCHAR)), '')"


def ident(column: str) -> str:
    """An id as text: 8840 also of 8840.0."""
    cell = text(column)
    return f"CASE WHEN ends_with({cell}, '.0') THEN left({cell}, -2) ELSE {cell} END"


def when(prefix: str) -> str:
    """The time of an event, its date where it has no time."""
    return f"coalesce({text(f'{prefix}_datetime')}, {text(f'{prefix}_date')})"


def birth() -> str:
    """The time of birth, or as much of its date as is there."""
    month, day = (f"lpad({ident(f'{part}_of_birth')}, 2, '0')" for part in ("month", "day"))
    written = (
        f"{ident('year_of_birth')} || coalesce('-' || {month} || coalesce('-' || {day}, ''), '')"
    )
    return f"coalesce({text('birth_datetime')}, {written})"


def cases(column: str, meanings: Mapping[str, str]) -> str:
    """What an id means; NULL where it is none of these."""
    pairs = " ".join(f"WHEN '{code}' THEN '{meaning}'" for code, meaning in meanings.items())
    return f"CASE {ident(column)} {pairs} END"


def sign(column: str, operators: Mapping[str, str], equal: Iterable[str]) -> str:
    """The sign of a bound before a value; none where it is the value itself."""
    given = f"coalesce({ident(column)}, '0')"
    same = ", ".join(repr(code) for code in equal)
    none = f"CASE WHEN {given} IN ({same}) THEN '' ELSE '~' END"
    return f"coalesce({cases(column, operators)}, {none})"


def is_unit(written: str) -> bool:
    """Whether any concept may be given in it."""
    return any(
        not isinstance(conversion(item, written), Unusable)
        for item in concepts().values()
        if item.unit is not None
    )
