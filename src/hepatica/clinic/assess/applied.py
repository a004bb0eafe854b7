"""Disputed rules as they were applied: the value taken, the choices, who says what."""

from __future__ import annotations

from collections.abc import Mapping

from hepatica.clinic.assess.model import Rule
from hepatica.clinic.criterion import criterion, with_what_they_use
from hepatica.clinic.definition import Parameter, Scalar
from hepatica.clinic.parameters import settings


def rules_of(*names: str, chosen: Mapping[str, Scalar] | None = None) -> tuple[Rule, ...]:
    """The parameters of criteria and of all that they use, each named once."""
    found: dict[str, Rule] = {}
    for name in with_what_they_use(names):
        item = criterion(name)
        values = settings(item, chosen or {})
        for key, parameter in item.parameters.items():
            found.setdefault(key, rule(key, parameter, values[key]))
    return tuple(found.values())


def rule(name: str, parameter: Parameter, value: Scalar) -> Rule:
    """One parameter with its value."""
    return Rule(
        name=name,
        value=str(value),
        about=parameter.about,
        source=parameter.source,
        choices=tuple(map(str, parameter.choices)),
    )


def reference(name: str) -> str:
    """A criterion's reference in one line."""
    source = criterion(name).reference
    parts = [source.text, source.doi and f"doi:{source.doi}", source.pmid and f"PMID {source.pmid}"]
    return ". ".join(part.rstrip(".") for part in parts if part)
