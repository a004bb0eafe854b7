"""What lasts in FHIR: conditions, procedures and drugs, each with its beginning and its end."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal, DivisionByZero, Inexact, InvalidOperation, localcontext

from hepatica.clinic.accept import NOT_ALL, OVER, readable
from hepatica.clinic.inputs.fhir_reading import Reading
from hepatica.clinic.inputs.fhir_resources import Quantity, Ratio, Resource, called, first_code
from hepatica.clinic.observations import Raw

ENDED = ("completed", "stopped")  # what was done or given is over, also where no end is written


def condition(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    """A condition from its onset to its end; one that was refuted is absent, whatever its course.

    Of one that is over and does not say when, nothing is known between its onset and now.
    """
    concepts = reading.concepts(item.code, ("flag",))
    rules = reading.rules
    clinical = first_code(item.clinicalStatus, rules.clinical_status) or "active"
    refuted = first_code(item.verificationStatus, rules.verification) == "refuted"
    onset = item.onsetDateTime or (item.onsetPeriod.start if item.onsetPeriod else None)
    end = item.abatementDateTime or (item.abatementPeriod.end if item.abatementPeriod else None)
    noted = onset or item.recordedDate
    over = item.abated() or rules.clinical_status[clinical] == "absent"
    text, start, time = "present", None, noted
    if len(concepts) > 1 and (over or refuted):
        text, time = NOT_ALL, end or noted
    elif refuted:
        text = "absent"
    elif end and onset:
        start, time = onset, end
    elif end:
        text, time = "absent", end
    elif over:
        text = OVER if noted else "absent"
    for concept in concepts:
        yield Raw(
            patient=patient,
            concept=concept,
            value=called(item.code) if text in (NOT_ALL, OVER) else None,
            text=text,
            start=start,
            time=time,
            where=where,
        )


def procedure(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    """A procedure over its period; what is over without an end is known of its start only."""
    period = item.performedPeriod
    start = period.start if period else None
    end = item.performedDateTime or (period.end if period else None)
    if item.status_text() in ENDED:
        end = end or start
    for concept in reading.concepts(item.code, ("procedure",)):
        yield Raw(patient=patient, concept=concept, time=end, start=start, where=where)


def drug(where: str, item: Resource, patient: str, reading: Reading) -> Iterator[Raw]:
    """A drug as given, ordered or taken; one that no mapping names is kept under its name."""
    code = reading.names.drug(item)
    name = called(code)
    concepts = reading.concepts(code, ("drug",))
    period = item.effectivePeriod
    start = (period.start if period else None) or item.effectiveDateTime or item.authoredOn
    end = period.end if period else None
    if item.resourceType == "MedicationAdministration":
        end = end or item.effectiveDateTime
    if item.status_text() in ENDED:
        end = end or start
    value, unit = _dose(item.dose())
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


def amount(quantity: Quantity) -> tuple[str | None, str | None]:
    """The value of a quantity, with its comparator, and its unit."""
    value = None if quantity.value is None else _plain(quantity.value)
    if quantity.comparator and value is not None:
        value = f"{quantity.comparator}{value}"
    return value, quantity.code or quantity.unit


def _dose(dose: Quantity | Ratio | None) -> tuple[str | None, str | None]:
    if dose is None:
        return None, None
    return _rate(dose) if isinstance(dose, Ratio) else amount(dose)


def _rate(ratio: Ratio) -> tuple[str | None, str | None]:
    """A ratio of two quantities as one; as a text that is no number where it is none exactly."""
    top, top_unit = amount(ratio.numerator or Quantity())
    bottom, bottom_unit = amount(ratio.denominator or Quantity())
    if (bottom, bottom_unit) == ("24", "h"):
        bottom, bottom_unit = "1", "d"
    unit = f"{top_unit}/{bottom_unit}" if top_unit and bottom_unit else None
    try:
        with localcontext(Context(traps=[Inexact, DivisionByZero, InvalidOperation])):
            return _plain(Decimal(top or "") / Decimal(bottom or "")), unit
    except ArithmeticError:
        return f"{top or '?'} to {bottom or '?'}", unit


def _plain(value: Decimal) -> str:
    """A number in digits; one that nothing measures stays as short as it was written."""
    return f"{value:f}" if readable(value) else str(value)
