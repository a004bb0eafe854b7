"""What every reader of a FHIR resource needs: the rules, the mapping, the names and the report."""

from __future__ import annotations

from dataclasses import dataclass, field

from hepatica.clinic.concepts import Kind
from hepatica.clinic.inputs.fhir_resources import CodeableConcept
from hepatica.clinic.inputs.fhir_states import Rules
from hepatica.clinic.inputs.fhir_subjects import Names
from hepatica.clinic.inputs.mapping import Mapper
from hepatica.clinic.observations import Refused, Report

MEASURED: tuple[Kind, ...] = ("quantity", "code")


@dataclass(slots=True)
class Reading:
    """A reading of FHIR files, of one `patient` only where one is named."""

    rules: Rules
    mapper: Mapper
    report: Report
    patient: str | None = None
    names: Names = field(default_factory=Names)

    def wants(self, patient: str) -> bool:
        return self.patient in (None, patient)

    def refuse(self, where: str, patient: str, kind: str, name: str | None, reason: str) -> None:
        self.report.read += 1
        self.report.refused.append(
            Refused(patient=patient, concept=kind, value=name, reason=reason, where=where)
        )

    def concepts(self, code: CodeableConcept | None, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
        """The concepts of a coded thing: those of its first code that is known, else of its text.

        The text of a coded measurement does not say in what it was measured: LOINC has a creatinine
        of peritoneal fluid that many call "Creatinine". There only a user's own words count.
        """
        if code is None:
            return ()
        systems = self.rules.systems
        for coding in code.coding:
            system = systems.get(coding.system or "", coding.system or "")
            found = self.mapper.code(system, coding.code or "")
            if found:
                return found
        coded = kinds == MEASURED and any(coding.code for coding in code.coding)
        for word in filter(None, [code.text, *(coding.display for coding in code.coding)]):
            named = self.mapper.own_word(word) if coded else self.mapper.word(word, kinds)
            if named is not None:
                return (named,)
        first = next(iter(code.coding), None)
        system = systems.get(first.system or "", first.system or "") if first else "text"
        self.mapper.miss(
            system,
            (first.code if first else code.text) or "",
            code.text or (first.display if first else None),
        )
        return ()
