"""OMOP CDM 5.4: a folder with the tables as CSV or Parquet files.

Read are PERSON, MEASUREMENT, CONDITION_OCCURRENCE, DRUG_EXPOSURE, PROCEDURE_OCCURRENCE,
VISIT_OCCURRENCE and DEATH, and CONCEPT for the codes of concepts that have no id here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica.clinic.accept import NOT_ALL
from hepatica.clinic.bulk import insert, take
from hepatica.clinic.concepts import concepts
from hepatica.clinic.inputs.long import no_rows
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.inputs.omop_cells import birth, cases, ident, is_unit, sign, text, when
from hepatica.clinic.inputs.table import columns, reading, relation
from hepatica.clinic.inputs.table import text as literal
from hepatica.clinic.observations import Report
from hepatica.clinic.records import Record
from hepatica.clinic.records import read as record
from hepatica.clinic.registry import Registry
from hepatica.errors import InputError


class Rules(Record, frozen=True, kw_only=True):
    """The mapping file of this reader."""

    vocabularies: Mapping[str, str]
    gender: Mapping[str, str]
    inpatient_visits: tuple[str, ...]
    units: Mapping[str, str]
    operators: Mapping[str, str]
    equal: tuple[str, ...]


# For each table: its prefix, the domain's kinds, and the expressions of value, start and time.
_EVENTS = {
    "measurement": (
        "measurement",
        ("quantity", "code"),
        text("value_as_number"),
        "NULL",
        when("measurement"),
    ),
    "condition_occurrence": (
        "condition",
        ("flag",),
        "NULL",
        f"CASE WHEN {when('condition_end')} IS NOT NULL THEN {when('condition_start')} END",
        f"coalesce({when('condition_end')}, {when('condition_start')})",
    ),
    "drug_exposure": (
        "drug",
        ("drug",),
        "NULL",
        when("drug_exposure_start"),
        when("drug_exposure_end"),
    ),
    "procedure_occurrence": ("procedure", ("procedure",), "NULL", "NULL", when("procedure")),
}


def load(
    registry: Registry, folder: Path, *, user: UserMap | None = None, patient: str | None = None
) -> Report:
    """Fills the registry's observations from a CDM; the report says what was refused or not mapped.

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
    run = registry.connection.execute
    run(
        "CREATE OR REPLACE TEMP TABLE mapped (source VARCHAR, concept_id VARCHAR, "
        "source_value VARCHAR, id VARCHAR, several BOOLEAN)"
    )
    _codes(registry.connection, files.get("concept"))
    own = "TRUE" if patient is None else f"{ident('person_id')} = {literal(patient)}"
    of = _Tables(registry.connection, own, mapper)
    parts = [_person(of, files["person"], rules)]
    for name, shape in _EVENTS.items():
        if name in files:
            parts.append(_events(of, name, files[name], shape, rules))
    if "procedure_occurrence" in files:
        parts.append(
            f"SELECT {ident('person_id')} AS patient, 'procedure_list_complete' AS concept, 'true' "
            f"AS value, NULL, NULL, NULL, NULL FROM {of.source(files['person'])} WHERE {own}"
        )
    parts += _stays(of, files, rules)
    every = " UNION ALL ".join(parts)
    try:
        with reading(folder):
            run(f"CREATE OR REPLACE TEMP TABLE raw_rows AS SELECT * FROM ({every})")
    except InputError:
        raise
    except Exception as error:  # DuckDB raises one kind for each way in which a table can be wrong
        line = str(error).splitlines()[0]
        raise InputError(f"{folder.name}: not as OMOP CDM 5.4 has it: {line}") from None
    registry.tables()
    nothing = patient is None and _nothing_known(of, files["person"])
    if not nothing and run("SELECT 1 FROM raw_rows LIMIT 1").fetchone() is None:
        raise InputError(f"{folder.name}: {no_rows(patient)}")
    report = Report() if nothing else take(registry.connection, "raw_rows")
    mapper.tell(report)
    return report


@dataclass(frozen=True, slots=True)
class _Tables:
    """The tables of a CDM as SQL; `own` holds for the rows that are read."""

    connection: Any
    own: str
    mapper: Mapper

    def source(self, path: Path) -> str:
        return relation(self.connection, path)

    def miss(self, system: str, path: Path, code: str, name: str, where: str) -> None:
        """Counts the rows that are not read, by code; `name` is the column of its words."""
        source = self.source(path)
        display = text(name) if name in columns(self.connection, source, path.name) else "NULL"
        found = self.connection.execute(
            f"SELECT {code}, any_value(codes.name), any_value({display}), count(*) FROM {source} e "
            f"LEFT JOIN codes ON {code} = codes.id WHERE {self.own} AND {where} GROUP BY 1"
        ).fetchall()
        for concept_id, known, written, count in found:
            self.mapper.missed[system, concept_id or "", known or written] += count


def _nothing_known(of: _Tables, persons: Path) -> bool:
    """Whether there are rows and none that is read; the registry is then without any."""
    run = of.connection.execute
    if run("SELECT 1 FROM raw_rows LIMIT 1").fetchone() is not None:
        return False
    for name in ("observations", "unread"):
        run(f"TRUNCATE {name}")
    given = run(f"SELECT 1 FROM {of.source(persons)} LIMIT 1").fetchone()
    return bool(of.mapper.missed) or given is not None


def _person(of: _Tables, path: Path, rules: Rules) -> str:
    source, gender = of.source(path), cases("gender_concept_id", rules.gender)
    given = ident("gender_concept_id")
    of.miss(
        "omop gender",
        path,
        given,
        "gender_source_value",
        f"{given} IS NOT NULL AND {gender} IS NULL",
    )
    return (
        f"SELECT {ident('person_id')} AS patient, 'sex' AS concept, {gender} AS value, "
        f"NULL AS unit, NULL AS time, NULL AS start, NULL AS text FROM {source} "
        f"WHERE {of.own} AND {gender} IS NOT NULL "
        f"UNION ALL SELECT {ident('person_id')}, 'birth', NULL, NULL, {birth()}, NULL, NULL "
        f"FROM {source} WHERE {of.own} AND {birth()} IS NOT NULL"
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
            f"INSERT INTO codes SELECT {ident('concept_id')}, vocabulary_id, "
            f"CAST(concept_code AS VARCHAR), concept_name FROM {relation(connection, path)}"
        )


def _events(
    of: _Tables,
    name: str,
    path: Path,
    shape: tuple[str, tuple[str, ...], str, str, str],
    rules: Rules,
) -> str:
    prefix, kinds, value, start, time = shape
    source, mapper = of.source(path), of.mapper
    present = columns(of.connection, source, path.name)
    code, written = ident(f"e.{prefix}_concept_id"), text(f"e.{prefix}_source_value")
    found = of.connection.execute(
        f"SELECT {code}, {written}, any_value(codes.vocabulary), any_value(codes.code), "
        f"any_value(codes.name), count(*) FROM {source} e LEFT JOIN codes ON {code} = codes.id "
        f"WHERE {of.own} GROUP BY 1, 2"
    ).fetchall()
    targets: list[tuple[str | bool, ...]] = []
    for concept_id, source_value, vocabulary, own_code, display, count in found:
        system = rules.vocabularies.get(vocabulary or "", vocabulary or "")
        codes = (("omop", concept_id or ""), (system, own_code or ""))
        given = _own(mapper, codes, source_value or "", display or "") or next(
            filter(None, (mapper.code(*pair) for pair in codes)), ()
        )
        given = given or _by_source(mapper, source_value or "", rules)
        ids = tuple(target for target in given if concepts()[target].kind in kinds)
        if not ids:
            mapper.missed[f"omop {name}", concept_id or "", display or source_value] += count
        if not given and prefix == "drug":
            ids = ("unrecognised_drug",)
        targets += [(name, concept_id, source_value, target, len(ids) > 1) for target in ids]
    insert(of.connection, "mapped", targets)
    unit = "NULL"
    if name == "measurement":
        unit = _unit(of, source, present, rules)
        if "operator_concept_id" in present:
            value = f"{sign('operator_concept_id', rules.operators, rules.equal)} || {value}"
    said = written
    if kinds == ("flag",):
        over = f"CASE WHEN mapped.several AND {when('condition_end')} IS NOT NULL THEN"
        value = f"{over} {written} END"
        said = f"{over} '{NOT_ALL}' ELSE 'present' END"
    return (
        f"SELECT {ident('e.person_id')}, mapped.id, {value}, {unit}, {time}, {start}, {said} "
        f"FROM {source} e JOIN mapped ON mapped.source = '{name}' "
        f"AND {code} IS NOT DISTINCT FROM mapped.concept_id "
        f"AND {written} IS NOT DISTINCT FROM mapped.source_value WHERE {of.own}"
    )


def _unit(of: _Tables, source: str, present: Mapping[str, str], rules: Rules) -> str:
    """The unit that the source gives; the standard one where that is blank, or no unit at all."""
    standard = cases("unit_concept_id", rules.units)
    if "unit_source_value" not in present:
        return standard
    written = text("unit_source_value")
    found = of.connection.execute(
        f"SELECT DISTINCT {written} FROM {source} WHERE {of.own} AND {standard} IS NOT NULL "
        f"AND {written} IS NOT NULL"
    ).fetchall()
    wrong = [cell for (cell,) in found if not is_unit(cell)]
    if not wrong:
        return f"coalesce({written}, {standard})"
    names = ", ".join(map(literal, wrong))
    return (
        f"CASE WHEN {written} IN ({names}) AND {standard} IS NOT NULL THEN {standard} "
        f"ELSE coalesce({written}, {standard}) END"
    )


def _own(
    mapper: Mapper, codes: tuple[tuple[str, str], ...], source_value: str, name: str
) -> tuple[str, ...]:
    """The concept that a user's mapping file names, by code, source value or name."""
    found = next(filter(None, (mapper.own_code(*pair) for pair in codes)), None)
    found = found or mapper.own_source(source_value)
    found = found or mapper.own_word(source_value) or mapper.own_word(name)
    return () if found is None else (found,)


def _by_source(mapper: Mapper, code: str, rules: Rules) -> tuple[str, ...]:
    """A source value that is itself a code of a vocabulary that concepts carry."""
    found = (mapper.code(system, code) for system in rules.vocabularies.values())
    return next(filter(None, found), ())


def _stays(of: _Tables, files: Mapping[str, Path], rules: Rules) -> list[str]:
    parts = []
    if "visit_occurrence" in files:
        path = files["visit_occurrence"]
        source, visit = of.source(path), ident("visit_concept_id")
        inpatient = f"{visit} IN ({', '.join(map(repr, rules.inpatient_visits))})"
        of.miss(
            "omop visit_occurrence",
            path,
            visit,
            "visit_source_value",
            f"({inpatient}) IS NOT TRUE",
        )
        for event, edge in (("admission", "visit_start"), ("discharge", "visit_end")):
            parts.append(
                f"SELECT {ident('person_id')}, '{event}', NULL, NULL, {when(edge)}, NULL, NULL "
                f"FROM {source} WHERE {of.own} AND {inpatient} AND {when(edge)} IS NOT NULL"
            )
    if "death" in files:
        parts.append(
            f"SELECT {ident('person_id')}, 'death', NULL, NULL, {when('death')}, NULL, NULL "
            f"FROM {of.source(files['death'])} WHERE {of.own}"
        )
    return parts
