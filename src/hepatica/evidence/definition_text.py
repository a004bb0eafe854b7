"""The text under which scores and criteria are stored, line by line, to be cited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

import msgspec

from hepatica.evidence.laboratory_text import Line, Page, page_of
from hepatica.evidence.model import Document

_ARITHMETIC = re.compile(r"[*/+]|\bln\(")


class Published(msgspec.Struct, frozen=True):
    """Where a definition was published."""

    text: str
    doi: str | None = None
    pmid: str | None = None


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a score or a criterion; its file holds more, which computes it.

    `inputs` and `outputs` are those of a score, `columns` those of a criterion.
    """

    id: str
    name: str
    about: str
    version: str
    population: str
    limits: tuple[str, ...]
    reference: Published
    inputs: Mapping[str, Mapping[str, Any]] = {}
    steps: Mapping[str, str | float | int | bool] = {}
    outputs: Mapping[str, Mapping[str, Any]] = {}
    columns: Mapping[str, Mapping[str, Any]] = {}
    bounds: str = "none"
    rounding: str = "none"

    @property
    def kind(self) -> Literal["score", "criterion"]:
        """A score is computed from values at one time, a criterion over a patient's course."""
        return "criterion" if self.columns else "score"


def definition_pages(definitions: Iterable[Definition]) -> Iterator[tuple[Page, Document]]:
    """Every definition with the document that holds its text; the same files, the same bytes."""
    for one in definitions:
        yield page_of(one.id, one.kind, _title(one), list(_lines(one)))


def _lines(one: Definition) -> Iterator[Line]:
    source = _source(one.reference)
    yield Line("purpose", f"{one.about} For: {one.population}", "Purpose", "sourced", source)
    for name, output in one.outputs.items():
        told = f"{_words(name)}: {output['about']}{_unit(output)}"
        yield Line("output", told, "What it gives", "sourced", source)
    for column in one.columns.values():
        if column["kind"] == "item":
            yield Line("output", _sentence(column["about"]), "Items", "sourced", source)
    needs = ", ".join(f"{name}{_unit(given)}" for name, given in one.inputs.items())
    if needs:
        yield Line("input", needs, "Needs", "ours")
    for name, step in one.steps.items():
        if _ARITHMETIC.search(str(step)):
            told = f"{name} = {' '.join(str(step).split())}"
            yield Line("formula", told, "As it is computed", "sourced", source)
    for label, told in (("Limits of the values", one.bounds), ("Rounding", one.rounding)):
        if told != "none":
            yield Line("limit", f"{label}: {' '.join(told.split())}.", "To mind", "sourced", source)
    for limit in one.limits:
        yield Line("limit", " ".join(limit.split()), "To mind", "ours")


def _source(published: Published) -> str:
    doi = f", doi {published.doi}" if published.doi else ""
    pmid = f", PMID {published.pmid}" if published.pmid else ""
    return published.text + doi + pmid


def _words(name: str) -> str:
    return name.replace("_", " ")


def _title(one: Definition) -> str:
    return one.name if one.version in one.name else f"{one.name}: {one.version}"


def _sentence(text: str) -> str:
    return text if text[1:2].isupper() else text[:1].upper() + text[1:]


def _unit(given: Mapping[str, Any]) -> str:
    unit = given.get("unit")
    return f" ({unit})" if unit and unit != "1" and not unit.startswith("{") else ""
