"""Whether a FHIR resource says what was the case or was done, or is refused with the reason."""

from __future__ import annotations

from collections.abc import Mapping

from hepatica.clinic.inputs.fhir_resources import Resource, first_code
from hepatica.clinic.records import Record

INPATIENT = "IMP"


class Rules(Record, frozen=True, kw_only=True):
    """The mapping file of this reader."""

    systems: Mapping[str, str]
    gender: Mapping[str, str]
    clinical_status: Mapping[str, str]
    status: Mapping[str, tuple[str, ...]]
    intent: tuple[str, ...]
    verification: tuple[str, ...]


def not_so(item: Resource, rules: Rules) -> str | None:
    """Why a resource does not say what was the case or was done; None where it does.

    A state that R4 does not know is refused too: it may mean anything. A state that is not given
    says nothing against the resource.
    """
    state, verified = item.status_text(), first_code(item.verificationStatus, rules.verification)
    clinical = first_code(item.clinicalStatus, rules.clinical_status)
    if state and state not in rules.status.get(item.resourceType, (state,)):
        return f"its status is {state}"
    if item.intent and item.intent not in rules.intent:
        return f"its intent is {item.intent}: nobody ordered it"
    if item.doNotPerform:
        return "it says that the drug is not to be given (doNotPerform)"
    if verified and verified not in rules.verification:
        return f"its verification status is {verified}"
    if clinical and clinical not in rules.clinical_status:
        return f"its clinical status is {clinical}"
    return None


def lacks(item: Resource) -> str | None:
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
