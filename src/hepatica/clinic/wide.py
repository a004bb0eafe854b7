"""Scores over a registry: each patient's inputs as one row, and each score as a query over them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hepatica.clinic.concepts import LASTING, Concept, concept, exact, in_group
from hepatica.clinic.criterion import criterion
from hepatica.clinic.definition import AGE, Input, Scalar, Score, definition, definitions
from hepatica.clinic.parameters import settings
from hepatica.clinic.query import select
from hepatica.clinic.records import names
from hepatica.clinic.units import scale


def score_order(wanted: Iterable[str]) -> tuple[str, ...]:
    """The wanted scores and those that answer their inputs, each after what it rests on."""
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in done:
            return
        for given in definition(name).inputs.values():
            origin = (given.source or "").partition(".")[0]
            if origin in names("scores"):
                visit(origin)
        done[name] = None

    for name in wanted:
        visit(name)
    return tuple(done)


def criteria_of(wanted: Iterable[str]) -> tuple[str, ...]:
    """Criteria that answer inputs of these scores, `latest_values`, and `doses` where needed."""
    found: dict[str, None] = {"latest_values": None}
    for name in score_order(wanted):
        for given in definition(name).inputs.values():
            origin = (given.source or "").partition(".")[0]
            if origin == "dose":
                found["doses"] = None
            elif origin in names("criteria"):
                found[origin] = None
    return tuple(found)


def wide() -> str:
    """SQL for table `wide`: one row a patient, one column for each concept that a score reads."""
    columns: dict[str, str] = {}
    for item in definitions():
        for key, given in item.inputs.items():
            for name in _concepts(key, given):
                kind = "text" if concept(name).kind == "code" else "micro"
                columns[name] = f"max({kind}) FILTER (WHERE concept = '{name}') AS \"{name}\""
                if AGE in item.parameters:
                    columns[f"{name}_t"] = (
                        f"max(t) FILTER (WHERE concept = '{name}') AS \"{name}_t\""
                    )
    return f"SELECT patient, {', '.join(columns.values())} FROM latest_values GROUP BY patient"


def doses() -> str:
    """SQL for table `dose`: one row a patient, one column for each vasopressor's rate."""
    columns = ", ".join(
        f"max(micro) FILTER (WHERE concept = '{name}') AS \"{name}\""
        for name in in_group("vasopressor")
    )
    return f"SELECT patient, {columns} FROM doses GROUP BY patient"


def measured(given: Input) -> bool:
    """Whether an input is a measurement: the last of its concept, or one that a criterion picks."""
    origin = (given.source or "").partition(".")[0]
    picked = given.unit is not None and origin in names("criteria")
    return not given.flag and (picked or not origin)


def _concepts(key: str, given: Input) -> list[str]:
    if not measured(given):
        return []
    item = concept(given.concept or key)
    return [item.id, *(also.concept for also in item.also_from)]


def source(item: Score, parameters: Mapping[str, Scalar] | None = None) -> str:
    """A query with one row a patient and a column for each input, in the definition's units."""
    hours = int(settings(item, parameters or {}).get(AGE, 0))
    columns, joins = ["subject.patient"], {"LEFT JOIN wide ON subject.patient = wide.patient"}
    for key, given in item.inputs.items():
        origin, _, column = (given.source or "").partition(".")
        if origin == "asked":
            kind = "BOOLEAN" if given.flag else "DOUBLE" if given.unit else "VARCHAR"
            columns.append(f'CAST(NULL AS {kind}) AS "{key}"')
        elif origin == "dose":
            joins.add("LEFT JOIN dose ON subject.patient = dose.patient")
            columns.append(f'{_number(concept(key), f"dose.{_quoted(column)}", given)} AS "{key}"')
        elif origin:
            table = f"score_{origin}" if origin in names("scores") else criterion(origin).id
            joins.add(f'LEFT JOIN "{table}" ON subject.patient = "{table}".patient')
            found = f'"{table}".{_quoted(column)}'
            if given.unit is not None and origin not in names("scores"):
                found = _recent(found, f'"{table}".{_quoted(column + "_t")}', hours)
                found = _number(concept(given.concept or key), found, given)
            columns.append(f'{found} AS "{key}"')
        elif given.flag:
            joins.add(f"""LEFT JOIN (SELECT patient, present FROM flags WHERE concept = '{key}')
              AS "flag_{key}" ON subject.patient = "flag_{key}".patient""")
            columns.append(f'"flag_{key}".present AS "{key}"')
        elif given.unit is None:
            columns.append(f'{_last(given.concept or key, hours)} AS "{key}"')
        else:
            number = _wide_number(concept(given.concept or key), given, hours)
            columns.append(f'{number} AS "{key}"')
    return f"(SELECT {', '.join(columns)} FROM subject {' '.join(sorted(joins))})"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _number(item: Concept, micro: str, given: Input) -> str:
    assert given.unit is not None
    multiplier, divisor = scale(item, given.unit)
    return f"CAST({micro} * {multiplier} AS DOUBLE) / {divisor}"


def _recent(value: str, t: str, hours: int) -> str:
    """The value, or NULL where it is older than these hours; 0 sets no limit."""
    if not hours:
        return value
    since = f"subject.at_t - {hours * 3600}"
    return f"CASE WHEN coalesce({t}, subject.at_t) >= {since} THEN {value} END"


def _last(name: str, hours: int) -> str:
    """The last value of a concept, which lasts or is recent."""
    value = f"wide.{_quoted(name)}"
    if name in LASTING:
        return value
    return _recent(value, f"wide.{_quoted(name + '_t')}", hours)


def _wide_number(item: Concept, given: Input, hours: int) -> str:
    own = _last(item.id, hours)
    for also in item.also_from:
        factor = exact(also.factor)
        top, bottom = factor.numerator, factor.denominator
        other = _last(also.concept, hours)
        own = f"coalesce({own}, (2 * {other} * {top} + {bottom}) // (2 * {bottom}))"
    return _number(item, own, given)


def statement(name: str, parameters: Mapping[str, Scalar] | None = None) -> str:
    """The query that computes a score for every patient of an engine's tables.

    Needs `subject`, `flags`, `wide`, `dose`, the criteria that `criteria_of` names, and the scores
    that answer inputs in tables `score_<name>`.
    """
    return select(name, source(definition(name), parameters), parameters=parameters)
