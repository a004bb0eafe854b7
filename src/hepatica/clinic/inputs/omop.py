"""OMOP CDM 5.4: a folder with the tables as CSV or Parquet files.

Read are PERSON, MEASUREMENT, CONDITION_OCCURRENCE, DRUG_EXPOSURE, PROCEDURE_OCCURRENCE,
VISIT_OCCURRENCE and DEATH, and CONCEPT for the codes of concepts that have no id here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hepatica.clinic.bulk import insert, take
from hepatica.clinic.concepts import by_code, concepts
from hepatica.clinic.engine import Engine
from hepatica.clinic.inputs.long import no_rows, of_one
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.inputs.table import columns, reading, relation
from hepatica.clinic.observations import Report
from hepatica.clinic.records import Record
from hepatica.clinic.records import read as record
from hepatica.errors import InputError


class Rules(Record, frozen=True, kw_only=True):
    """The mapping file of this reader."""

    vocabularies: Mapping[str, str]
    gender: Mapping[str, str]
    inpatient_visits: tuple[str, ...]
    units: Mapping[str, str]
    operators: Mapping[str, str]
    equal: tuple[str, ...]


# For each table: its prefix, the domain's kinds, and the expressions of value, unit, start, time.
_EVENTS = {
    "measurement": (
        "measurement",
        ("quantity", "code"),
        "CAST(value_as_number AS VARCHAR)",
        "NULL",
        "coalesce(CAST(measurement_datetime AS VARCHAR), CAST(measurement_date AS VARCHAR))",
    ),
    "condition_occurrence": (
        "condition",
        ("flag",),
        "NULL",
        "CASE WHEN condition_end_date IS NOT NULL THEN coalesce("
        "CAST(condition_start_datetime AS VARCHAR), CAST(condition_start_date AS VARCHAR)) END",
        "coalesce(CAST(condition_end_datetime AS VARCHAR), CAST(condition_end_date AS VARCHAR), "
        "CAST(condition_start_datetime AS VARCHAR), CAST(condition_start_date AS VARCHAR))",
    ),
    "drug_exposure": (
        "drug",
        ("drug",),
        "NULL",
        "coalesce(CAST(drug_exposure_start_datetime AS VARCHAR), "
        "CAST(drug_exposure_start_date AS VARCHAR))",
        "coalesce(CAST(drug_exposure_end_datetime AS VARCHAR), "
        "CAST(drug_exposure_end_date AS VARCHAR))",
    ),
    "procedure_occurrence": (
        "procedure",
        ("procedure",),
        "NULL",
        "NULL",
        "coalesce(CAST(procedure_datetime AS VARCHAR), CAST(procedure_date AS VARCHAR))",
    ),
}


def load(
    engine: Engine, folder: Path, *, user: UserMap | None = None, patient: str | None = None
) -> Report:
    """Fills the engine's observations from a CDM; the report says what was refused or not mapped.

    With `patient` only the rows of that person are read.
    A PROCEDURE_OCCURRENCE table says that no other procedure was done; drugs are not taken to be
    complete. Raises InputError without PERSON or MEASUREMENT.
    """
    rules, mapper = record("mappings", "omop", Rules), Mapper(user or UserMap())
    files = {
        p.stem.lower(): p for p in folder.iterdir() if p.suffix.lower() in (".csv", ".parquet")
    }
    for name in ("person", "measurement"):
        if name not in files:
            raise InputError(f"{folder.name}: no table {name.upper()}: expected OMOP CDM 5.4 files")
    run = engine.connection.execute
    run(
        "CREATE OR REPLACE TEMP TABLE mapped (source VARCHAR, concept_id VARCHAR, "
        "source_value VARCHAR, id VARCHAR)"
    )
    _codes(engine.connection, files.get("concept"))
    parts = [_person(engine.connection, files["person"], rules)]
    for name, shape in _EVENTS.items():
        if name in files:
            parts.append(_events(engine.connection, name, files[name], shape, rules, mapper))
    if "procedure_occurrence" in files:
        parts.append(
            "SELECT person_id AS patient, 'procedure_list_complete' AS concept, 'true' "
            f"AS value, NULL, NULL, NULL, NULL FROM {_source(engine, files['person'])}"
        )
    parts += _stays(engine, files, rules)
    every = " UNION ALL ".join(parts)
    try:
        with reading(folder):
            run(
                f"CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT * FROM ({every}){of_one(patient)}"
            )
    except InputError:
        raise
    except Exception as error:  # DuckDB raises one kind for each way in which a table can be wrong
        line = str(error).splitlines()[0]
        raise InputError(f"{folder.name}: not as OMOP CDM 5.4 has it: {line}") from None
    if run("SELECT 1 FROM raw_rows LIMIT 1").fetchone() is None:
        raise InputError(f"{folder.name}: {no_rows(patient)}")
    engine.tables()
    report = take(engine.connection, "raw_rows")
    report.unmapped = mapper.unmapped()
    return report


def _source(engine: Engine, path: Path) -> str:
    return relation(engine.connection, path)


def _person(connection: Any, path: Path, rules: Rules) -> str:
    source = relation(connection, path)
    gender = " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in rules.gender.items())
    birth = (
        "coalesce(CAST(birth_datetime AS VARCHAR), CAST(year_of_birth AS VARCHAR) || '-' || "
        "lpad(CAST(month_of_birth AS VARCHAR), 2, '0') || '-' || "
        "lpad(CAST(day_of_birth AS VARCHAR), 2, '0'))"
    )
    return (
        "SELECT CAST(person_id AS VARCHAR) AS patient, 'sex' AS concept, "
        f"CASE CAST(gender_concept_id AS VARCHAR) {gender} END AS value, NULL AS unit, "
        f"NULL AS time, NULL AS start, NULL AS text FROM {source} "
        f"WHERE CAST(gender_concept_id AS VARCHAR) IN ({', '.join(map(repr, rules.gender))}) "
        f"UNION ALL SELECT CAST(person_id AS VARCHAR), 'birth', NULL, NULL, {birth}, NULL, NULL "
        f"FROM {source} WHERE {birth} IS NOT NULL"
    )


def _codes(connection: Any, path: Path | None) -> None:
    """Vocabulary and code by concept id, from CONCEPT where it is there."""
    run = connection.execute
    run(
        "CREATE OR REPLACE TEMP TABLE codes (id VARCHAR, vocabulary VARCHAR, code VARCHAR, "
        "name VARCHAR)"
    )
    if path is not None:
        run(
            "INSERT INTO codes SELECT CAST(concept_id AS VARCHAR), vocabulary_id, "
            f"CAST(concept_code AS VARCHAR), concept_name FROM {relation(connection, path)}"
        )


def _events(
    connection: Any,
    name: str,
    path: Path,
    shape: tuple[str, tuple[str, ...], str, str, str],
    rules: Rules,
    mapper: Mapper,
) -> str:
    prefix, kinds, value, start, time = shape
    source = relation(connection, path)
    present = columns(connection, source, path.name)
    found = connection.execute(
        f"SELECT CAST(e.{prefix}_concept_id AS VARCHAR), CAST(e.{prefix}_source_value AS VARCHAR), "
        f"any_value(codes.vocabulary), any_value(codes.code), any_value(codes.name), count(*) "
        f"FROM {source} e LEFT JOIN codes ON CAST(e.{prefix}_concept_id AS VARCHAR) = codes.id "
        "GROUP BY 1, 2"
    ).fetchall()
    targets: list[tuple[str, ...]] = []
    for concept_id, source_value, vocabulary, code, display, count in found:
        system = rules.vocabularies.get(vocabulary or "", vocabulary or "")
        given = mapper.code("omop", concept_id or "") or mapper.code(system, code or "")
        given = given or _by_source(mapper, source_value or "", rules)
        ids = tuple(target for target in given if concepts()[target].kind in kinds)
        if not ids:
            mapper.missed[f"omop {name}", concept_id or "", display or source_value] += count
        if not given and prefix == "drug":
            ids = ("unrecognised_drug",)
        targets += [(name, concept_id, source_value, target) for target in ids]
    insert(connection, "mapped", targets)
    unit = "NULL"
    if name == "measurement":
        cases = " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in rules.units.items())
        written = (
            "CAST(e.unit_source_value AS VARCHAR)" if "unit_source_value" in present else "NULL"
        )
        unit = f"coalesce({written}, CASE CAST(e.unit_concept_id AS VARCHAR) {cases} END)"
        if "operator_concept_id" in present:
            value = f"{_operator(rules)} || {value}"
    text = "'present'" if kinds == ("flag",) else f"CAST(e.{prefix}_source_value AS VARCHAR)"
    return (
        f"SELECT CAST(e.person_id AS VARCHAR), mapped.id, {value}, {unit}, {time}, {start}, {text} "
        f"FROM {source} e JOIN mapped ON mapped.source = '{name}' "
        f"AND CAST(e.{prefix}_concept_id AS VARCHAR) IS NOT DISTINCT FROM mapped.concept_id "
        f"AND CAST(e.{prefix}_source_value AS VARCHAR) IS NOT DISTINCT FROM mapped.source_value"
    )


def _operator(rules: Rules) -> str:
    """SQL for the sign before a value: none where it is the value itself."""
    cases = " ".join(f"WHEN '{k}' THEN '{v}'" for k, v in rules.operators.items())
    equal = ", ".join(repr(code) for code in rules.equal)
    given = "coalesce(CAST(e.operator_concept_id AS VARCHAR), '0')"
    return f"CASE {given} {cases} ELSE CASE WHEN {given} IN ({equal}) THEN '' ELSE '~' END END"


def _by_source(mapper: Mapper, code: str, rules: Rules) -> tuple[str, ...]:
    """A source value that is itself a code of a vocabulary that concepts carry."""
    for system in rules.vocabularies.values():
        if code in by_code(system) or code in mapper.user.codes.get(system, {}):
            return mapper.code(system, code)
    return ()


def _stays(engine: Engine, files: Mapping[str, Path], rules: Rules) -> list[str]:
    parts = []
    if "visit_occurrence" in files:
        source = _source(engine, files["visit_occurrence"])
        visits = ", ".join(repr(visit) for visit in rules.inpatient_visits)
        for event, edge in (("admission", "start"), ("discharge", "end")):
            parts.append(
                f"SELECT CAST(person_id AS VARCHAR), '{event}', NULL, NULL, coalesce("
                f"CAST(visit_{edge}_datetime AS VARCHAR), CAST(visit_{edge}_date AS VARCHAR)), "
                f"NULL, NULL FROM {source} WHERE CAST(visit_concept_id AS VARCHAR) IN ({visits}) "
                f"AND visit_{edge}_date IS NOT NULL"
            )
    if "death" in files:
        parts.append(
            "SELECT CAST(person_id AS VARCHAR), 'death', NULL, NULL, coalesce("
            "CAST(death_datetime AS VARCHAR), CAST(death_date AS VARCHAR)), NULL, NULL "
            f"FROM {_source(engine, files['death'])}"
        )
    return parts
