"""Takes measurements from typed Parquet at the speed of whole numbers, by the rules of `bulk`.

A long table whose `value` is a number and whose `time` is a timestamp needs no reading of texts.
Its clean measurements go straight to `observations`; every other row (codes, courses, values with
more than six decimals, implausible or unconvertible ones) goes the way of texts, where it is
accepted or refused with its reason. The outcome is the same, which the tests hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hepatica.clinic.bulk import insert, take
from hepatica.clinic.concepts import concepts
from hepatica.clinic.engine import Engine
from hepatica.clinic.inputs.long import KINDS
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.inputs.table import columns, quoted, relation
from hepatica.clinic.observations import Report
from hepatica.clinic.units import MILLION, Unusable, conversion, to_micro

_NUMBERS = ("DOUBLE", "FLOAT", "DECIMAL", "INTEGER", "BIGINT", "SMALLINT", "TINYINT")
_COLUMNS = ("patient", "concept", "value", "unit", "time", "start", "text")
_FACTOR = 4_000  # 2 * 10^15 * factor stays within 64 bits

# A number is taken if it is the double nearest to its six decimals, which are then exact.
_WHOLE = f"CASE WHEN abs(value) < 1e9 THEN CAST(round(value * {MILLION}) AS BIGINT) END"
_MICRO = f"(2 * ({_WHOLE}) * fast.num + fast.den) // (2 * fast.den)"
_SOUND = (
    f"coalesce(({_WHOLE}) / {MILLION}.0::DOUBLE = value AND start IS NULL "
    "AND trim(CAST(patient AS VARCHAR)) <> '' "
    f"AND {_MICRO} BETWEEN fast.low AND fast.high AND (time IS NULL OR "
    "(time >= TIMESTAMP '1900-01-01' AND time < TIMESTAMP '2200-01-01')), FALSE)"
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


def load(engine: Engine, path: Path, *, user: UserMap | None = None) -> Report:
    """Fills the engine's observations from typed Parquet; the report is that of `long.load`."""
    run = engine.connection.execute
    source = relation(engine.connection, path)
    found = columns(engine.connection, source, path.name)
    cells = ", ".join(_cell(key, found.get(key)) for key in _COLUMNS)
    run(f"CREATE OR REPLACE TEMP VIEW given AS SELECT {cells} FROM {source}")
    mapper = Mapper(user or UserMap())
    words = _words(engine, mapper)
    engine.tables()
    fast = "given.concept = fast.word AND given.unit IS NOT DISTINCT FROM fast.unit"
    run(
        "CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT CAST(patient AS VARCHAR) AS patient, "
        "named.id AS concept, CAST(value AS VARCHAR) AS value, given.unit, "
        "CAST(time AS VARCHAR) AS time, CAST(start AS VARCHAR) AS start, text "
        "FROM given JOIN named ON given.concept = named.word "
        f"LEFT JOIN fast ON {fast} WHERE NOT {_SOUND}"
    )
    rest = _number(run("SELECT count(*) FROM raw_rows"))
    report = Report() if not rest and words else take(engine.connection, "raw_rows")
    if not rest:
        run("TRUNCATE observations")
    before = report.accepted
    run(
        "INSERT INTO observations SELECT "
        f"{before} + row_number() OVER () - 1, patient, id, value, code, micro, time, NULL, NULL "
        "FROM (SELECT DISTINCT CAST(patient AS VARCHAR) AS patient, fast.id, value, fast.code, "
        f"{_MICRO} AS micro, time FROM given JOIN fast ON {fast} WHERE {_SOUND})"
    )
    report.accepted = _number(run("SELECT count(*) FROM observations"))
    _count(engine, report, sum(words.values()), before)
    report.unmapped = mapper.unmapped()
    return report


def _kinds(connection: Any, source: str) -> dict[str, str]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    return {row[0].lower(): row[1] for row in rows}


def _cell(key: str, name: str | None) -> str:
    if key == "value":
        return f"CAST({quoted(name or key)} AS DOUBLE) AS value"
    kind = "TIMESTAMP" if key in ("time", "start") else "VARCHAR"
    return f"CAST({'NULL' if name is None else quoted(name)} AS {kind}) AS {key}"


def _words(engine: Engine, mapper: Mapper) -> dict[str, int]:
    """Rows by mapped name; fills `named` (all of them) and `fast` (measurements that convert)."""
    run = engine.connection.execute
    pairs = run("SELECT concept, unit, count(*) FROM given GROUP BY ALL").fetchall()
    named: dict[str, str] = {}
    counts: dict[str, int] = {}
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
        fast.append((word, unit, target, how.code, top, bottom, low, high))
    run("CREATE OR REPLACE TEMP TABLE named (word VARCHAR, id VARCHAR)")
    insert(engine.connection, "named", list(named.items()))
    run(
        "CREATE OR REPLACE TEMP TABLE fast (word VARCHAR, unit VARCHAR, id VARCHAR, code VARCHAR, "
        "num BIGINT, den BIGINT, low BIGINT, high BIGINT)"
    )
    insert(engine.connection, "fast", fast)
    return counts


def _number(found: Any) -> int:
    """The one number that a query found."""
    row = found.fetchone()
    return int(row[0])


def _count(engine: Engine, report: Report, read: int, before: int) -> None:
    run = engine.connection.execute
    refused = sum(item.count for item in report.refused)
    report.read = read
    report.duplicates = read - refused - report.accepted
    report.notes = [note for note in report.notes if "dates without" in note]
    if report.duplicates:
        report.notes.append(f"{report.duplicates} rows repeat another one exactly: counted once")
    conflicts = _number(
        run(
            "SELECT count(*) FROM (SELECT 1 FROM observations WHERE micro IS NOT NULL "
            "AND start IS NULL AND time IS NOT NULL GROUP BY patient, concept, time "
            "HAVING min(micro) <> max(micro))"
        )
    )
    if conflicts:
        report.notes.append(f"{conflicts} times have different values of one concept")
