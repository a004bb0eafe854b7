"""Takes measurements from typed Parquet at the speed of whole numbers, by the rules of `bulk`.

A long table whose `value` is a number and whose `time` is a timestamp needs no reading of texts.
Its clean measurements go straight into arrays; every other row (codes, courses, values with more
than six decimals, implausible or unconvertible ones) goes the way of texts, where it is accepted or
refused with its reason. The outcome is the same, which the tests hold.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from hepatica.clinic.bulk import DISAGREE, REPEATED, insert, take
from hepatica.clinic.cohort.ahead import Ahead
from hepatica.clinic.cohort.exact import exact
from hepatica.clinic.cohort.measured import NEVER, Measured, arranged, whole
from hepatica.clinic.cohort.names import numbered
from hepatica.clinic.cohort.one_kind import one_kind
from hepatica.clinic.concepts import concepts
from hepatica.clinic.inputs import long
from hepatica.clinic.inputs.long import KINDS, no_rows
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.inputs.table import columns, quoted, relation
from hepatica.clinic.observations import Report
from hepatica.clinic.registry import Registry
from hepatica.clinic.units import MILLION, Unusable, conversion, to_micro
from hepatica.errors import InputError

_NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "INTEGER", "BIGINT", "SMALLINT", "TINYINT")
_COLUMNS = ("patient", "concept", "value", "unit", "time", "start", "text")
Scale = tuple[int, int, int, int]  # numerator, denominator, lowest and highest millionths
_FACTOR = 4_000  # 2 * 10^15 * factor stays within 64 bits

# A number is taken if it is the double nearest to its six decimals, which are then exact; `exact`
# says the same for arrays. A name that begins with more than a blank is known without trimming it.
_WHOLE = f"CASE WHEN abs(value) < 1e9 THEN TRY_CAST(round(value * {MILLION}) AS BIGINT) END"
_MICRO = f"(2 * ({_WHOLE}) * fast.num + fast.den) // (2 * fast.den)"
_PLAIN = (
    "(time IS NULL OR (time >= TIMESTAMP '1900-01-01' AND time < TIMESTAMP '2200-01-01')) "
    "AND start IS NULL "
    "AND CASE WHEN patient > '!' THEN TRUE ELSE coalesce(trim(patient), '') <> '' END"
)
_SOUND = (
    f"coalesce(({_WHOLE}) / {MILLION}.0::DOUBLE = value AND {_MICRO} BETWEEN fast.low AND "
    f"fast.high, FALSE) AND {_PLAIN}"
)
_PAIR = "given.concept = fast.word AND given.unit IS NOT DISTINCT FROM fast.unit"
_PAIRS = "SELECT concept, unit, count(*) FROM given GROUP BY ALL"
_CLEAN = (
    "SELECT patient AS names, fast.kind, coalesce(value, 'nan'::DOUBLE) AS value, "
    f"coalesce(epoch_us(time), {NEVER}) AS time, {_PLAIN} AS plain FROM given JOIN fast ON "
)
_REST = (
    "CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT patient, named.id AS concept, "
    "CAST(value AS VARCHAR) AS value, given.unit, CAST(time AS VARCHAR) AS time, "
    "CAST(start AS VARCHAR) AS start, text FROM given JOIN named ON given.concept = named.word "
    f"LEFT JOIN fast ON {_PAIR} WHERE fast.kind IS NULL OR NOT ({_SOUND})"
)
# Of the rows that were texts, those that are measurements like the clean ones.
_LATE = (
    "FROM observations WHERE micro IS NOT NULL AND start IS NULL AND text IS NULL "
    "AND patient IS NOT NULL"
)
_CONFLICTS = (
    "SELECT count(*) FROM (SELECT 1 FROM observations WHERE micro IS NOT NULL AND start IS NULL "
    "AND time IS NOT NULL GROUP BY patient, concept, time HAVING min(micro) <> max(micro))"
)


def is_typed(connection: Any, path: Path) -> bool:
    """Whether a file is Parquet with a number as `value` and a timestamp as `time`."""
    if not path.is_dir() and path.suffix.lower() != ".parquet":
        return False
    kinds = _kinds(connection, relation(connection, path))
    return (
        {"patient", "concept", "value", "time"} <= set(kinds)
        and "code" not in kinds
        and kinds["value"].startswith(_NUMBERS)
        and kinds["time"] == "TIMESTAMP"
        and kinds.get("start", "TIMESTAMP") == "TIMESTAMP"
    )


def load(registry: Registry, path: Path, *, user: UserMap | None = None) -> Report:
    """Fills the registry's observations from typed Parquet; the report is that of `long.load`."""
    measured, report = read(registry, path, user=user)
    if measured.untimed_among_timed():
        return long.load(registry, path, user=user)
    settle(registry, measured)
    return report


def read(
    registry: Registry, path: Path, *, user: UserMap | None = None, ahead: Ahead | None = None
) -> tuple[Measured, Report]:
    """The measurements of typed Parquet in arrays; all else is in the registry's observations."""
    run = registry.connection.execute
    source = relation(registry.connection, path)
    found = columns(registry.connection, source, path.name)
    number = _kinds(registry.connection, source)["value"]
    cells = ", ".join(_cell(key, found.get(key), number) for key in _COLUMNS)
    run(f"CREATE OR REPLACE TEMP VIEW given AS SELECT {cells} FROM {source}")
    mapper = Mapper(user or UserMap())
    early = ahead.taken(path) if ahead else None
    single = early[0] if early else one_kind(path, found)
    pairs = [(single.word, single.unit, single.rows)] if single else run(_PAIRS).fetchall()
    if not pairs:
        raise InputError(f"{path.name}: {no_rows(None)}")
    counts, kinds, scales, alike = _words(registry, mapper, pairs)
    registry.tables()
    run("TRUNCATE observations")
    run("TRUNCATE unread")
    if single and alike:
        rows = early[1] if early else single.table()
    else:  # where all rows are of one kind there is nothing to look up
        pair = "TRUE" if alike else _PAIR
        rows = registry.connection.sql(_CLEAN + pair).to_arrow_table()
    with ThreadPoolExecutor(1) as pool:
        names = pool.submit(numbered, whole(rows["names"]))
        clean = _exact(rows, scales)
    numbers = names.result() if clean.num_rows == rows.num_rows else None
    report, rest = Report(), sum(counts.values()) - clean.num_rows
    if rest:
        run(_REST)
        if _number(run("SELECT count(*) FROM raw_rows")) != rest:
            raise AssertionError("a row was taken twice or not at all: say which values it has")
        report = take(registry.connection, "raw_rows")
        clean, numbers = _with_late(registry, clean, kinds), None
    measured = arranged(clean, kinds, numbers)
    _count(registry, report, sum(counts.values()), measured)
    mapper.tell(report)
    return measured, report


def settle(registry: Registry, measured: Measured) -> None:
    """Adds the measurements to the registry's observations."""
    import numpy as np
    import pyarrow as pa

    run = registry.connection.execute
    before = _number(run("SELECT count(*) FROM observations"))
    order = measured.order
    kind = measured.kind[order]
    rows = pa.table({
        "row": before + np.arange(len(order)),
        "patient": measured.names.take(pa.array(order)),
        "concept": pa.DictionaryArray.from_arrays(kind, measured.concepts),
        "value": measured.value[order],
        "unit": pa.DictionaryArray.from_arrays(kind, measured.units),
        "micro": measured.micro[order],
        "time": measured.time[order],
    })  # fmt: skip
    registry.connection.register("measured_rows", rows)
    run(
        "INSERT INTO observations SELECT row, patient, concept, value, unit, micro, "
        f"CASE WHEN time <> {NEVER} THEN make_timestamp(time) END, NULL, NULL FROM measured_rows"
    )
    registry.connection.unregister("measured_rows")


def _exact(table: Any, scales: list[Scale]) -> Any:
    """The rows of a table that are taken as they are, with their millionths."""
    import numpy as np
    import pyarrow as pa

    if not table.num_rows:
        return table.drop_columns("plain").append_column("micro", pa.array([], pa.int64()))
    micro, sound = exact(table["value"].to_numpy(), table["kind"].to_numpy(), scales)
    sound &= table["plain"].to_numpy()
    table = table.drop_columns("plain").append_column("micro", pa.array(micro))
    return table if np.all(sound) else table.filter(pa.array(sound))


def _with_late(registry: Registry, clean: Any, kinds: list[tuple[str, str]]) -> Any:
    """The clean rows and those that had to be read as texts; adds their kinds to `kinds`."""
    import pyarrow as pa

    run = registry.connection.execute
    for pair in run(f"SELECT DISTINCT concept, unit {_LATE}").fetchall():
        if pair not in kinds:
            kinds.append(pair)
    run("CREATE OR REPLACE TEMP TABLE late (id VARCHAR, code VARCHAR, kind INTEGER)")
    insert(registry.connection, "late", [(*pair, place) for place, pair in enumerate(kinds)])
    rows = registry.connection.sql(
        f"SELECT patient AS names, late.kind, value, coalesce(epoch_us(time), {NEVER}) AS time, "
        f"micro FROM (SELECT * {_LATE}) AS o JOIN late ON o.concept = late.id "
        "AND o.unit = late.code"
    ).to_arrow_table()
    run(f"DELETE {_LATE}")
    return pa.concat_tables([clean, rows]) if rows.num_rows else clean


def _kinds(connection: Any, source: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {row[0].lower(): row[1] for row in rows}


def _cell(key: str, name: str | None, number: str) -> str:
    """A column in the type that is read; `number` is that of the values.

    A FLOAT is the number that it prints as: 1.3, and not the double beside it.
    """
    written = "NULL" if name is None else quoted(name)
    if key == "value":
        written = f"CAST({written} AS VARCHAR)" if number == "FLOAT" else written
        return f"CAST({written} AS DOUBLE) AS value"
    kind = "TIMESTAMP" if key in ("time", "start") else "VARCHAR"
    return f"CAST({written} AS {kind}) AS {key}"


def _words(
    registry: Registry, mapper: Mapper, pairs: list[tuple[Any, Any, int]]
) -> tuple[dict[str, int], list[tuple[str, str]], list[Scale], bool]:
    """Rows by mapped name; concept and unit of each kind of measurement that converts, and how; and
    whether all rows are of one kind.

    Fills `named` (all mapped words) and `fast` (words and units of measurements that convert).
    """
    run = registry.connection.execute
    named: dict[str, str] = {}
    counts: dict[str, int] = {}
    kinds: dict[tuple[str, str], Scale] = {}
    fast = []
    for word, unit, count in pairs:
        target = mapper.word(word, KINDS) if word else None
        if target is None:
            mapper.missed["concept", word or "", word] += count
            continue
        named[word] = target
        counts[word] = counts.get(word, 0) + count
        item = concepts()[target]
        how = conversion(item, unit)
        if item.kind != "quantity" or target == "urine_output" or isinstance(how, Unusable):
            continue
        top, bottom = how.factor.numerator, how.factor.denominator
        if how.offset or item.limits is None or max(top, bottom) > _FACTOR:
            continue
        low, high = map(to_micro, item.limits)
        scale = kinds.setdefault((target, how.code), (top, bottom, low, high))
        fast.append((word, unit, list(kinds).index((target, how.code)), *scale))
    run("CREATE OR REPLACE TEMP TABLE named (word VARCHAR, id VARCHAR)")
    insert(registry.connection, "named", list(named.items()))
    run(
        "CREATE OR REPLACE TEMP TABLE fast (word VARCHAR, unit VARCHAR, kind INTEGER, "
        "num BIGINT, den BIGINT, low BIGINT, high BIGINT)"
    )
    insert(registry.connection, "fast", fast)
    return counts, list(kinds), list(kinds.values()), len(pairs) == len(fast) == 1


def _number(found: Any) -> int:
    """The one number that a query found."""
    return int(found.fetchall()[0][0])


def _count(registry: Registry, report: Report, read: int, measured: Measured) -> None:
    run = registry.connection.execute
    others = _number(run("SELECT count(*) FROM observations"))
    refused = sum(item.count for item in report.refused)
    report.accepted = others + len(measured)
    report.read = read
    report.duplicates = read - refused - report.accepted
    report.notes = [note for note in report.notes if not note.endswith((REPEATED, DISAGREE))]
    if report.duplicates:
        report.notes.append(f"{report.duplicates} {REPEATED}")
    conflicts = measured.conflicts + (_number(run(_CONFLICTS)) if others else 0)
    if conflicts:
        report.notes.append(f"{conflicts} {DISAGREE}")
