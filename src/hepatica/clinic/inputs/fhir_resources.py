"""The parts of FHIR R4 resources that are read; everything else is skipped while decoding."""
# ruff: noqa: N815  # field names are those of FHIR

from __future__ import annotations

from collections.abc import Container
from decimal import Decimal

import msgspec


class Coding(msgspec.Struct, gc=False):
    system: str | None = None
    code: str | None = None
    display: str | None = None


class CodeableConcept(msgspec.Struct):
    coding: list[Coding] = []
    text: str | None = None


class Quantity(msgspec.Struct, gc=False):
    value: Decimal | None = None
    comparator: str | None = None
    unit: str | None = None
    code: str | None = None


class Period(msgspec.Struct, gc=False):
    start: str | None = None
    end: str | None = None


class Reference(msgspec.Struct, gc=False):
    reference: str | None = None
    type: str | None = None


class Ratio(msgspec.Struct):
    numerator: Quantity | None = None
    denominator: Quantity | None = None


class DoseAndRate(msgspec.Struct):
    doseQuantity: Quantity | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None


class Dosage(msgspec.Struct):
    """`dosage` of an administration, or one `dosageInstruction` of a request."""

    dose: Quantity | None = None
    rateQuantity: Quantity | None = None
    rateRatio: Ratio | None = None
    doseAndRate: list[DoseAndRate] = []


class Resource(msgspec.Struct, kw_only=True):
    """Any resource, and a component of an Observation."""

    resourceType: str = ""
    id: str | None = None
    status: msgspec.Raw = msgspec.Raw()
    code: CodeableConcept | None = None
    subject: Reference | None = None
    gender: str | None = None
    birthDate: str | None = None
    deceasedDateTime: str | None = None
    class_: Coding | None = msgspec.field(default=None, name="class")
    period: Period | None = None
    effectiveDateTime: str | None = None
    effectiveInstant: str | None = None
    effectivePeriod: Period | None = None
    valueQuantity: Quantity | None = None
    valueCodeableConcept: CodeableConcept | None = None
    valueString: str | None = None
    valueInteger: int | None = None
    valueBoolean: bool | None = None
    component: list[Resource] = []
    contained: list[Resource] = []
    clinicalStatus: CodeableConcept | None = None
    verificationStatus: CodeableConcept | None = None
    onsetDateTime: str | None = None
    onsetPeriod: Period | None = None
    abatementDateTime: str | None = None
    abatementPeriod: Period | None = None
    abatementAge: msgspec.Raw = msgspec.Raw()
    abatementRange: msgspec.Raw = msgspec.Raw()
    abatementString: msgspec.Raw = msgspec.Raw()
    recordedDate: str | None = None
    medicationCodeableConcept: CodeableConcept | None = None
    medicationReference: Reference | None = None
    authoredOn: str | None = None
    intent: str | None = None
    doNotPerform: bool | None = None
    dosage: Dosage | None = None
    dosageInstruction: list[Dosage] = []
    performedDateTime: str | None = None
    performedPeriod: Period | None = None

    def has_value(self) -> bool:
        return any(
            value is not None
            for value in (
                self.valueQuantity,
                self.valueCodeableConcept,
                self.valueString,
                self.valueInteger,
                self.valueBoolean,
            )
        )

    def status_text(self) -> str:
        """The status where it is a code; in some resources it is something else."""
        raw = bytes(self.status)
        return raw.decode().strip('"') if raw[:1] == b'"' else ""

    def dose(self) -> Quantity | Ratio | None:
        """The rate of an infusion, else the dose."""
        for item in ([self.dosage] if self.dosage else []) + self.dosageInstruction:
            for part in item.doseAndRate:
                found = part.rateQuantity or part.rateRatio or part.doseQuantity
                if found:
                    return found
            found = item.rateQuantity or item.rateRatio or item.dose
            if found:
                return found
        return None

    def abated(self) -> bool:
        """Whether it says that a condition ended, be it in words or by an age."""
        given = (self.abatementAge, self.abatementRange, self.abatementString)
        return bool(self.abatementDateTime or self.abatementPeriod or any(map(bytes, given)))


def called(code: CodeableConcept | None) -> str | None:
    """What a coded thing is called, for whoever reads the report."""
    if code is None:
        return None
    return code.text or next((coding.display or coding.code for coding in code.coding), None)


def first_code(code: CodeableConcept | None, known: Container[str] = ()) -> str | None:
    """The first of its codes that is known, else what it says in any other way."""
    if code is None:
        return None
    codes = [coding.code for coding in code.coding if coding.code]
    return next((one for one in codes if one in known), next(iter(codes), called(code)))


class Entry(msgspec.Struct):
    """One entry of a Bundle."""

    fullUrl: str | None = None
    resource: Resource | None = None
