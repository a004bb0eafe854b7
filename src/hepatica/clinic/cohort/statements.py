"""The queries of a plan in order, each filling one table; the last one is the result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from hepatica.clinic import wide
from hepatica.clinic.cohort.plan import Plan
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import definition
from hepatica.clinic.engine import sql
from hepatica.clinic.parameters import Parameters, settings
from hepatica.clinic.tables import base


def statements(plan: Plan, parameters: Parameters) -> Iterator[tuple[str, str]]:
    """Table and query, in DuckDB's SQL, each over tables that stand before it.

    The first ones read `observations` and `asked`; see `tables.py`.
    """
    yield from base().items()
    for name in plan.criteria:
        yield name, sql(criterion(name), parameters)
    if "latest_values" in plan.criteria:
        yield "wide", wide.wide()
    if "doses" in plan.criteria:
        yield "dose", wide.doses()
    for name in plan.scores:
        yield f"score_{name}", wide.statement(name, settings(definition(name), parameters))


def uses(plan: Plan, steps: Sequence[tuple[str, str]]) -> Mapping[str, tuple[int, ...]]:
    """For each table that the result rests on, the numbers of the steps that read it.

    The result is one more than the last step. Tables of which nothing comes are left out.
    """
    shown = plan.shown if plan.per == "time" else (*plan.shown, "subject", "latest_values")
    found = {table: [len(steps)] for table in shown}
    for place, (name, query) in reversed(list(enumerate(steps))):
        if name in found:
            words = set(re.findall(r"\w+", query))
            for table, _ in steps[:place]:
                if table in words:
                    found.setdefault(table, []).append(place)
    return {table: tuple(sorted(places)) for table, places in found.items()}


def result(plan: Plan) -> str:
    """The query of the result; `indexed` gives patient and time of each key."""
    if plan.per == "time":
        return _moments(plan)
    shown = ", ".join(column.select() for column in plan.columns)
    joins = " ".join(
        f'LEFT JOIN "{table}" ON subject.patient = "{table}".patient' for table in plan.shown
    )
    return (
        "SELECT indexed.patient AS patient, CASE WHEN subject.at_t < 7258118400 THEN "
        f"make_timestamp(subject.at_t * 1000000) END AS time, {shown} FROM subject "
        f"JOIN indexed ON subject.patient = indexed.key {joins}"
    )


def order(plan: Plan) -> str:
    """The columns by which the result is sorted."""
    return "patient, time, definition" if plan.per == "time" else "patient, time"


def _moments(plan: Plan) -> str:
    """Rows of the criteria below each other, with the definition that each belongs to."""
    parts = []
    for table in plan.shown:
        own = {column.source: column for column in plan.columns if column.table == table}
        cells = ", ".join(f'"{table}"."{key}" AS "{key}"' for key in own if key != "t")
        parts.append(
            f"SELECT patient, make_timestamp(t * 1000000) AS time, '{table}' AS definition, "
            f'{cells} FROM "{table}" WHERE t IS NOT NULL'
        )
    return " UNION ALL BY NAME ".join(parts)
