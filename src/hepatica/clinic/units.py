"""Units: what a written unit means for a concept, and the exact conversion, never a guess.

Values are kept as whole millionths of the concept's own unit, so that comparisons at a boundary
hold: a rise from 1.00 to 1.30 mg/dL is a rise of 0.30.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from hepatica.clinic.concepts import Concept, Unit, exact
from hepatica.clinic.concepts import concept as find_concept
from hepatica.clinic.records import read
from hepatica.clinic.ucum import linear, quantity

MILLION = 1_000_000
_LARGEST = 10**12  # of a factor's numerator and denominator: the check in DuckDB has 128 bits


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a written unit is turned into the concept's own unit: value * factor + offset."""

    concept: str
    code: str
    own: str
    factor: Fraction
    offset: Fraction

    def micro(self, value: Decimal) -> int:
        """The value in millionths of the own unit, rounded half up."""
        top, bottom = value.as_integer_ratio()
        factor, offset = self.factor, self.offset
        if offset:
            return to_micro(Fraction(top, bottom) * factor + offset)
        top, bottom = top * factor.numerator, bottom * factor.denominator
        return (2 * MILLION * top + bottom) // (2 * bottom)

    def describe(self, value: Decimal) -> str:
        """The conversion as a reader can check it; the bare value where nothing was converted."""
        if self.factor == 1 and not self.offset and self.code == self.own:
            return with_unit(plain(value), self.code)
        steps = "" if self.factor == 1 else f" x {fraction_text(self.factor)}"
        if self.offset:
            steps += f" {'+' if self.offset > 0 else '-'} {fraction_text(abs(self.offset))}"
        result = plain(Decimal(self.micro(value)) / MILLION)
        return f"{with_unit(plain(value), self.code)}{steps} = {with_unit(result, self.own)}"


@dataclass(frozen=True, slots=True)
class Unusable:
    """Why a value and its unit cannot be used, and the units that would make it plausible."""

    reason: str
    likely: tuple[str, ...] = ()


def to_micro(value: Fraction) -> int:
    """Whole millionths, rounded half up."""
    return (2 * MILLION * value.numerator + value.denominator) // (2 * value.denominator)


def plain(value: Decimal | Fraction | float) -> str:
    """A number without trailing zeros after the point; one of more than 15 digits as 1E+308."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > 15:
        return f"{value.normalize():E}"
    text = f"{Decimal(str(float(value))) if isinstance(value, Fraction | float) else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


WRITTEN = {"mm[Hg]": "mmHg", "/[HPF]": "per hpf", "10*9/L": "10^9/L", "10*3/uL": "10^3/uL",
           "mg{base}": "mg (base)", "mg{acetate}": "mg (acetate)", "Cel": "°C", "[degF]": "°F",
           "a": "years", "mL/min/{1.73_m2}": "mL/min/1.73 m2", "1": "", "{grade}": "",
           "{score}": ""}  # fmt: skip


def with_unit(number: str, code: str) -> str:
    """A number and its unit as people write them: "2 mg/dL", and "0.4" for a plain number."""
    return f"{number} {WRITTEN.get(code, code)}".rstrip()


def fraction_text(value: Fraction) -> str:
    """The shortest exact way to write a factor: 88.4, 5/9."""
    shown = plain(value)
    return shown if Fraction(shown) == value else f"{value.numerator}/{value.denominator}"


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """UCUM codes that a written unit (folded) may stand for."""
    found: dict[str, tuple[str, ...]] = {}
    for code, written in read("mappings", "units", dict[str, tuple[str, ...]]).items():
        for word in (code, *written):
            key = fold(word)
            if code not in found.get(key, ()):
                found[key] = (*found.get(key, ()), code)
    return found


def fold(unit: str) -> str:
    return "".join(unit.lower().split())


def conversion(concept: Concept, unit: str | None) -> Conversion | Unusable:
    """The exact conversion of a written unit for this concept, or why there is none."""
    return _conversion(concept.id, unit)


@lru_cache(maxsize=4096)
def _conversion(name: str, unit: str | None) -> Conversion | Unusable:
    concept = find_concept(name)
    if concept.unit is None:
        return Unusable(f"{concept.id} has no unit and takes no number")
    if unit is None or not unit.strip():
        if concept.unit in ("1", "{grade}", "{score}"):
            return _listed(concept, concept.accepted(concept.unit))
        return Unusable(f"no unit given: {concept.id} is given in {_choices(_codes(concept))}")
    body = per_kg(concept, unit)
    if body is not None:
        return Unusable(
            f"{body.code} is a rate of the whole body: {concept.id} needs a weight with it"
        )
    exactly = [u for u in concept.units if u.code == unit.strip()]
    codes = aliases().get(fold(unit), ())
    matches = exactly or [u for u in concept.units if u.code in codes]
    if len(matches) == 1:
        return _listed(concept, matches[0])
    return _by_ucum(concept, unit.strip())


def per_kg(concept: Concept, unit: str | None) -> Unit | None:
    """The unit of a whole body's rate that a written unit means; None for any other."""
    codes = aliases().get(fold(unit or ""), ())
    matches = [u for u in concept.per_kg if u.code in codes or u.code == (unit or "").strip()]
    return matches[0] if len(matches) == 1 else None


def rate(concept: Concept, unit: str | None) -> Unit | None:
    """The unit of an infusion that a written unit means; None for any other."""
    codes = aliases().get(fold(unit or ""), ())
    return next((u for u in concept.rates if u.code in codes), None)


def most(concept: Concept, unit: Unit) -> Fraction:
    """The highest plausible rate of a whole body: that of the heaviest plausible one."""
    assert concept.limits is not None
    heaviest = find_concept("weight").limits
    assert heaviest is not None
    return concept.limits[1] * heaviest[1] / exact(unit.factor)


def check(concept: Concept, value: Decimal, unit: str | None) -> Conversion | Unusable:
    """The conversion of a plausible value, or why value and unit are refused."""
    if not value.is_finite():
        return Unusable(f"{value} is not a number")
    how = conversion(concept, unit)
    if isinstance(how, Unusable):
        return how
    if concept.whole and value != value.to_integral_value():
        return Unusable(f"{plain(value)} is no whole number: {concept.label} goes by whole ones")
    if (
        concept.limits is None
        or concept.micro_limits[0] <= how.micro(value) <= concept.micro_limits[1]
    ):
        return how
    low, high = (
        Unit(code=how.code, factor=str(how.factor), offset=str(how.offset)).from_own(x)
        for x in concept.limits or ()
    )
    likely = tuple(
        u.code
        for u in concept.units
        if u.code != how.code and _plausible(concept, u.to_own(Fraction(value)))
    )
    fits = f"it would fit {_choices(likely)}" if likely else "it fits no accepted unit"
    written = with_unit(plain(value), how.code)
    return Unusable(
        f"{written} is outside {_limit(low)} to {with_unit(_limit(high), how.code)}: {fits}", likely
    )


def express(concept: Concept, micro: int, unit: str) -> float:
    """Millionths of the own unit as a number in `unit`, correctly rounded."""
    target = concept.accepted(unit)
    value = target.from_own(Fraction(micro, MILLION))
    return value.numerator / value.denominator


def scale(concept: Concept, unit: str) -> tuple[int, int]:
    """(multiplier, divisor) that turn millionths of the own unit into a number in `unit`.

    For use in queries: `CAST(micro * multiplier AS DOUBLE) / divisor` is correctly rounded.
    """
    target = concept.accepted(unit)
    if exact(target.offset):
        raise ValueError(f"{concept.id}: {unit} has an offset and cannot be a definition's unit")
    factor = exact(target.factor)
    return factor.denominator, factor.numerator * MILLION


def _listed(concept: Concept, unit: Unit) -> Conversion:
    return Conversion(
        concept.id, unit.code, concept.unit or "1", exact(unit.factor), exact(unit.offset)
    )


def _plausible(concept: Concept, own: Fraction) -> bool:
    return concept.limits is None or concept.limits[0] <= own <= concept.limits[1]


def _codes(concept: Concept) -> tuple[str, ...]:
    return tuple(unit.code for unit in concept.units)


def _choices(codes: tuple[str, ...]) -> str:
    words = {"1": "a plain number", "a": "a (years)", "d": "d (days)"}
    return " or ".join(words.get(code, code) for code in codes)


def _limit(value: Fraction) -> str:
    return plain(Decimal(f"{float(value):.6g}"))


def _by_ucum(concept: Concept, unit: str) -> Conversion | Unusable:
    """A unit that no list names: read as UCUM and converted within its dimension.

    Numbers in the unit count (1000/uL, mL/(12.h)), and so does the zero of a scale (K).
    """
    one = quantity(unit)
    for target in concept.units if one is not None else ():
        if exact(target.offset) or (one.dimensionless and unit not in ("1", "%")):
            continue
        found = linear(unit, target.code)
        if found is None:
            continue
        factor, offset = (part * exact(target.factor) for part in found)
        if max(factor.numerator, factor.denominator) <= _LARGEST:
            return Conversion(concept.id, unit, concept.unit or "1", factor, offset)
    return Unusable(
        f"unit {unit!r} cannot be converted: {concept.id} is given in {_choices(_codes(concept))}"
    )
