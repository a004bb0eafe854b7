"""A long table: one row an observation, in CSV or Parquet.

    patient,concept,value,unit,time,start,text
    p1,creatinine,2.6,mg/dL,2026-03-04T11:00,,

`concept` is a concept's id or name, or `code` holds a code (LOINC unless `system` says otherwise).
`unit`, `start` and `text` may be missing. Column names may be mapped by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hepatica.clinic.accept import ABSENT, NOT_ALL
from hepatica.clinic.bulk import insert, take
from hepatica.clinic.concepts import Kind, concepts
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.inputs.table import columns, quoted, reading, relation
from hepatica.clinic.observations import Report
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError

KNOWN = ("patient", "concept", "code", "system", "value", "unit", "time", "start", "text")
# A code that says several things, of which not all are there any more.
_ENDED = (
    f"mapped.several AND (coalesce(lower(trim(coalesce(text, value))) IN {ABSENT}, FALSE) "
    "OR trim(start) <> '' AND trim(time) <> '')"
)
KINDS: tuple[Kind, ...] = ("quantity", "code", "flag", "drug", "procedure", "event")


def load(
    registry: Registry,
    path: Path,
    *,
    user: UserMap | None = None,
    names: Mapping[str, str] | None = None,
    patient: str | None = None,
) -> Report:
    """Fills the registry's observations from a file; says what was refused or not mapped.

    `names` gives the file's name for a column, as {"patient": "mrn"}; with `patient` only the rows
    of that one are read. Raises InputError for a file that is empty, unreadable, or without the
    columns patient, value, time and concept or code.
    """
    run = registry.connection.execute
    source = relation(registry.connection, path)
    found = columns(registry.connection, source, path.name)
    at = {key: found.get((names or {}).get(key, key).lower()) for key in KNOWN}
    for key in ("patient", "time"):
        if at[key] is None:
            raise InputError(f"{path.name}: no column {key!r}: it has {', '.join(found)}")
    if at["concept"] is None and at["code"] is None:
        raise InputError(f"{path.name}: no column 'concept' or 'code': it has {', '.join(found)}")
    cells = ", ".join(
        f"CAST({quoted(at[key])} AS VARCHAR) AS {key}" if at[key] else f"NULL AS {key}"  # type: ignore[arg-type]
        for key in KNOWN
    )
    run(
        f"CREATE OR REPLACE TEMP VIEW given AS SELECT * FROM (SELECT {cells} FROM {source})"
        f"{of_one(patient)}"
    )
    mapper = Mapper(user or UserMap())
    with reading(path):
        pairs = run(
            "SELECT concept, code, coalesce(system, 'loinc'), count(*) FROM given GROUP BY ALL"
        ).fetchall()
    if not pairs:
        raise InputError(f"{path.name}: {no_rows(patient)}")
    run(
        "CREATE OR REPLACE TEMP TABLE mapped "
        "(concept VARCHAR, code VARCHAR, system VARCHAR, id VARCHAR, several BOOLEAN)"
    )
    targets: list[tuple[str | bool, ...]] = []
    for word, code, system, count in pairs:
        ids = mapper.code(system, code) if code else ()
        named = mapper.word(word, KINDS) if word and not ids else None
        ids = ids if named is None else (named,)
        if not ids:
            mapper.missed[system if code else "concept", code or word or "", word] += count
        several = len(ids) > 1 and all(concepts()[target].kind == "flag" for target in ids)
        targets += [(word, code, system, target, several) for target in ids]
    insert(registry.connection, "mapped", targets)
    with reading(path):
        run(
            "CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT given.patient, mapped.id AS concept, "
            f"CASE WHEN {_ENDED} THEN given.code ELSE value END AS value, given.unit, given.time, "
            f"given.start, CASE WHEN {_ENDED} THEN '{NOT_ALL}' ELSE text END AS text "
            "FROM given JOIN mapped "
            "ON given.concept IS NOT DISTINCT FROM mapped.concept "
            "AND given.code IS NOT DISTINCT FROM mapped.code "
            "AND coalesce(given.system, 'loinc') = mapped.system"
        )
    registry.tables()
    if not targets:  # every row is of something that no mapping names
        run("TRUNCATE observations")
        run("TRUNCATE unread")
        run("DROP TABLE raw_rows")
        report = Report()
        mapper.tell(report)
        return report
    report = take(registry.connection, "raw_rows")
    mapper.tell(report)
    return report


def no_rows(patient: str | None) -> str:
    """Why there is nothing to read where a table has no rows, or none of the patient asked for."""
    if patient is None:
        return "the table is empty: it has no row below its header"
    return f"it has no row of patient {patient!r}"


def of_one(patient: str | None) -> str:
    """SQL that keeps the rows of one patient, where one is named."""
    return "" if patient is None else f" WHERE patient = '{patient.replace(chr(39), chr(39) * 2)}'"
