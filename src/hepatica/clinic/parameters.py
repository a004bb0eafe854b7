"""Disputed rules as they are set: by name for all definitions, or for one as "definition.name"."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from hepatica.clinic.criterion import Criterion, criteria
from hepatica.clinic.definition import Scalar, Score, definitions
from hepatica.errors import InputError

Parameters = Mapping[str, Scalar]


def checked(chosen: Parameters) -> Parameters:
    """The parameters, each of which some definition has; InputError for one that none has."""
    items: tuple[Criterion | Score, ...] = (*criteria(), *definitions())
    whole = {f"{item.id}.{name}" for item in items for name in item.parameters}
    known = whole | {name for item in items for name in item.parameters}
    for name in chosen:
        if name not in known:
            last = name.rpartition(".")[2]
            near = sorted(one for one in whole if one.endswith(f".{last}"))
            near = near or get_close_matches(name, sorted(known), n=3)
            hint = f"did you mean {', '.join(near)}?" if near else ", ".join(sorted(whole))
            raise InputError(f"no definition has a parameter {name!r}: {hint}")
    return chosen


def settings(item: Criterion | Score, chosen: Parameters) -> dict[str, Scalar]:
    """The definition's parameters, defaults filled in; InputError for a value that is no choice."""
    found: dict[str, Scalar] = {}
    for name, parameter in item.parameters.items():
        value = chosen.get(f"{item.id}.{name}", chosen.get(name, parameter.default))
        if parameter.choices and not any(_same(value, one) for one in parameter.choices):
            choices = ", ".join(map(str, parameter.choices))
            raise InputError(f"{item.id}: {name} is {value!r}, expected one of {choices}")
        found[name] = value
    return found


def _same(value: Scalar, choice: Scalar) -> bool:
    """Whether they are one value: 1 is 1.0, and yes is no number though Python has True == 1."""
    return value == choice and isinstance(value, bool) == isinstance(choice, bool)
