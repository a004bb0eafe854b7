"""Runs criteria over tables of observations: what one patient and a registry have in common."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from hepatica.clinic.concepts import in_group
from hepatica.clinic.criterion import Criterion, criterion, with_what_they_use
from hepatica.clinic.definition import Scalar
from hepatica.clinic.observations import Observation
from hepatica.clinic.parameters import checked, settings
from hepatica.clinic.tables import base
from hepatica.clinic.ties import settled
from hepatica.errors import KnowledgeError

_PLACE = re.compile(r"\$(\w+)|\{\{(\w+)(:rows)?\}\}")
KEYS = {"patient": "patient", "time": "patient, t, row", "concept": "patient, concept"}


def filled(item: Criterion, chosen: Mapping[str, Scalar] | None = None) -> str:
    """The criterion's query as it stands, with its parameters and groups filled in."""
    values = settings(item, chosen or {})

    def fill(match: re.Match[str]) -> str:
        if match[2]:
            each = "('{}')" if match[3] else "'{}'"
            names = ", ".join(each.format(name) for name in in_group(match[2]))
            return names if match[3] else f"({names})"
        if match[1] not in values:
            raise KnowledgeError(f"{item.id}: ${match[1]} is no parameter")
        return literal(values[match[1]])

    return _PLACE.sub(fill, item.sql)


def sql(item: Criterion, chosen: Mapping[str, Scalar] | None = None) -> str:
    """The criterion's query for DuckDB."""
    return settled(filled(item, chosen))


def literal(value: Scalar) -> str:
    """A parameter's value in SQL."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"


class Engine(ABC):
    """Tables of observations, and the criteria computed over them so far. For one thread."""

    def __init__(self) -> None:
        self.parameters: dict[str, Scalar] = {}
        self._done: set[str] = set()

    @abstractmethod
    def fill(self, name: str, query: str) -> None:
        """Puts the result of a query, in the SQL of definitions, into a table of this name."""

    @abstractmethod
    def empty(self, name: str) -> None:
        """Leaves no row in a table that was filled."""

    @abstractmethod
    def select(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, in the SQL of definitions, over what is computed already."""

    @abstractmethod
    def observation(self, row: int | None) -> Observation | None:
        """The observation with this row number."""

    def prepare(self, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Derives the base tables from `observations`, `asked` and `unread`, which are filled.

        Criteria are empty until they are computed. Raises InputError for a parameter that no
        definition has.
        """
        self.parameters = dict(checked(parameters or {}))
        for name in self._done:
            self.empty(name)
        self._done = set()
        for name, query in base().items():
            self.fill(name, query)

    def compute(self, *names: str) -> None:
        """Computes criteria, and what they use, into tables of their names."""
        missing = [name for name in with_what_they_use(names) if name not in self._done]
        chosen = tuple(sorted(self.parameters.items()))
        with self.at_once():
            for name in missing:
                self.fill(name, _filled(name, chosen))
        self._done.update(missing)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is filled within, all or nothing, where the engine has use for it."""
        yield

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The result of a criterion, one dict a row, in order of patient and time."""
        self.compute(name)
        return self.select(f'SELECT * FROM "{name}" ORDER BY {KEYS[criterion(name).per]}')


@lru_cache(maxsize=1024)
def _filled(name: str, chosen: tuple[tuple[str, Scalar], ...]) -> str:
    return filled(criterion(name), dict(chosen))
