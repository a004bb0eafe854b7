"""One patient's observations from a file or folder of any kind that is known.

Each reader is imported where it is needed: a person's file then waits for no other.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.clinic.inputs.mapping import UserMap
    from hepatica.clinic.observations import Observations


def read(path: Path, *, patient: str | None = None, user: UserMap | None = None) -> Observations:
    """The observations of one patient, with what was refused or not mapped on the way.

    Read are a person's file in YAML or JSON, FHIR R4 (`.json` with a resourceType, `.ndjson`, or a
    folder of them, gzipped or not), a long table (`.csv`, `.tsv`, `.parquet`), and a folder of OMOP
    CDM tables. `patient` names the one to take where there are more; `user` adds codes and words
    for concepts, which a person's file does not have.

    Raises InputError where there is no such file, it cannot be read as its kind, it holds several
    patients and none is named, no row is of the one named, or `user` is given with a person's file.
    Raises MissingExtraError for a table where the extra `clinic` is not installed.
    """
    if not path.exists():
        raise InputError(f"{path.name!r}: there is no such file; expected a patient's file")
    try:
        if _is_table(path):
            return _table(path, patient, user)
        if path.is_dir() or _is_fhir(path):
            from hepatica.clinic.inputs import fhir

            return _only(fhir.read(path, user=user, patient=patient), path, patient)
        from hepatica.clinic.inputs import person

        if user is not None:
            raise InputError("--map is for FHIR, tables and OMOP: a person's file has no codes")
        return _only(person.read(path), path, patient)
    except UnicodeDecodeError:
        raise InputError(f"{path.name!r}: not a text in UTF-8") from None


def _only(found: Observations, path: Path, patient: str | None) -> Observations:
    """The same, if it is of one patient and of the one that was asked for."""
    patients = found.patients
    if patient is not None and patient not in patients:
        raise InputError(f"{path.name!r}: no row of patient {patient!r} can be used")
    if len(patients) > 1:
        raise InputError(_many(path, len(patients)))
    return found


def _many(path: Path, count: int) -> str:
    return (
        f"{path.name!r}: {count} patients, expected one: name it with --patient, or use "
        "`hepatica cohort`"
    )


def _is_table(path: Path) -> bool:
    if path.is_dir():
        return any(p.suffix.lower() in (".csv", ".tsv", ".parquet") for p in path.iterdir())
    return path.name.lower().endswith((".csv", ".tsv", ".csv.gz", ".tsv.gz", ".parquet"))


def _is_fhir(path: Path) -> bool:
    """Whether a file is FHIR; a person's file may be JSON too."""
    from hepatica.clinic.inputs.fhir_files import KINDS, is_resource

    if KINDS.search(path.name) is None:
        return False
    return path.suffix.lower() != ".json" or is_resource(path)


def _table(path: Path, patient: str | None, user: UserMap | None) -> Observations:
    from hepatica.clinic.inputs import long, omop
    from hepatica.clinic.inputs.table import reading
    from hepatica.clinic.observations import Observations, Unread
    from hepatica.clinic.registry import Registry

    registry = Registry()
    load = omop.load if path.is_dir() else long.load
    with closing(registry.connection):
        with reading(path):
            report = load(registry, path, user=user, patient=patient)
        run = registry.connection.execute
        patients = run("SELECT count(DISTINCT patient) FROM observations").fetchall()[0][0]
        if patients > 1:
            raise InputError(_many(path, patients))
        given = run("SELECT patient, concept, time FROM unread ORDER BY ALL").fetchall()
        unread = tuple(Unread(patient=p, concept=c, time=t) for p, c, t in given)
        return Observations(tuple(registry.observations()), report, unread)
