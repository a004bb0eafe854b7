"""Of whom a FHIR resource is, and by which names others refer to patients and medications."""

from __future__ import annotations

import re

from hepatica.clinic.inputs.fhir_resources import CodeableConcept, Reference, Resource

_TYPE = re.compile(r"[A-Z][A-Za-z]+")


class Names:
    """Patients and medications by what others call them: an id, or the fullUrl of a Bundle."""

    def __init__(self) -> None:
        self._patients: dict[str, str] = {}
        self._drugs: dict[str, CodeableConcept] = {}

    def learn(self, item: Resource, url: str | None) -> str:
        """The id of a resource, its fullUrl where it has none."""
        tail = _tail(url or "")
        name = item.id or tail
        if item.resourceType == "Patient" and tail:
            self._patients[tail] = name
        if item.resourceType == "Medication" and item.code:
            self._drugs.update({key: item.code for key in (name, tail) if key})
        return name

    def patient(self, item: Resource) -> str:
        name = _reference(item.subject)
        return self._patients.get(name, name)

    def to_come(self, item: Resource) -> bool:
        """Whether the patient is called by a fullUrl that no Patient had so far."""
        reference = (item.subject.reference if item.subject else None) or ""
        return reference.startswith("urn:") and _tail(reference) not in self._patients

    def drug(self, item: Resource) -> CodeableConcept | None:
        """What was given: said here, contained here, or in a Medication that is referred to."""
        if item.medicationCodeableConcept is not None:
            return item.medicationCodeableConcept
        name = _reference(item.medicationReference)
        for inner in item.contained:
            if name == f"#{inner.id}":
                return inner.code
        return self._drugs.get(name)


def nobody(item: Resource) -> str | None:
    """Why a resource is not of a patient whom one can name; None where it may be.

    The id of a contained resource holds within the one that contains it: `#pat` of two
    Observations may be two persons.
    """
    if item.subject is None:
        return None
    reference = item.subject.reference or ""
    if reference.startswith("#"):
        return "its patient is contained in it: who that is is not said"
    kind = _kind(reference) or (item.subject.type or "").rpartition("/")[2]
    if kind and kind != "Patient":
        return f"it is of a {kind} and not of a patient"
    return None


def _kind(reference: str) -> str:
    """The type in Device/d1 or https://x/fhir/Device/d1; empty where there is none."""
    before = reference.partition("/_history/")[0].rpartition("/")[0].rpartition("/")[2]
    return before if _TYPE.fullmatch(before) else ""


def _reference(reference: Reference | None) -> str:
    return _tail((reference.reference if reference else None) or "")


def _tail(url: str) -> str:
    """The id at the end of a reference: Patient/p1, urn:uuid:p1, http://x/Patient/p1/_history/2."""
    return url.partition("/_history/")[0].rpartition("/")[2].rpartition(":")[2]
