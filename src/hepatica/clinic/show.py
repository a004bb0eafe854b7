"""Scores as text or JSON for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from hepatica.clinic.definition import Input, Score
from hepatica.clinic.score import Result, reference
from hepatica.clinic.units import with_unit

if TYPE_CHECKING:
    from hepatica.evidence.cited import Cited


def backing(name: str) -> tuple[Cited, ...]:
    """The claims behind a definition, with source and quote."""
    from hepatica.clinic.assess.rules import claims_of
    from hepatica.evidence.cited import shipped

    shelf = shipped()
    return tuple(shelf.cite(claim) for claim in claims_of().get(name, ()))


def result(found: Result, shape: str, evidence: tuple[Cited, ...] = ()) -> str:
    """The outcome with its working, or what is missing; then what is quoted of `evidence`."""
    if shape == "json":
        return _json(found, evidence)
    lines = [f"{found.name}: {_headline(found)}"]
    from hepatica.clinic.definition import definition

    outputs = definition(found.id).outputs
    for key, value in found.outputs.items():
        if found.not_applicable is None and (len(outputs) > 1 or value is None):
            shown = _value(value, outputs[key].decimals, outputs[key].unit)
            lines.append(f"  {key}: {shown}  ({outputs[key].about})")
    for used in found.inputs:
        lines.append(f"  {used.name} = {used.given}")
    for name, value in found.parameters.items():
        lines.append(f"  rule {name} = {_value(value, None, None)}")
    lines.extend(f"  {caution}" for caution in found.cautions)
    version = "" if found.reference.startswith(found.version) else f"{found.version}; "
    lines.append(f"  {version}{found.reference}")
    return "\n".join([*lines, *_quoted(evidence)])


def _quoted(evidence: tuple[Cited, ...]) -> Iterator[str]:
    for one in evidence:
        yield ""
        yield from textwrap.wrap(
            f"“{one.citation.quote}”", 96, initial_indent="  ", subsequent_indent="  "
        )
        where = ". ".join(filter(None, (one.title.rstrip("."), one.container, str(one.year or ""))))
        ids = " ".join(f"{key} {value}" for key, value in one.identifiers.items())
        yield f"    {'; '.join(filter(None, (where, ids, one.url)))}"
        if one.caveat:
            yield f"    {one.caveat}"


def _headline(found: Result) -> str:
    from hepatica.clinic.definition import definition

    if found.not_applicable:
        return f"does not apply: {found.not_applicable}"
    if found.value is None:
        item = definition(found.id)
        return "unknown, needs " + "; ".join(_ask(item, label) for label in found.missing)
    output = definition(found.id).outputs[definition(found.id).result]
    return _value(found.value, output.decimals, output.unit)


def _ask(item: Score, label: str) -> str:
    given = item.inputs.get(label)
    if given is None:
        return label
    unit = f" in {unit_words(given.unit)}" if given.unit not in (None, "1", "{grade}") else ""
    return f"{label}{unit}" + (f" ({given.ask})" if given.ask else "")


def _value(value: object, decimals: int | None, unit: str | None) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and decimals is not None:
        return with_unit(f"{value:.{decimals}f}", unit or "1")
    return with_unit(str(value), unit or "1")


def listing(items: Iterable[Score], shape: str) -> str:
    """Every score with its inputs."""
    if shape == "json":
        return _json([{"id": i.id, "name": i.name, "inputs": list(i.inputs)} for i in items])
    lines = []
    for item in items:
        lines += [f"{item.id}  {item.name}", f"    {', '.join(item.inputs)}"]
    return "\n".join(lines)


def explain(item: Score, shape: str, evidence: tuple[Cited, ...] = ()) -> str:
    """What a score is and what it needs; then what is quoted of `evidence`."""
    if shape == "json":
        return _json(item, evidence)
    lines = [f"{item.name}: {item.about}", f"  version: {item.version}"]
    lines.append(f"  for: {item.population}")
    lines += [f"  {key}: {_kind(given)}" for key, given in item.inputs.items()]
    for name, rule in item.parameters.items():
        lines.append(
            f"  rule {name} = {_value(rule.default, None, None)}: {rule.about}; {rule.source}"
        )
    lines += [f"  bounds: {item.bounds}", f"  rounding: {item.rounding}"]
    lines += [f"  note: {limit}" for limit in item.limits]
    lines.append(f"  {reference(item.id)} (evidence grade {item.status})")
    return "\n".join([*lines, *_quoted(evidence)])


def unit_words(code: str | None) -> str:
    """A UCUM code as people say it, where they would not recognise it."""
    return {"a": "years", "d": "days", None: ""}.get(code, code or "")


def _kind(given: Input) -> str:
    if given.flag:
        kind = "yes or no"
    elif given.unit is None:
        kind = "one of " + ", ".join(given.values) if given.values else "a word"
    else:
        plain = given.unit in ("1", "{grade}", "{score}")
        kind = "a number" if plain else f"a number in {unit_words(given.unit)} or another unit"
    return f"{kind} ({given.ask})" if given.ask else kind


def _json(value: object, evidence: tuple[Cited, ...] = ()) -> str:
    if evidence:
        value = {**msgspec.structs.asdict(value), "evidence": evidence}  # type: ignore[arg-type]
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
