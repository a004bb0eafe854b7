"""SBML Level 3 models as systems of differential equations.

The subset that a reaction model needs: one compartment size of 1, species, constant and computed
parameters, initial assignments, assignment rules, kinetic laws built of + - * / and powers. What
lies beyond it is refused by name, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from lxml import etree

from hepatica.bench.arrays import Floats
from hepatica.errors import InputError, UnsafeSourceError

__all__ = ["Model", "read_sbml"]

CORE = "{http://www.sbml.org/sbml/level3/version2/core}"
MATH = "{http://www.w3.org/1998/Math/MathML}"
LARGEST = 5_000_000  # bytes
LISTS = {
    "listOfCompartments", "listOfSpecies", "listOfParameters", "listOfInitialAssignments",
    "listOfRules", "listOfReactions", "notes", "annotation", "listOfUnitDefinitions",
}  # fmt: skip
OPERATORS = {"plus": " + ", "minus": " - ", "times": " * ", "divide": " / ", "power": " ** "}


@dataclass(frozen=True, kw_only=True)
class Model:
    """A system of equations: `species` in order, `constants`, and computed `rules` by name.

    `derivative(y, p)` gives dy/dt for species `y` and constants `p`, `computed(y, p)` the rules.
    """

    name: str
    species: tuple[str, ...]
    constants: tuple[str, ...]
    rules: tuple[str, ...]
    initial: Mapping[str, float]
    values: Mapping[str, float]
    assigned: Mapping[str, str]
    derivative: Callable[[Sequence[float], Sequence[float]], list[float]]
    computed: Callable[[Sequence[float], Sequence[float]], list[float]]

    def parameters(self, changes: Mapping[str, float] | None = None) -> Floats:
        """The constants in order, with `changes`; InputError for one that is not in the model."""
        given = dict(changes or {})
        unknown = sorted(set(given) - set(self.constants))
        if unknown:
            known = ", ".join(self.constants)
            raise InputError(f"the model has no constant {unknown[0]!r}; there are: {known}")
        return np.array([given.get(name, self.values[name]) for name in self.constants])

    def start(self, p: Floats, changes: Mapping[str, float] | None = None) -> Floats:
        """The species at time zero: initial assignments take the constants in `p`."""
        held = dict(self.initial)
        for species, constant in self.assigned.items():
            held[species] = float(p[self.constants.index(constant)])
        for name, value in (changes or {}).items():
            if name not in held:
                known = ", ".join(self.species)
                raise InputError(f"the model has no species {name!r}; there are: {known}")
            held[name] = value
        return np.array([held[name] for name in self.species])


def read_sbml(path: Path) -> Model:
    """The model in an SBML Level 3 file; InputError for what the subset does not hold."""
    source = repr(str(path))
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {source}: {error.strerror}") from error
    if len(data) > LARGEST or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise UnsafeSourceError(f"{source}: too large, or it declares a document type")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{source}: not well-formed XML: {error.msg}") from error
    body = root.find(f"{CORE}model")
    if root.tag != f"{CORE}sbml" or body is None:
        raise InputError(f"{source} is not SBML Level 3 Version 2")
    for child in body:
        if isinstance(child.tag, str) and etree.QName(child).localname not in LISTS:
            raise InputError(f"{source}: {etree.QName(child).localname} is not read here")
    return _model(body, source)


def _model(body: etree._Element, source: str) -> Model:
    for entry in _each(body, "listOfCompartments", "compartment"):
        if float(entry.get("size", "1")) != 1:
            raise InputError(f"{source}: the compartment {entry.get('id')!r} is not of size 1")
    fixed: dict[str, float] = {}
    moving: dict[str, float] = {}
    for entry in _each(body, "listOfSpecies", "species"):
        amount = entry.get("initialConcentration") or entry.get("initialAmount") or "0"
        held = fixed if entry.get("boundaryCondition") == "true" else moving
        held[_name(entry, source)] = float(amount)
    rules = {
        entry.get("variable", ""): entry for entry in _each(body, "listOfRules", "assignmentRule")
    }
    total = len(list(_each(body, "listOfRules", None)))
    if total != len(rules):
        raise InputError(f"{source}: only assignment rules are read here")
    for entry in _each(body, "listOfParameters", "parameter"):
        if entry.get("id") not in rules:
            fixed[_name(entry, source)] = float(entry.get("value", "nan"))
    assigned = {}
    for entry in _each(body, "listOfInitialAssignments", "initialAssignment"):
        symbol, inner = entry.get("symbol", ""), entry.find(f"{MATH}math/{MATH}ci")
        constant = (inner.text or "").strip() if inner is not None else ""
        if symbol not in moving or constant not in fixed:
            raise InputError(f"{source}: the initial assignment of {symbol!r} is not one constant")
        assigned[symbol] = constant
    place = {name: f"y[{i}]" for i, name in enumerate(moving)}
    place |= {name: f"p[{i}]" for i, name in enumerate(fixed)}
    place |= {name: f"r{i}" for i, name in enumerate(rules)}
    computed = {name: _text(entry.find(f"{MATH}math"), place, source)
                for name, entry in rules.items()}  # fmt: skip
    order = _ordered(rules, source)
    lines = [f"    {place[name]} = {computed[name]}" for name in order]
    changes: dict[str, list[str]] = {name: [] for name in moving}
    for number, reaction in enumerate(_each(body, "listOfReactions", "reaction")):
        law = reaction.find(f"{CORE}kineticLaw/{MATH}math")
        lines.append(f"    v{number} = {_text(law, place, source)}")
        for part, sign in (("listOfReactants", "-"), ("listOfProducts", "+")):
            for entry in _each(reaction, part, "speciesReference"):
                count = float(entry.get("stoichiometry", "1"))
                if (name := entry.get("species", "")) in moving:
                    factor = f"{count!r} * " if count != 1 else ""
                    changes[name].append(f"{sign} {factor}v{number}")
    returned = ", ".join(" ".join(terms) or "0.0" for terms in changes.values())
    shown = ", ".join(place[name] for name in rules)
    space: dict[str, Callable[[Sequence[float], Sequence[float]], list[float]]] = {}
    # The text holds only the operators above, numbers, and places named by this function.
    head = "\n".join(lines)
    exec(f"def derivative(y, p):\n{head}\n    return [{returned}]\n", {}, space)
    rule_lines = "\n".join(lines[: len(order)]) or "    pass"
    exec(f"def computed(y, p):\n{rule_lines}\n    return [{shown}]\n", {}, space)
    return Model(
        name=body.get("id", "model"), species=tuple(moving), constants=tuple(fixed),
        rules=tuple(rules), initial=moving, values=fixed, assigned=assigned,
        derivative=space["derivative"], computed=space["computed"],
    )  # fmt: skip


def _each(parent: etree._Element, group: str, tag: str | None) -> Iterable[etree._Element]:
    held = parent.find(f"{CORE}{group}")
    if held is None:
        return ()
    return held.iterchildren(f"{CORE}{tag}") if tag else held.iterchildren(f"{CORE}*")


def _name(entry: etree._Element, source: str) -> str:
    name = entry.get("id")
    if not name:
        raise InputError(f"{source}: an entry without an id")
    return name


def _ordered(rules: Mapping[str, etree._Element], source: str) -> list[str]:
    needs = {
        name: {(ci.text or "").strip() for ci in entry.iter(f"{MATH}ci")} & rules.keys()
        for name, entry in rules.items()
    }
    order: list[str] = []
    while len(order) < len(needs):
        ready = [name for name in needs if name not in order and needs[name] <= set(order)]
        if not ready:
            raise InputError(f"{source}: assignment rules that need each other")
        order += ready
    return order


def _text(element: etree._Element | None, place: Mapping[str, str], source: str) -> str:
    if element is None:
        raise InputError(f"{source}: a rate or rule without a formula")
    tag = etree.QName(element).localname
    children = [child for child in element if isinstance(child.tag, str)]
    if tag == "math" and len(children) == 1:
        return _text(children[0], place, source)
    if tag == "ci":
        name = (element.text or "").strip()
        if name not in place:
            raise InputError(f"{source}: a formula names {name!r}, which the model does not have")
        return place[name]
    if tag == "cn":
        if element.get("type", "real") not in ("real", "integer"):
            raise InputError(f"{source}: numbers of type {element.get('type')!r} are not read here")
        return repr(float((element.text or "").strip()))
    if tag == "apply" and children:
        operator = etree.QName(children[0]).localname
        parts = [_text(child, place, source) for child in children[1:]]
        if operator == "minus" and len(parts) == 1:
            return f"(-{parts[0]})"
        if operator in OPERATORS and len(parts) >= 2:
            return "(" + OPERATORS[operator].join(parts) + ")"
        raise InputError(f"{source}: the function {operator!r} is not read here")
    raise InputError(f"{source}: {tag!r} in a formula is not read here")
