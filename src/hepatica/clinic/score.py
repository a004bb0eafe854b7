"""One score for one patient: values with units in, a result that shows its working out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import cache
from typing import Any

import msgspec

from hepatica.clinic.accept import ABSENT, PRESENT, number
from hepatica.clinic.blame import missing
from hepatica.clinic.compiled import Compiled, compiled
from hepatica.clinic.concepts import concept, exact
from hepatica.clinic.definition import Input, Scalar, definition
from hepatica.clinic.quantity import split
from hepatica.clinic.units import MILLION, Unusable, check, express, per_kg, plain, with_unit
from hepatica.errors import InputError

Given = str | int | float | bool | Decimal | tuple[Any, str] | None


class Used(msgspec.Struct, frozen=True, kw_only=True):
    """One input as it went into the computation, with the conversion that was made of it."""

    name: str
    given: str
    value: float | bool | str
    unit: str | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A score's outcome.

    `value` is the named result, `outputs` all of them; None is unknown, and `missing` then names
    the inputs that would settle `value`, `unknown` those of every unknown output.
    `not_applicable` says why the definition does not hold for this patient; there are no outputs
    then. `cautions` are limits that could not be checked, `left_out` the inputs of a patient whose
    last value is too old to count, with its time.
    """

    id: str
    name: str
    version: str
    status: str
    value: float | int | bool | str | None
    outputs: Mapping[str, float | int | bool | str | None]
    missing: tuple[str, ...]
    unknown: Mapping[str, tuple[str, ...]]
    inputs: tuple[Used, ...]
    parameters: Mapping[str, Scalar]
    reference: str
    not_applicable: str | None = None
    cautions: tuple[str, ...] = ()
    left_out: Mapping[str, datetime] = {}

    def __float__(self) -> float:
        if self.value is None or isinstance(self.value, str):
            raise InputError(f"{self.id} is {self.value!r}: needs {', '.join(self.missing)}")
        return float(self.value)


def score(
    name: str, /, *, parameters: Mapping[str, Scalar] | None = None, **inputs: Given
) -> Result:
    """The score with its working: `score("meld3", creatinine="2 mg/dL", sex="female", ...)`.

    A quantity is a text with its unit, a pair (2.0, "mg/dL"), or a bare number where the quantity
    has no unit or is an age in years; a yes-or-no input is a bool or "yes"/"no". What is not given
    is unknown. With a `weight` a drug's rate may be that of the whole body ("1 mg/h"). Raises
    InputError for an unknown score, input, unit or parameter, and for an implausible value.
    """
    form = compiled(name, parameters)
    used: list[Used] = []
    values: dict[str, Any] = {}
    kg = _weight(form.score.inputs, inputs)
    for key, given in inputs.items():
        expected = form.score.inputs.get(key)
        if given is None or (expected is None and kg is not None and key == "weight"):
            continue
        if expected is None:
            raise InputError(_no_input(name, key, form.score.inputs))
        found = read_input(key, expected, given, kg=kg)
        used.append(found)
        values[key] = found.value
    return evaluate(form, values, used=tuple(used))


def evaluate(form: Compiled, values: Mapping[str, Any], *, used: tuple[Used, ...] = ()) -> Result:
    """The outcome for values that are already in the definition's units; None is unknown."""
    computed = form.run(values)
    item = form.score
    refusals = [reason for key, reason in form.applies if computed[key] is False]
    outputs = {key: None if refusals else tidy(computed[key]) for key in item.outputs}
    asked = () if refusals else (*item.outputs, *(key for key, _ in form.applies))
    unknown = missing(form, values, computed, asked)
    cautions = tuple(
        f"not checked: {reason} (needs {', '.join(unknown.pop(key))})"
        for key, reason in form.applies
        if key in unknown
    )
    return Result(
        id=item.id,
        name=item.name,
        version=item.version,
        status=item.status,
        value=outputs[item.result],
        outputs=outputs,
        missing=unknown.get(item.result, ()),
        unknown=unknown,
        inputs=used,
        parameters=form.parameters,
        reference=reference(item.id),
        not_applicable=refusals[0] if refusals else None,
        cautions=cautions,
    )


@cache
def reference(name: str) -> str:
    """The definition's reference in one line."""
    source = definition(name).reference
    parts = [source.text, source.doi and f"doi:{source.doi}", source.pmid and f"PMID {source.pmid}"]
    return ". ".join(part.rstrip(".") for part in parts if part)


def tidy(value: Any) -> Any:
    """A whole float that a rounding step produced, as an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _weight(expected: Mapping[str, Input], inputs: Mapping[str, Given]) -> Fraction | None:
    """The weight in kg that was given for rates of a whole body; None where no input takes one."""
    given = inputs.get("weight")
    if given is None or not any(
        item.unit is not None and concept(item.concept or key).per_kg
        for key, item in expected.items()
    ):
        return None
    used = read_input("weight", Input(unit="kg"), given)
    return Fraction(str(used.value))


def read_input(key: str, expected: Input, given: Given, *, kg: Fraction | None = None) -> Used:
    """One input in the definition's unit; InputError where it cannot be used.

    With the weight `kg` a rate of the whole body is taken per kg.
    """
    if expected.flag:
        return Used(name=key, given=str(given), value=_flag(key, given))
    if expected.unit is None:
        return Used(name=key, given=str(given), value=_code(key, expected, given))
    amount, unit = _amount(given)
    value = number(amount)
    if value is None:
        bound = " is a bound and not a value: give" if amount[:1] in "<>≤≥~" else ": expected"
        raise InputError(f"{key} {amount!r}{bound} a number with a unit such as {expected.unit}")
    item = concept(expected.concept or key)
    body = per_kg(item, unit)
    if body is not None and kg is not None:
        rate = Decimal(str(float(body.to_own(Fraction(value)) / kg)))
        own = check(item, rate, item.unit)
        if isinstance(own, Unusable):
            raise InputError(f"{key}: {own.reason}")
        micro = own.micro(rate)
        steps = f" x {body.factor}" if exact(body.factor) != 1 else ""
        shown = with_unit(plain(Decimal(micro) / MILLION), item.unit or "1")
        weighed = f"{with_unit(plain(value), body.code)}{steps} / {plain(kg)} kg = {shown}"
        return Used(
            name=key, given=weighed, value=express(item, micro, expected.unit), unit=expected.unit
        )
    if unit is None and expected.unit == "a":
        unit = "a"  # years are the only unit of an age
    how = check(item, value, unit)
    if isinstance(how, Unusable):
        hint = f", such as weight=70kg, or {item.unit}" if body is not None else ""
        raise InputError(f"{key}: {how.reason}{hint}")
    number_used = express(item, how.micro(value), expected.unit)
    given_text = with_unit(plain(value), how.code)
    if how.code != expected.unit:
        given_text = how.describe(value)
        if item.unit != expected.unit:
            given_text += f" = {with_unit(plain(round(number_used, 6)), expected.unit)}"
    return Used(name=key, given=given_text, value=number_used, unit=expected.unit)


def _amount(given: Given) -> tuple[str, str | None]:
    if isinstance(given, tuple):
        return str(given[0]), str(given[1])
    if isinstance(given, str):
        return split(given)
    return str(given), None


def _flag(key: str, given: Given) -> bool:
    word = str(given).strip().lower()
    if word in PRESENT or word == "y":
        return True
    if word in ABSENT or word == "n":
        return False
    raise InputError(f"{key} {given!r}: expected yes or no")


def _code(key: str, expected: Input, given: Given) -> str:
    word = str(given).strip().lower()
    if expected.values:
        choices: Mapping[str, tuple[str, ...]] = dict.fromkeys(expected.values, ())
    else:
        choices = concept(expected.concept or key).values
    for code, words in choices.items():
        if word == code or word in words:
            return code
    raise InputError(f"{key} {given!r}: expected one of {', '.join(choices)}")


def _no_input(name: str, key: str, inputs: Mapping[str, Input]) -> str:
    same = [known for known in inputs if known.lower() == key.lower()]
    near = same or get_close_matches(key.lower(), inputs, n=1)
    hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(inputs)}"
    return f"{name} has no input {key!r}: {hint}"
