"""Runs criteria over observations in DuckDB, in process: one patient or a registry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

from hepatica.clinic.concepts import in_group
from hepatica.clinic.criterion import Criterion, criteria, criterion, order
from hepatica.clinic.definition import Scalar
from hepatica.clinic.observations import Observation, Unread
from hepatica.clinic.tables import base
from hepatica.clinic.ties import settled
from hepatica.errors import InputError, KnowledgeError, MissingExtraError

_COLUMNS = (
    "row BIGINT, patient VARCHAR, concept VARCHAR, value DOUBLE, unit VARCHAR, micro BIGINT, "
    "time TIMESTAMP, start TIMESTAMP, text VARCHAR"
)
SMALL = 20_000  # rows up to which planning weighs more than running
_PLACE = re.compile(r"\$(\w+)|\{\{(\w+)(:rows)?\}\}")


def settings(item: Criterion, chosen: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """The criterion's parameters, defaults filled in; InputError for a value that is no choice."""
    found: dict[str, Scalar] = {}
    for name, parameter in item.parameters.items():
        value = chosen.get(f"{item.id}.{name}", chosen.get(name, parameter.default))
        if parameter.choices and value not in parameter.choices:
            choices = ", ".join(map(str, parameter.choices))
            raise InputError(f"{item.id}: {name} is {value!r}, expected one of {choices}")
        found[name] = value
    return found


def sql(item: Criterion, chosen: Mapping[str, Scalar] | None = None) -> str:
    """The criterion's query with its parameters and groups filled in, for DuckDB."""
    values = settings(item, chosen or {})

    def fill(match: re.Match[str]) -> str:
        if match[2]:
            each = "('{}')" if match[3] else "'{}'"
            names = ", ".join(each.format(name) for name in in_group(match[2]))
            return names if match[3] else f"({names})"
        if match[1] not in values:
            raise KnowledgeError(f"{item.id}: ${match[1]} is no parameter")
        return literal(values[match[1]])

    return settled(_PLACE.sub(fill, item.sql))


def literal(value: Scalar) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return repr(value)
    return "'" + value.replace("'", "''") + "'"


def portable(item: Criterion, dialect: str, chosen: Mapping[str, Scalar] | None = None) -> str:
    """The criterion's query for another engine, such as "spark"."""
    import sqlglot

    return str(sqlglot.transpile(sql(item, chosen), read="duckdb", write=dialect)[0])


class Engine:
    """Observations in a DuckDB connection, and the criteria computed over them so far.

    Not for use from several threads; `load` starts afresh.
    """

    def __init__(self, connection: Any = None) -> None:
        try:
            import duckdb
        except ImportError:
            raise MissingExtraError(what="Computing criteria", extra="clinic") from None
        # Without a folder to spill to: a patient's values are written nowhere.
        self.connection = connection or duckdb.connect(config={"temp_directory": ""})
        self._own = connection is None
        if self._own:  # zoned times of Parquet read the same on any machine
            self.connection.execute("SET TimeZone = 'UTC'")
        self._small = False
        self._made: set[str] = set()
        self._prepared: dict[str, str] = {}
        self._labels = count()
        self.parameters: dict[str, Scalar] = {}
        self._done: set[str] = set()
        self._rows: Sequence[Observation] = ()

    def load(
        self,
        rows: Sequence[Observation],
        *,
        at: datetime | Mapping[str, datetime] | None = None,
        endpoint: datetime | Mapping[str, datetime] | None = None,
        parameters: Mapping[str, Scalar] | None = None,
        unread: Sequence[Unread] = (),
    ) -> None:
        """Takes rows in place of those before; `at` is the time of asking, for all or each.

        `unread` is what was given beside them and could not be used.
        """
        self._rows = rows
        columns: list[list[Any]] = [
            list(range(len(rows))),
            [r.patient for r in rows],
            [r.concept for r in rows],
            [None if r.value is None else float(r.value) for r in rows],
            [r.unit for r in rows],
            [r.micro for r in rows],
            [r.time for r in rows],
            [r.start for r in rows],
            [r.text for r in rows],
        ]
        run = self.connection.execute
        self._tune(small=len(rows) <= SMALL)
        self.tables()
        run("TRUNCATE observations")
        run("TRUNCATE asked")
        run("TRUNCATE unread")
        if unread:
            given = [[u.patient for u in unread], [u.concept for u in unread],
                     [u.time for u in unread]]  # fmt: skip
            run(
                "INSERT INTO unread SELECT unnest(CAST(? AS VARCHAR[])), "
                "unnest(CAST(? AS VARCHAR[])), unnest(CAST(? AS TIMESTAMP[]))",
                given,
            )
        if rows:
            cells = ", ".join(
                f"unnest(CAST(? AS {kind}[]))" for kind in re.findall(r"\w+ (\w+)", _COLUMNS)
            )
            run(f"INSERT INTO observations SELECT {cells}", columns)
        patients = list(dict.fromkeys(columns[1]))
        moments = [[_for(when, p) for p in patients] for when in (at, endpoint)]
        run(
            "INSERT INTO asked SELECT unnest(CAST(? AS VARCHAR[])), "
            "unnest(CAST(? AS TIMESTAMP[])), unnest(CAST(? AS TIMESTAMP[]))",
            [patients, *moments],
        )
        self.prepare(parameters)

    def tables(self) -> None:
        """Makes the tables that are filled from outside, where they are not there yet."""
        run = self.connection.execute
        run(f"CREATE TEMP TABLE IF NOT EXISTS observations ({_COLUMNS})")
        run(
            "CREATE TEMP TABLE IF NOT EXISTS asked "
            "(patient VARCHAR, moment TIMESTAMP, endpoint TIMESTAMP)"
        )
        run(
            "CREATE TEMP TABLE IF NOT EXISTS unread "
            "(patient VARCHAR, concept VARCHAR, time TIMESTAMP)"
        )

    def prepare(self, parameters: Mapping[str, Scalar] | None = None) -> None:
        """Derives the base tables; call it after filling `observations` and `asked` oneself."""
        self.parameters = dict(parameters or {})
        known = {name for item in criteria() for name in item.parameters}
        for name in self.parameters:
            if name.rpartition(".")[2] not in known:
                raise InputError(
                    f"no criterion has a parameter {name!r}: {', '.join(sorted(known))}"
                )
        self._done = set()
        for name, query in base().items():
            self._fill(name, query)

    def compute(self, *names: str) -> None:
        """Computes criteria, and what they use, into tables of their names."""
        missing = [name for name in order(names) if name not in self._done]
        if not missing:
            return
        chosen = tuple(sorted(self.parameters.items()))
        with self._one_transaction():
            for name in missing:
                self._fill(name, _sql(name, chosen))
        self._done.update(missing)

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """For one patient: committing each small statement costs as much as running it."""
        if not self._small:
            yield
            return
        made = set(self._made)
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            self._made = made
            raise
        self.connection.execute("COMMIT")

    def _fill(self, name: str, query: str) -> None:
        """Puts a query's result into a table of its name.

        For one patient planning costs more than running, so from the second time on the statement
        is a prepared one.
        """
        run = self.connection.execute
        if not self._small or name not in self._made:
            run(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {query}')
            self._made.add(name)
            self._prepared.clear()  # they refer to the table that was replaced
            return
        run(f'TRUNCATE "{name}"')
        run(self._planned(f'INSERT INTO "{name}" {query}'))

    def _planned(self, statement: str) -> str:
        """The statement, planned once where one patient after another is computed."""
        if not self._small:
            return statement
        label = self._prepared.get(statement)
        if label is None:
            label = self._prepared[statement] = f"planned_{next(self._labels)}"
            self.connection.execute(f"PREPARE {label} AS {statement}")
        return f"EXECUTE {label}"

    def select(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query over the tables that are computed already, one dict a row."""
        cursor = self.connection.execute(self._planned(query))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def _tune(self, *, small: bool) -> None:
        if self._own and small != self._small:
            threads = "SET threads = 1" if small else "RESET threads"
            optimizer = "PRAGMA disable_optimizer" if small else "PRAGMA enable_optimizer"
            self.connection.execute(threads)
            self.connection.execute(optimizer)
        self._small = self._own and small

    def rows(self, name: str) -> list[dict[str, Any]]:
        """The result of a criterion, one dict a row, in order of patient and time."""
        self.compute(name)
        item = criterion(name)
        keys = {"patient": "patient", "time": "patient, t, row", "concept": "patient, concept"}[
            item.per
        ]
        return self.select(f'SELECT * FROM "{name}" ORDER BY {keys}')

    def observation(self, row: int | None) -> Observation | None:
        """The observation with this row number."""
        if row is None or self._rows:
            return None if row is None else self._rows[row]
        return self.observations("row = ?", [row])[0]

    def observations(self, where: str = "TRUE", given: Sequence[Any] = ()) -> list[Observation]:
        """All observations for which a condition holds, in order of time, concept and row."""
        found = self.connection.execute(
            "SELECT patient, concept, CAST(value AS VARCHAR), unit, micro, time, start, text "
            f"FROM observations WHERE {where} ORDER BY time, concept, row",
            given,
        ).fetchall()
        return [
            Observation(
                patient=patient,
                concept=concept,
                value=None if value is None else Decimal(value),
                unit=unit,
                micro=micro,
                time=time,
                start=start,
                text=text,
            )
            for patient, concept, value, unit, micro, time, start, text in found
        ]


@cache
def _sql(name: str, chosen: tuple[tuple[str, Scalar], ...]) -> str:
    return sql(criterion(name), dict(chosen))


def _for(when: datetime | Mapping[str, datetime] | None, patient: str) -> datetime | None:
    return when.get(patient) if isinstance(when, Mapping) else when


def moment(seconds: int | None) -> datetime | None:
    """A criterion's time column as a time on the input's clock."""
    from datetime import UTC

    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def load_many(rows: Iterable[Observation]) -> Engine:
    """A new engine that holds these rows."""
    engine = Engine()
    engine.load(tuple(rows))
    return engine
