"""FHIR R4: Bundles in JSON, resources one a line in NDJSON, or a folder of such files.

Read are Patient, Encounter (admission, discharge), Observation with components, Condition,
MedicationAdministration, MedicationRequest and Procedure. Each resource is decoded on its own as
the text is read, so that a Bundle of a million entries needs no more memory than its rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from hepatica.clinic.accept import accept
from hepatica.clinic.inputs.fhir_files import Found, files, resources
from hepatica.clinic.inputs.fhir_resources import CodeableConcept, Quantity, Reference, Resource
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.observations import Observations, Raw, Refused, Report
from hepatica.clinic.records import Record
from hepatica.clinic.records import read as record
from hepatica.errors import InputError

INPATIENT = "IMP"
RESOURCES = ("Patient", "Encounter", "Observation", "Condition", "Procedure")


class Rules(Record, frozen=True, kw_only=True):
    """The mapping file of this reader."""

    systems: Mapping[str, str]
    gender: Mapping[str, str]
    clinical_status: Mapping[str, str]
    not_read: tuple[str, ...]


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
    report.unmapped.extend(mapper.unmapped())


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
            report.read += 1
            reason = f"not FHIR R4: {one.problem}"
            report.refused.append(
                Refused(patient="", concept="resource", reason=reason, where=one.where)
            )
            continue
        name = names.learn(item, one.url)
        if item.resourceType == "Medication":
            continue
        if item.resourceType.startswith("Medication"):
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
    kind, state = item.resourceType, item.status_text()
    patient = name if kind == "Patient" else names.patient(item.subject)
    if kind and kind not in RESOURCES:
        mapper.miss("resource", kind)
        return
    problem = f"its status is {state}" if state in rules.not_read else _lacks(item)
    if problem is not None:
        report.read += 1
        refused = Refused(patient=patient, concept=kind or "resource", reason=problem, where=where)
        report.refused.append(refused)
        return
    match kind:
        case "Patient":
            yield from _patient(where, item, patient, rules, mapper)
        case "Encounter":
            yield from _encounter(where, item, patient, mapper)
        case "Observation":
            yield from _observation(where, item, rules, mapper, patient)
        case "Condition":
            yield from _condition(where, item, rules, mapper, patient)
        case _:
            yield from _procedure(where, item, rules, mapper, patient)


def _lacks(item: Resource) -> str | None:
    """What a resource must have to say anything and does not; None where it has all of it."""
    match item.resourceType:
        case "":
            return "not FHIR R4: it has no resourceType"
        case "Observation" if item.code is None and not item.component:
            return "it has no code: what was measured is not said"
        case "Condition" | "Procedure" if item.code is None:
            return "it has no code: what it is is not said"
        case "Encounter" if item.class_ is None:
            return "it has no class: whether it is a stay is not said"
        case "Encounter" if item.class_ and item.class_.code == INPATIENT and not item.period:
            return "it has no period: when the stay began is not said"
        case _:
            return None


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
        concept = _concept(part.code, rules, mapper, ("quantity", "code"))
        if concept is None:
            if part.code is None:
                mapper.miss("component", "", "a component without a code")
            continue
        value, unit = _value(part)
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
    where: str, item: Resource, rules: Rules, mapper: Mapper, patient: str
) -> Iterator[Raw]:
    concept = _concept(item.code, rules, mapper, ("flag",))
    if concept is None:
        return
    verified = _first_code(item.verificationStatus)
    state = rules.clinical_status.get(_first_code(item.clinicalStatus) or "active", "present")
    if verified == "refuted":
        state = "absent"
    if verified in ("unconfirmed", "provisional", "differential"):
        mapper.miss("condition", concept, f"not confirmed: {verified}")
        return
    onset = item.onsetDateTime or (item.onsetPeriod.start if item.onsetPeriod else None)
    end = item.abatementDateTime
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
    concept = _concept(item.code, rules, mapper, ("procedure",))
    period = item.performedPeriod
    if concept is not None:
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
    patient, state = names.patient(item.subject), item.status_text()
    if state in rules.not_read:
        report.read += 1
        report.refused.append(
            Refused(patient=patient, concept="drug", reason=f"its status is {state}", where=where)
        )
        return
    code = _code(item, names)
    concept = _concept(code, rules, mapper, ("drug",))
    name = None if code is None else code.text or next((c.display for c in code.coding), None)
    period = item.effectivePeriod
    start = (period.start if period else None) or item.effectiveDateTime or item.authoredOn
    end = (period.end if period else None) or item.effectiveDateTime
    if item.resourceType == "MedicationRequest" and state in ("completed", "stopped"):
        end = end or start
    dose = item.dose()
    value, unit = _amount(dose) if dose else (None, None)
    yield Raw(
        patient=patient,
        concept=concept or "unrecognised_drug",
        value=value if concept else None,
        unit=unit,
        start=start,
        time=end,
        text=None if concept else name or "a drug without a name",
        where=where,
    )


def _concept(
    code: CodeableConcept | None, rules: Rules, mapper: Mapper, kinds: tuple[str, ...]
) -> str | None:
    """The concept of a coded thing: by any of its codes, else by its text."""
    if code is None:
        return None
    for coding in code.coding:
        system = rules.systems.get(coding.system or "", coding.system or "")
        found = mapper.code(system, coding.code or "")
        if found is not None:
            return found
    words = [code.text, *(coding.display for coding in code.coding)]
    for word in filter(None, words):
        found = mapper.word(word, kinds)  # type: ignore[arg-type]
        if found is not None:
            return found
    first = next(iter(code.coding), None)
    system = rules.systems.get(first.system or "", first.system or "") if first else "text"
    mapper.miss(
        system,
        (first.code if first else code.text) or "",
        code.text or (first.display if first else None),
    )
    return None


def _first_code(code: CodeableConcept | None) -> str | None:
    return None if code is None else next((c.code for c in code.coding), code.text)


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
