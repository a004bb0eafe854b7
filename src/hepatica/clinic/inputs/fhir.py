"""FHIR R4: a Bundle in JSON, or resources one a line in NDJSON.

Read are Patient, Encounter (admission, discharge), Observation with components, Condition,
MedicationAdministration, MedicationRequest and Procedure. Each entry is decoded on its own, so
that a Bundle of a million entries needs little more memory than its text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import msgspec

from hepatica.clinic.accept import accept
from hepatica.clinic.inputs.fhir_resources import Bundle, CodeableConcept, Quantity, Resource
from hepatica.clinic.inputs.mapping import Mapper, UserMap
from hepatica.clinic.observations import Observations, Raw, Refused, Report
from hepatica.clinic.records import Record
from hepatica.clinic.records import read as record
from hepatica.errors import InputError


class Rules(Record, frozen=True, kw_only=True):
    """The mapping file of this reader."""

    systems: Mapping[str, str]
    gender: Mapping[str, str]
    clinical_status: Mapping[str, str]
    not_read: tuple[str, ...]


def read(path: Path, *, user: UserMap | None = None) -> Observations:
    """The observations of a Bundle (.json) or of NDJSON; InputError where it is neither."""
    data = path.read_bytes()
    if not data.strip():
        raise InputError(f"{path.name}: the file is empty")
    report, mapper = Report(), Mapper(user or UserMap())
    found = accept(_raws(_resources(data, path.name), mapper, report), report=report)
    report.unmapped.extend(mapper.unmapped())
    return found


def _resources(data: bytes, name: str) -> Iterator[tuple[str, Resource]]:
    decode = msgspec.json.Decoder(Resource).decode
    try:
        head = msgspec.json.decode(data, type=Bundle)
        if head.resourceType != "Bundle":
            yield name, decode(data)
            return
        for index, entry in enumerate(head.entry):
            if bytes(entry.resource):
                yield f"entry[{index}]", decode(entry.resource)
    except msgspec.ValidationError as error:
        raise InputError(f"{name}: not a FHIR R4 Bundle: {error}") from None
    except msgspec.DecodeError:
        yield from _lines(data, name)


def _lines(data: bytes, name: str) -> Iterator[tuple[str, Resource]]:
    decode = msgspec.json.Decoder(Resource).decode
    start, number = 0, 0
    while start < len(data):
        end = data.find(b"\n", start)
        line, start = data[start : end if end >= 0 else None], end + 1 if end >= 0 else len(data)
        number += 1
        if line.strip():
            try:
                yield f"line {number}", decode(line)
            except msgspec.MsgspecError as error:
                raise InputError(f"{name}, line {number}: not FHIR JSON: {error}") from None


def _raws(
    resources: Iterator[tuple[str, Resource]], mapper: Mapper, report: Report
) -> Iterator[Raw]:
    rules = record("mappings", "fhir", Rules)
    drugs: dict[str, CodeableConcept] = {}
    waiting: list[tuple[str, Resource]] = []
    for where, item in resources:
        if item.resourceType == "Medication" and item.id and item.code:
            drugs[item.id] = item.code
        elif item.resourceType.startswith("Medication"):
            waiting.append((where, item))
        else:
            yield from _one(where, item, rules, mapper, report)
    for where, item in waiting:
        yield from _drug(where, item, rules, mapper, report, drugs)


def _one(where: str, item: Resource, rules: Rules, mapper: Mapper, report: Report) -> Iterator[Raw]:
    kind, state = item.resourceType, item.status_text()
    patient = item.id or "" if kind == "Patient" else _reference(item.subject)
    if kind not in ("Patient", "Encounter", "Observation", "Condition", "Procedure"):
        mapper.miss("resource", kind)
        return
    if state in rules.not_read:
        report.read += 1
        report.refused.append(
            Refused(patient=patient, concept=kind, reason=f"its status is {state}", where=where)
        )
        return
    match kind:
        case "Patient":
            yield from _patient(where, item, rules)
        case "Encounter":
            yield from _encounter(where, item, patient)
        case "Observation":
            yield from _observation(where, item, rules, mapper, patient)
        case "Condition":
            yield from _condition(where, item, rules, mapper, patient)
        case _:
            yield from _procedure(where, item, rules, mapper, patient)


def _patient(where: str, item: Resource, rules: Rules) -> Iterator[Raw]:
    patient = item.id or ""
    if item.gender is not None and item.gender in rules.gender:
        yield Raw(patient=patient, concept="sex", text=rules.gender[item.gender], where=where)
    if item.birthDate:
        yield Raw(patient=patient, concept="birth", time=item.birthDate, where=where)
    if item.deceasedDateTime:
        yield Raw(patient=patient, concept="death", time=item.deceasedDateTime, where=where)


def _encounter(where: str, item: Resource, patient: str) -> Iterator[Raw]:
    if item.class_ is None or item.class_.code != "IMP" or item.period is None:
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
    parts: list[Resource] = [item] if item.has_value() else []
    parts += item.component
    for part in parts:
        concept = _concept(part.code, rules, mapper, ("quantity", "code"))
        if concept is None:
            continue
        value, unit = _value(part)
        yield Raw(
            patient=patient,
            concept=concept,
            value=value,
            unit=unit,
            time=time,
            start=period.start if period else None,
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
    drugs: Mapping[str, CodeableConcept],
) -> Iterator[Raw]:
    patient, state = _reference(item.subject), item.status_text()
    if state in rules.not_read:
        report.read += 1
        report.refused.append(
            Refused(patient=patient, concept="drug", reason=f"its status is {state}", where=where)
        )
        return
    code = item.medicationCodeableConcept or drugs.get(_reference(item.medicationReference))
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


def _reference(reference: object) -> str:
    text = getattr(reference, "reference", None) or ""
    return str(text).rpartition("/")[2].rpartition(":")[2]
