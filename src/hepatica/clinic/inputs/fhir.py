"""FHIR R4: Bundles in JSON, resources one a line in NDJSON, or a folder of such files.

Read are Patient, Encounter (admission, discharge), Observation with components, Condition,
MedicationAdministration, MedicationRequest, MedicationStatement and Procedure. What was not done,
not meant or withdrawn is refused by its status. Each resource is decoded on its own as the text is
read, so that a Bundle of a million entries needs no more memory than its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hepatica.clinic.accept import accept
from hepatica.clinic.inputs.fhir_courses import amount, condition, drug, procedure
from hepatica.clinic.inputs.fhir_files import Found, files, resources
from hepatica.clinic.inputs.fhir_reading import MEASURED, Reading
from hepatica.clinic.inputs.fhir_resources import Resource, called
from hepatica.clinic.inputs.fhir_states import INPATIENT, Rules, lacks, not_so
from hepatica.clinic.inputs.fhir_subjects import nobody
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.observations import Observations, Raw, Report
from hepatica.clinic.records import read as record
from hepatica.errors import InputError

DRUGS = ("MedicationAdministration", "MedicationRequest", "MedicationStatement")
RESOURCES = ("Patient", "Encounter", "Observation", "Condition", "Procedure", *DRUGS)


def read(path: Path, *, user: UserMap | None = None, patient: str | None = None) -> Observations:
    """The observations of FHIR files; only those of one `patient` where one is named.

    Raises InputError where a file is empty or no JSON, or no row is found.
    """
    report = Report()
    return accept(raws(path, report, user=user, patient=patient), report=report)


def raws(
    path: Path, report: Report, *, user: UserMap | None = None, patient: str | None = None
) -> Iterator[Raw]:
    """The rows of FHIR files, as they are read; `report` gains what was refused or not mapped.

    Of one `patient` where one is named: what others have is neither read nor reported.
    """
    found = files(path)
    if not found:
        raise InputError(f"{path.name}: no .json or .ndjson file")
    mapper = Mapper(user or UserMap())
    reading = Reading(record("mappings", "fhir", Rules), mapper, report, patient)
    drugs: list[Found] = []  # their Medication may still come, in another file too
    for file in found:
        yield from _file(_resources(file, alone=len(found) == 1), reading, drugs)
    for one in drugs:
        yield from _one(one, "", reading)
    mapper.tell(report)


def _resources(path: Path, *, alone: bool) -> Iterator[Found]:
    empty = True
    for one in resources(path):
        empty = False
        yield one if alone else one._replace(where=f"{path.name}, {one.where}")
    if empty and alone:
        raise InputError(f"{path.name}: the file is empty")


def _file(found: Iterator[Found], reading: Reading, drugs: list[Found]) -> Iterator[Raw]:
    """The rows of a file; what is of a patient whom its Bundle names later waits until its end."""
    waiting: list[Found] = []
    for one in found:
        item = one.resource
        if item is None:
            reading.refuse(one.where, "", "resource", None, f"not FHIR R4: {one.problem}")
            continue
        name = reading.names.learn(item, one.url)
        if item.resourceType == "Medication":
            continue
        if one.url is not None and reading.names.to_come(item):
            waiting.append(one)
        else:
            yield from _now(one, name, reading, drugs)
    for one in waiting:
        yield from _now(one, "", reading, drugs)


def _now(one: Found, name: str, reading: Reading, drugs: list[Found]) -> Iterator[Raw]:
    item = one.resource
    if item is not None and item.medicationReference and reading.names.drug(item) is None:
        drugs.append(one)
    else:
        yield from _one(one, name, reading)


def _one(one: Found, name: str, reading: Reading) -> Iterator[Raw]:
    """The rows of a resource, of which `name` is the id where it is a Patient."""
    where, item = one.where, one.resource
    assert item is not None
    kind = item.resourceType
    patient = name if kind == "Patient" else reading.names.patient(item)
    if kind and kind not in RESOURCES:
        if not patient or reading.wants(patient):
            reading.mapper.miss("resource", kind)
        return
    label = "drug" if kind in DRUGS else kind or "resource"
    what = called(reading.names.drug(item) if kind in DRUGS else item.code)
    stranger = nobody(item)
    if stranger is not None:
        reading.refuse(where, "", label, what, stranger)
        return
    if not reading.wants(patient):
        return
    problem = not_so(item, reading.rules) or lacks(item)
    if problem is not None:
        reading.refuse(where, patient, label, what, problem)
        return
    match kind:
        case "Patient":
            yield from _patient(where, item, patient, reading)
        case "Encounter":
            yield from _encounter(where, item, patient, reading)
        case "Observation":
            yield from _observation(where, item, patient, reading)
        case "Condition":
            yield from condition(where, item, patient, reading)
        case "Procedure":
            yield from procedure(where, item, patient, reading)
        case _:
            yield from drug(where, item, patient, reading)


def _patient(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    gender = reading.rules.gender
    if item.gender is not None and item.gender in gender:
        yield Raw(patient=patient, concept="sex", text=gender[item.gender], where=where)
    elif item.gender is not None:
        reading.mapper.miss("gender", item.gender)
    if item.birthDate:
        yield Raw(patient=patient, concept="birth", time=item.birthDate, where=where)
    if item.deceasedDateTime:
        yield Raw(patient=patient, concept="death", time=item.deceasedDateTime, where=where)


def _encounter(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    assert item.class_ is not None  # or it was refused
    if item.class_.code != INPATIENT or item.period is None:
        reading.mapper.miss("encounter", item.class_.code or "", item.class_.display)
        return
    if item.period.start:
        yield Raw(patient=patient, concept="admission", time=item.period.start, where=where)
    if item.period.end:
        yield Raw(patient=patient, concept="discharge", time=item.period.end, where=where)


def _observation(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    period = item.effectivePeriod
    start, end = (period.start, period.end) if period else (None, None)
    # An Observation without any value is read too, and refused with that reason.
    parts: list[Resource] = [item] if item.has_value() or not item.component else []
    parts += item.component
    for part in parts:
        if part.code is None:
            reading.mapper.miss("component", "", "a component without a code")
        value, unit = _value(part)
        for concept in reading.concepts(part.code, MEASURED):
            yield Raw(
                patient=patient,
                concept=concept,
                value=value,
                unit=unit,
                time=item.effectiveDateTime or item.effectiveInstant or end,
                # Only a urine volume is one of its interval; all else is known at its end, so that
                # a start alone tells how old it may be and no more.
                start=start if concept == "urine_output" or not end else None,
                where=where,
            )


def _value(part: Resource) -> tuple[str | None, str | None]:
    if part.valueQuantity is not None:
        return amount(part.valueQuantity)
    if part.valueInteger is not None:
        return str(part.valueInteger), None
    if part.valueCodeableConcept is not None:
        return called(part.valueCodeableConcept), None
    if part.valueBoolean is not None:
        return str(part.valueBoolean).lower(), None
    return part.valueString, None
