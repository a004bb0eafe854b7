"""Units: exact both ways, refused with the likely unit named, never guessed."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.clinic.concepts import Concept, concept, concepts, exact
from hepatica.clinic.ucum import linear
from hepatica.clinic.units import Unusable, check, conversion, express, plain, scale

QUANTITIES = [item for item in concepts().values() if item.kind == "quantity"]


@pytest.mark.parametrize("item", QUANTITIES, ids=lambda item: item.id)
def test_every_quantity_has_units_and_limits(item: Concept) -> None:
    assert item.unit in [unit.code for unit in item.units]
    assert exact(item.accepted(item.unit).factor) == 1
    assert item.limits is not None
    assert item.limits[0] < item.limits[1]


@pytest.mark.parametrize("item", QUANTITIES, ids=lambda item: item.id)
def test_round_trip(item: Concept) -> None:
    """Given in any unit and expressed in it again, a value with four decimals comes back."""
    assert item.limits is not None
    for unit in item.units:
        low, high = (unit.from_own(limit) for limit in item.limits)
        for part in (0, Fraction(1, 3), Fraction(2, 3), 1):
            value = Decimal(f"{float(low + (high - low) * part):.4g}")
            how = conversion(item, unit.code)
            assert not isinstance(how, Unusable)
            micro = how.micro(value)
            if exact(unit.offset) or exact(unit.factor).denominator not in (1, 2, 4, 5, 8, 10):
                assert express(item, micro, unit.code) == pytest.approx(float(value), abs=2e-5)
            else:
                assert express(item, micro, unit.code) == float(value)


@given(st.decimals("0.1", "30", places=2))
def test_a_creatinine_is_the_same_in_either_unit(value: Decimal) -> None:
    """1 mg/dL = 88.4 umol/L exactly: changing the unit never changes the number."""
    item = concept("creatinine")
    ours, theirs = conversion(item, "mg/dL"), conversion(item, "umol/L")
    assert not isinstance(ours, Unusable)
    assert not isinstance(theirs, Unusable)
    micro = ours.micro(value)
    assert micro == theirs.micro(value * Decimal("88.4"))
    assert express(item, micro, "mg/dL") == float(value)
    multiplier, divisor = scale(item, "mg/dL")
    assert float(micro * multiplier) / divisor == float(value)


@pytest.mark.parametrize("item", [i for i in QUANTITIES if i.molar_mass], ids=lambda i: i.id)
def test_factors_between_mass_and_amount_follow_the_molar_mass(item: Concept) -> None:
    """A conventional factor may be rounded, by at most 0.2%."""
    assert item.molar_mass is not None
    grams = {
        "g/L": Fraction(1),
        "g/dL": Fraction(10),
        "mg/dL": Fraction(1, 100),
        "ug/dL": Fraction(1, 100000),
    }
    moles = {"mmol/L": Fraction(1, 1000), "umol/L": Fraction(1, 1000000)}
    mass = Fraction(item.molar_mass)
    amounts = {
        u.code: exact(u.factor) / (grams[u.code] / mass if u.code in grams else moles[u.code])
        for u in item.units
        if u.code in grams or u.code in moles
    }
    assert len(amounts) > 1
    smallest, largest = min(amounts.values()), max(amounts.values())
    tolerance = Fraction(3, 1000)
    assert largest / smallest - 1 < tolerance


@pytest.mark.parametrize("item", QUANTITIES, ids=lambda item: item.id)
def test_factors_within_a_dimension_agree_with_ucum(item: Concept) -> None:
    for unit in item.units:
        found = linear(unit.code, item.unit or "")
        if found is None or {unit.code, item.unit} & {"[iU]/L", "meq/L"}:
            continue
        assert [float(part) for part in found] == pytest.approx(
            [float(exact(unit.factor)), float(exact(unit.offset))], rel=1e-4
        )


@pytest.mark.parametrize(
    ("name", "value", "unit", "likely"),
    [
        ("platelets", "90000", "G/L", ("/uL",)),
        ("albumin", "32", "g/dL", ("g/L",)),
        ("fio2", "40", "fraction", ("%",)),
        ("creatinine", "180", "mg/dL", ("umol/L",)),
        ("bilirubin", "120", "mg/dL", ("umol/L",)),
        ("wbc", "8500", "10^9/L", ("/uL",)),
        ("spo2", "0.95", "%", ("1",)),
        ("pao2", "10.4", "mmHg", ("kPa",)),
        ("temperature", "98.6", "Cel", ("[degF]",)),
        ("calcium", "2.3", "mg/dL", ()),
        ("creatinine", "1e9", "mg/dL", ()),
    ],
)
def test_slips(name: str, value: str, unit: str, likely: tuple[str, ...]) -> None:
    found = check(concept(name), Decimal(value), unit)
    if name == "calcium":  # plausible in either unit: the label is believed
        assert not isinstance(found, Unusable)
        return
    assert isinstance(found, Unusable)
    assert found.likely == likely
    shown = " or ".join("a plain number" if code == "1" else code for code in likely)
    assert found.reason.endswith(f"it would fit {shown}" if likely else "it fits no accepted unit")


@pytest.mark.parametrize(
    ("name", "unit", "reason"),
    [
        ("creatinine", None, "no unit given"),
        ("creatinine", "", "no unit given"),
        ("creatinine", "kg", "cannot be converted"),
        ("creatinine", "U/L", "cannot be converted"),
        ("creatinine", "nonsense", "cannot be converted"),
        ("sodium", "mg/dL", "cannot be converted"),
        ("urine_rbc", "{cells}", "cannot be converted"),
        ("terlipressin", "mg", "mg{base} or mg{acetate}"),
        ("sex", "1", "takes no number"),
    ],
)
def test_unusable_units(name: str, unit: str | None, reason: str) -> None:
    found = conversion(concept(name), unit)
    assert isinstance(found, Unusable)
    assert reason in found.reason


@pytest.mark.parametrize(
    ("name", "unit", "value", "shown"),
    [
        ("creatinine", "µmol/L", "176", "176 umol/L"),
        ("creatinine", "mg/dL", "2.6", "2.6 mg/dL x 88.4 = 229.84 umol/L"),
        ("creatinine", "mg/L", "20", "20 mg/L x 8.84 = 176.8 umol/L"),
        ("temperature", "°F", "103", "103 °F x 5/9 - 160/9 = 39.444444 °C"),
        ("fio2", "%", "40", "40 % x 0.01 = 0.4"),
        ("inr", None, "1.8", "1.8"),
        ("wbc", "K/uL", "7.5", "7.5 10^9/L"),
        ("terlipressin", "mg (acetate)", "1", "1 mg (acetate) x 0.85 = 0.85 mg (base)"),
    ],
)
def test_conversions_can_be_checked(name: str, unit: str | None, value: str, shown: str) -> None:
    how = conversion(concept(name), unit)
    assert not isinstance(how, Unusable)
    assert how.describe(Decimal(value)) == shown


@pytest.mark.parametrize(
    ("name", "value", "unit", "own"),
    [
        ("ascitic_neutrophils", "0.5", "1000/uL", "500"),
        ("urine_output_24h", "500", "mL/(12.h)", "1000"),
        ("urine_protein_24h", "150000", "ug/(24.h)", "150"),
        ("urine_protein_24h", "200", "mg/(12.h)", "400"),
        ("ammonia", "10", "ug/(100.mL)", "5.87"),
        ("albumin", "3.5", "g/(100.mL)", "35"),
        ("platelets", "150", "1000/uL", "150"),
        ("alt", "4", "10.U/L", "40"),
        ("norepinephrine", "0.3", "ug/kg/(60.min)", "0.005"),
        ("temperature", "310.15", "K", "37"),
    ],
)
def test_a_number_or_a_zero_of_a_unit_counts(name: str, value: str, unit: str, own: str) -> None:
    """The magnitude of a UCUM unit is kept exactly, and so is where its scale begins."""
    how = check(concept(name), Decimal(value), unit)
    assert not isinstance(how, Unusable), how.reason
    assert how.micro(Decimal(value)) == pytest.approx(Decimal(own) * 10**6, abs=5000)


def test_a_number_of_a_unit_is_exact_and_stands_in_the_refusal() -> None:
    twelfth = conversion(concept("urine_output_24h"), "mL/(12.h)")
    assert not isinstance(twelfth, Unusable)
    assert twelfth.factor == 2
    third = conversion(concept("urine_protein_24h"), "mg/(36.h)")
    assert not isinstance(third, Unusable)
    assert third.factor == Fraction(2, 3)
    refused = check(concept("temperature"), Decimal("37"), "K")
    assert isinstance(refused, Unusable)
    assert refused.likely == ("Cel",)
    huge = conversion(concept("alt"), f"1{'0' * 20}.U/L")
    assert isinstance(huge, Unusable)


def test_plain_numbers() -> None:
    assert [plain(Decimal(t)) for t in ("1.50", "100", "1E+3", "0.0001")] == [
        "1.5",
        "100",
        "1000",
        "0.0001",
    ]
