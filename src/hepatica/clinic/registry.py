"""Runs criteria over the observations of many patients in DuckDB, in process."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hepatica.clinic.engine import Engine
from hepatica.clinic.observations import Observation
from hepatica.clinic.ties import settled
from hepatica.errors import MissingExtraError

_COLUMNS = (
    "row BIGINT, patient VARCHAR, concept VARCHAR, value DOUBLE, unit VARCHAR, micro BIGINT, "
    "time TIMESTAMP, start TIMESTAMP, text VARCHAR"
)


class Registry(Engine):
    """Observations in a DuckDB connection.

    An input fills the tables that `tables` makes; call `prepare` before the first criterion.
    """

    def __init__(self, connection: Any = None) -> None:
        super().__init__()
        try:
            import duckdb
        except ImportError:
            raise MissingExtraError(what="Reading tables", extra="clinic") from None
        self.connection = connection
        if connection is None:
            # Without a folder to spill to: a patient's values are written nowhere. Zoned times of
            # Parquet read the same on any machine.
            self.connection = duckdb.connect(config={"temp_directory": ""})
            self.connection.execute("SET TimeZone = 'UTC'")

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

    def fill(self, name: str, query: str) -> None:
        """Puts the result of a query, in the SQL of definitions, into a table of this name."""
        self.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS {settled(query)}')

    def empty(self, name: str) -> None:
        """Leaves no row in a table that was filled."""
        self.connection.execute(f'TRUNCATE "{name}"')

    def select(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query, in the SQL of definitions, over what is computed already."""
        cursor = self.connection.execute(settled(query))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def observation(self, row: int | None) -> Observation | None:
        """The observation with this row number."""
        return None if row is None else self.observations("row = ?", [row])[0]

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
