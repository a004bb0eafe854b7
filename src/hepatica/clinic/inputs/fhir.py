"""FHIR R4: Bundles in JSON, resources one a line in NDJSON, or a folder of such files.

Read are Patient, Encounter (admission, discharge), Observation with components, Condition,
MedicationAdministration, MedicationRequest, MedicationStatement and Procedure. What was not done,
not meant or withdrawn is refused by its status. Each resource is decoded on its own as the text is
read, so that a Bundle of a million entries needs no more memory than its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from hepatica.clinic.accept import accept
from hepatica.clinic.concepts import Kind
from hepatica.clinic.inputs.fhir_files import Found, files, resources
from hepatica.clinic.inputs.fhir_resources import (
    CodeableConcept,
    Quantity,
    Reference,
    Resource,
    called,
    first_code,
)
from hepatica.clinic.inputs.fhir_states import INPATIENT, Rules, lacks, not_so
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.observations import Observations, Raw, Refused, Report
from hepatica.clinic.records import read as record
from hepatica.errors import InputError

DRUGS = ("MedicationAdministration", "MedicationRequest", "MedicationStatement")
OVER = ("completed", "stopped")  # of a request or a statement: the drug is not taken any more
RESOURCES = ("Patient", "Encounter", "Observation", "Condition", "Procedure", *DRUGS)


def read(path: Path, *, user: UserMap | None = None, patient: str | None = None) -> Observations:
    """The observations of FHIR files; only those of one `patient` where one is named.

    Raises InputError where a file is empty or no JSON, or no row is found.
    """
    report = Report()
    rows = raws(path, report, user=user)
    if patient is not None:
        rows = (raw for raw in rows if raw.patient == patient)
    return accept(rows, report=report)


def raws(path: Path, report: Report, *, user: UserMap | None = None) -> Iterator[Raw]:
    """The rows of FHIR files, as they are read; `report` gains what was refused or not mapped."""
    found = files(path)
    if not found:
        raise InputError(f"{path.name}: no .json or .ndjson file")
    mapper = Mapper(user or UserMap())
    yield from _raws(_resources(found), mapper, report)
    mapper.tell(report)


def _resources(found: tuple[Path, ...]) -> Iterator[Found]:
    for path in found:
        empty = True
        for one in resources(path):
            empty = False
            yield one if len(found) == 1 else one._replace(where=f"{path.name}, {one.where}")
        if empty and len(found) == 1:
            raise InputError(f"{path.name}: the file is empty")


class Names:
    """Patients and medications by what others call them: an id, or the fullUrl of a Bundle."""

    def __init__(self) -> None:
        self._patients: dict[str, str] = {}
        self.drugs: dict[str, CodeableConcept] = {}

    def learn(self, item: Resource, url: str | None) -> str:
        """The id of a resource, its fullUrl where it has none."""
        tail = _tail(url or "")
        name = item.id or tail
        if item.resourceType == "Patient" and tail and tail != name:
            self._patients[tail] = name
        if item.resourceType == "Medication" and item.code:
            self.drugs.update({key: item.code for key in (name, tail) if key})
        return name

    def patient(self, reference: Reference | None) -> str:
        name = _reference(reference)
        return self._patients.get(name, name)


def _raws(found: Iterator[Found], mapper: Mapper, report: Report) -> Iterator[Raw]:
    rules, names = record("mappings", "fhir", Rules), Names()
    waiting: list[Found] = []
    for one in found:
        item = one.resource
        if item is None:
            _refuse(report, one.where, "", "resource", None, f"not FHIR R4: {one.problem}")
            continue
        name = names.learn(item, one.url)
        if item.resourceType == "Medication":
            continue
        if item.resourceType in DRUGS:
            if _code(item, names) is None and item.medicationReference is not None:
                waiting.append(one)  # its Medication may still come
            else:
                yield from _drug(one.where, item, rules, mapper, report, names)
        else:
            yield from _one(one.where, item, name, rules, mapper, report, names)
    for one in waiting:
        assert one.resource is not None
        yield from _drug(one.where, one.resource, rules, mapper, report, names)


def _one(
    where: str,
    item: Resource,
    name: str,
    rules: Rules,
    mapper: Mapper,
    report: Report,
    names: Names,
) -> Iterator[Raw]:
    kind = item.resourceType
    patient = name if kind == "Patient" else names.patient(item.subject)
    if kind and kind not in RESOURCES:
        mapper.miss("resource", kind)
        return
    problem = not_so(item, rules) or lacks(item)
    if problem is not None:
        _refuse(report, where, patient, kind or "resource", called(item.code), problem)
        return
    match kind:
        case "Patient":
            yield from _patient(where, item, patient, rules, mapper)
        case "Encounter":
            yield from _encounter(where, item, patient, mapper)
        case "Observation":
            yield from _observation(where, item, rules, mapper, patient)
        case "Condition":
            yield from _condition(where, item, rules, mapper, report, patient)
        case _:
            yield from _procedure(where, item, rules, mapper, patient)


def _refuse(
    report: Report, where: str, patient: str, kind: str, name: str | None, reason: str
) -> None:
    report.read += 1
    report.refused.append(
        Refused(patient=patient, concept=kind, value=name, reason=reason, where=where)
    )


def _patient(
    where: str, item: Resource, patient: str, rules: Rules, mapper: Mapper
) -> Iterator[Raw]:
    if item.gender is not None and item.gender in rules.gender:
        yield Raw(patient=patient, concept="sex", text=rules.gender[item.gender], where=where)
    elif item.gender is not None:
        mapper.miss("gender", item.gender)
    if item.birthDate:
        yield Raw(patient=patient, concept="birth", time=item.birthDate, where=where)
    if item.deceasedDateTime:
        yield Raw(patient=patient, concept="death", time=item.deceasedDateTime, where=where)


def _encounter(where: str, item: Resource, patient: str, mapper: Mapper) -> Iterator[Raw]:
    assert item.class_ is not None  # or it was refused
    if item.class_.code != INPATIENT or item.period is None:
        mapper.miss("encounter", item.class_.code or "", item.class_.display)
        return
    if item.period.start:
        yield Raw(patient=patient, concept="admission", time=item.period.start, where=where)
    if item.period.end:
        yield Raw(patient=patient, concept="discharge", time=item.period.end, where=where)


def _observation(
    where: str, item: Resource, rules: Rules, mapper: Mapper, patient: str
) -> Iterator[Raw]:
    period = item.effectivePeriod
    time = item.effectiveDateTime or item.effectiveInstant or (period.end if period else None)
    # An Observation without any value is read too, and refused with that reason.
    parts: list[Resource] = [item] if item.has_value() or not item.component else []
    parts += item.component
    for part in parts:
        if part.code is None:
            mapper.miss("component", "", "a component without a code")
        value, unit = _value(part)
        for concept in _concepts(part.code, rules, mapper, ("quantity", "code")):
            yield Raw(
                patient=patient,
                concept=concept,
                value=value,
                unit=unit,
                time=time,
                # Only a urine volume is one of its interval; all else is known at its end.
                start=period.start if period and concept == "urine_output" else None,
                where=where,
            )


def _value(part: Resource) -> tuple[str | None, str | None]:
    quantity = part.valueQuantity
    if quantity is not None:
        return _amount(quantity)
    if part.valueInteger is not None:
        return str(part.valueInteger), None
    if part.valueCodeableConcept is not None:
        coded = part.valueCodeableConcept
        return coded.text or next((c.display or c.code for c in coded.coding), None), None
    if part.valueBoolean is not None:
        return str(part.valueBoolean).lower(), None
    return part.valueString, None


def _amount(quantity: Quantity) -> tuple[str | None, str | None]:
    value = None if quantity.value is None else _plain(quantity.value)
    if quantity.comparator and value is not None:
        value = f"{quantity.comparator}{value}"
    return value, quantity.code or quantity.unit


def _plain(value: Decimal) -> str:
    return f"{value:f}"


def _condition(
    where: str, item: Resource, rules: Rules, mapper: Mapper, report: Report, patient: str
) -> Iterator[Raw]:
    state = rules.clinical_status.get(first_code(item.clinicalStatus) or "active", "present")
    if first_code(item.verificationStatus) == "refuted":
        state = "absent"
    onset = item.onsetDateTime or (item.onsetPeriod.start if item.onsetPeriod else None)
    end = item.abatementDateTime
    concepts = _concepts(item.code, rules, mapper, ("flag",))
    if len(concepts) > 1 and (end or state == "absent"):
        problem = f"not all of {', '.join(concepts)} are there: which is not said"
        _refuse(report, where, patient, "Condition", called(item.code), problem)
        return
    for concept in concepts:
        yield Raw(
            patient=patient,
            concept=concept,
            text=("present" if onset else "absent") if end else state,
            start=onset if end else None,
            time=end or onset or item.recordedDate,
            where=where,
        )


def _procedure(
    where: str, item: Resource, rules: Rules, mapper: Mapper, patient: str
) -> Iterator[Raw]:
    period = item.performedPeriod
    for concept in _concepts(item.code, rules, mapper, ("procedure",)):
        yield Raw(
            patient=patient,
            concept=concept,
            time=item.performedDateTime or (period.end if period else None),
            start=period.start if period else None,
            where=where,
        )


def _drug(
    where: str,
    item: Resource,
    rules: Rules,
    mapper: Mapper,
    report: Report,
    names: Names,
) -> Iterator[Raw]:
    patient, code, problem = names.patient(item.subject), _code(item, names), not_so(item, rules)
    name = called(code)
    if problem is not None:
        _refuse(report, where, patient, "drug", name, problem)
        return
    concepts = _concepts(code, rules, mapper, ("drug",))
    period = item.effectivePeriod
    start = (period.start if period else None) or item.effectiveDateTime or item.authoredOn
    end = period.end if period else None
    if item.resourceType == "MedicationAdministration":
        end = end or item.effectiveDateTime
    elif item.status_text() in OVER:
        end = end or start
    dose = item.dose()
    value, unit = _amount(dose) if dose else (None, None)
    for concept in concepts or ("unrecognised_drug",):
        yield Raw(
            patient=patient,
            concept=concept,
            value=value if concepts else None,
            unit=unit,
            start=start,
            time=end,
            text=None if concepts else name or "a drug without a name",
            where=where,
        )


def _concepts(
    code: CodeableConcept | None, rules: Rules, mapper: Mapper, kinds: tuple[Kind, ...]
) -> tuple[str, ...]:
    """The concepts of a coded thing: those of its first code that is known, else of its text."""
    if code is None:
        return ()
    for coding in code.coding:
        system = rules.systems.get(coding.system or "", coding.system or "")
        found = mapper.code(system, coding.code or "")
        if found:
            return found
    for word in filter(None, [code.text, *(coding.display for coding in code.coding)]):
        named = mapper.word(word, kinds)
        if named is not None:
            return (named,)
    first = next(iter(code.coding), None)
    system = rules.systems.get(first.system or "", first.system or "") if first else "text"
    mapper.miss(
        system,
        (first.code if first else code.text) or "",
        code.text or (first.display if first else None),
    )
    return ()


def _code(item: Resource, names: Names) -> CodeableConcept | None:
    """What was given: said here, contained here, or in a Medication that is referred to."""
    if item.medicationCodeableConcept is not None:
        return item.medicationCodeableConcept
    name = _reference(item.medicationReference)
    for inner in item.contained:
        if name == f"#{inner.id}":
            return inner.code
    return names.drugs.get(name)


def _reference(reference: Reference | None) -> str:
    return _tail((reference.reference if reference else None) or "")


def _tail(url: str) -> str:
    """The id at the end of a reference: Patient/p1, urn:uuid:p1, http://x/Patient/p1/_history/2."""
    return url.partition("/_history/")[0].rpartition("/")[2].rpartition(":")[2]
