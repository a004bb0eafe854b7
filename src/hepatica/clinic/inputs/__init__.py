"""Readers of patient data: a person's YAML or JSON, FHIR R4, OMOP CDM 5.4, long tables."""
