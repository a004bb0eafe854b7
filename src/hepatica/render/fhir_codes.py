"""Codes of FHIR value sets, each checked against the published set in `fhir_codes.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from hepatica.errors import KnowledgeError

SYSTEM = "urn:hepatica"


@cache
def value_sets() -> Mapping[str, Any]:
    """The value sets that are used: system, where their codes were read, the codes."""
    path = Path(__file__).with_name("fhir_codes.json")
    sets: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return sets


def code(value_set: str, value: str) -> str:
    """`value`, if the published value set has it; KnowledgeError otherwise."""
    if value not in value_sets()[value_set]["codes"]:
        raise KnowledgeError(f"{value!r} is no code of the FHIR value set {value_set}")
    return value


def concept(system: str, value: str, text: str) -> dict[str, Any]:
    """A CodeableConcept of this project's own."""
    return {"coding": [{"system": f"{SYSTEM}:{system}", "code": value}], "text": text}


def absent(reason: str, text: str) -> dict[str, Any]:
    """Why a value is absent."""
    system = value_sets()["data-absent-reason"]["system"]
    return {
        "coding": [{"system": system, "code": code("data-absent-reason", reason)}],
        "text": text,
    }
