"""Runs criteria over the observations of one patient, in SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any
from weakref import finalize

from hepatica.clinic.criterion import TRUTHS, criteria
from hepatica.clinic.definition import Scalar
from hepatica.clinic.engine import Engine
from hepatica.clinic.observations import Observation, Unread
from hepatica.clinic.parameters import checked
from hepatica.clinic.sqlite import connect, seconds, translated

_GIVEN = {
    "observations": "row, patient, concept, value, unit, micro, time, start, text",
    "asked": "patient, moment, endpoint",
    "unread": "patient, concept, time",
}
When = datetime | Mapping[str, datetime] | None


class Bedside(Engine):
    """The observations that `load` takes, of one patient or a few; each `load` starts afresh.

    Statements are planned for the first patient and kept for those after. For one thread.
    """

    def __init__(self) -> None:
        super().__init__()
        self._connection = connect()
        finalize(self, self._connection.close)
        self._made: set[str] = set()
        self._rows: Sequence[Observation] = ()
        for name, columns in _GIVEN.items():
            self._connection.execute(f"CREATE TABLE {name} ({columns})")

    def load(
        self,
        rows: Sequence[Observation],
        *,
        at: When = None,
        endpoint: When = None,
        parameters: Mapping[str, Scalar] | None = None,
        unread: Sequence[Unread] = (),
    ) -> None:
        """Takes rows in place of those before; `at` is the time of asking, for all or each.

        `unread` is what was given beside them and could not be used.
        """
        checked(parameters or {})  # before anything of the last patient is gone
        self._rows = rows
        with self.at_once():
            self._give(
                "observations",
                [
                    (number, r.patient, r.concept, None if r.value is None else float(r.value),
                     r.unit, r.micro, seconds(r.time), seconds(r.start), r.text)
                    for number, r in enumerate(rows)
                ],
            )  # fmt: skip
            self._give("unread", [(u.patient, u.concept, seconds(u.time)) for u in unread])
            self._give(
                "asked",
                [
                    (patient, seconds(_for(at, patient)), seconds(_for(endpoint, patient)))
                    for patient in dict.fromkeys(r.patient for r in rows)
                ],
            )
            self.prepare(parameters)

    def _give(self, name: str, rows: list[tuple[Any, ...]]) -> None:
        run = self._connection
        run.execute(f"DELETE FROM {name}")
        places = ", ".join("?" * (_GIVEN[name].count(",") + 1))
        run.executemany(f"INSERT INTO {name} VALUES ({places})", rows)

    def fill(self, name: str, query: str) -> None:
        """Puts the result of a query, in the SQL of definitions, into a table of this name."""
        run, query = self._connection.execute, translated(query)
        if name in self._made:
            run(f'DELETE FROM "{name}"')
            run(f'INSERT INTO "{name}" {query}')
        else:
            run(f'CREATE TABLE "{name}" AS {query}')
            if name == "obs":  # a series is looked up by time
                run("CREATE INDEX series ON obs (concept, patient, t)")
            self._made.add(name)

    def empty(self, name: str) -> None:
        """Leaves no row in a table that was filled."""
        self._connection.execute(f'DELETE FROM "{name}"')

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """One transaction: what is filled within stays, all or nothing."""
        made = set(self._made)
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            self._made = made
            raise
        self._connection.execute("COMMIT")

    def select(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, in the SQL of definitions, over what is computed already."""
        cursor = self._connection.execute(translated(query))
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        for name in truths().intersection(names):  # SQLite knows them as 1 and 0
            for row in found:
                row[name] = None if row[name] is None else bool(row[name])
        return found

    def observation(self, row: int | None) -> Observation | None:
        """The observation with this row number."""
        return None if row is None else self._rows[row]


@cache
def truths() -> frozenset[str]:
    """The columns that are true, false or unknown, in every table that has one of this name."""
    return frozenset(
        key for item in criteria() for key, about in item.columns.items() if about.kind in TRUTHS
    ) | {"present"}


def _for(when: When, patient: str) -> datetime | None:
    return when.get(patient) if isinstance(when, Mapping) else when
