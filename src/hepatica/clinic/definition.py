"""Definition: a score as a file: inputs with units, steps in SQL, reference, worked examples."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from hepatica.clinic.records import Record, names, read, require

Scalar = str | float | int | bool


class Reference(Record, frozen=True, kw_only=True):
    """Where the definition was published, and where its text was seen."""

    text: str
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    seen: str | None = None


class Input(Record, frozen=True, kw_only=True):
    """One input of a definition.

    A quantity has a `unit`, a yes-or-no question sets `flag`, a coded value has neither. `concept`
    is what is looked up in a patient's observations (the input's own name by default). `source`
    names the score or criterion that answers it for a patient instead, as "clif_c_of.score".
    """

    unit: str | None = None
    flag: bool = False
    concept: str | None = None
    ask: str | None = None
    source: str | None = None
    values: tuple[str, ...] = ()


class Parameter(Record, frozen=True, kw_only=True):
    """A rule that sources dispute, with the default taken here and where each choice comes from."""

    default: Scalar
    choices: tuple[Scalar, ...] = ()
    about: str
    source: str


class Output(Record, frozen=True, kw_only=True):
    """What a named step means; `decimals` is how many a report shows."""

    about: str
    unit: str | None = None
    decimals: int | None = None


class Example(Record, frozen=True, kw_only=True):
    """A worked example: what goes in, what must come out, and who computed it."""

    inputs: Mapping[str, Scalar]
    expected: Mapping[str, Scalar | None]
    source: str
    parameters: Mapping[str, Scalar] = {}


class Population(Record, frozen=True, kw_only=True):
    """A condition outside which the definition does not apply: false means no result."""

    sql: str
    reason: str


class Score(Record, frozen=True, kw_only=True):
    """A score or rule over one row of inputs.

    `steps` are SQL expressions over inputs and earlier steps, in order; `outputs` says which of
    them are results, and `result` is the one that carries the definition's name. `uses` takes
    over the inputs, parameters and steps of another definition. `any_of` lists groups of inputs of
    which one is enough. `spec` and `status` are the item of the specification and its grade:
    A primary source seen and independently checked, B two secondary sources agree, C one.
    `rises_with` and `falls_with` name inputs in which `result` is monotone. A parameter
    `max_age_hours` limits the age of the measurements that are taken from a patient's course.
    """

    id: str
    spec: str
    status: Literal["A", "B", "C"]
    name: str
    about: str
    version: str
    inputs: Mapping[str, Input]
    steps: Mapping[str, str]
    outputs: Mapping[str, Output]
    result: str
    rounding: str
    bounds: str
    population: str
    limits: tuple[str, ...]
    reference: Reference
    examples: tuple[Example, ...]
    uses: str | None = None
    applies: tuple[Population, ...] = ()
    parameters: Mapping[str, Parameter] = {}
    any_of: tuple[tuple[str, ...], ...] = ()
    rises_with: tuple[str, ...] = ()
    falls_with: tuple[str, ...] = ()


AGE = "max_age_hours"


@cache
def definition(name: str) -> Score:
    """The score with this id, with what it uses taken in; InputError if there is none."""
    require("scores", name, "score")
    own = read("scores", name, Score)
    if own.uses is None:
        return own
    from msgspec.structs import replace

    base = definition(own.uses)
    return replace(
        own,
        inputs={**base.inputs, **own.inputs},
        steps={**base.steps, **own.steps},
        parameters={**base.parameters, **own.parameters},
        any_of=(*base.any_of, *own.any_of),
        uses=None,
    )


def definitions() -> tuple[Score, ...]:
    """All scores, by id."""
    return tuple(definition(name) for name in names("scores"))


def in_words(name: str, missing: tuple[str, ...]) -> tuple[str, ...]:
    """What a score needs as a person would be asked for it: "PaO2 or SpO2", not "pao2 or spo2"."""
    inputs = definition(name).inputs
    return tuple(
        " or ".join(_asked(key, inputs.get(key)) for key in label.split(" or "))
        for label in missing
    )


def _asked(key: str, given: Input | None) -> str:
    from hepatica.clinic.concepts import concept

    name = (given and given.concept) or key
    if given is not None and given.ask and (given.flag or given.source or name != key):
        asked = given.ask[0].lower() + given.ask[1:] if given.ask[1:2].islower() else given.ask
        return f"whether {asked[:-1]}" if asked.endswith("?") else asked
    if name in names("concepts"):
        return concept(name).label
    return key.replace("_", " ")
