"""Units: conversions, spellings, and the chain from counts to fmol/mg."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.bench.radioactivity import RadioStudy, decay_factor, quantity, to_nm
from hepatica.bench.units import QUANTITIES, canonical, converter
from hepatica.errors import InputError


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        (1, "µM", "nM", 1000),
        (1, "uM", "nM", 1000),
        (1, "μM", "nM", 1000),
        (1, "umol/L", "nM", 1000),
        (-9, "log10 M", "nM", 1),
        (-9, "log M", "pM", 1000),
        (90, "s", "min", 1.5),
        (1, "pmol/mg", "fmol/mg", 1000),
        (2, "mCi", "dpm", 4.44e9),
        (1, "ng/mL", "pg/ml", 1000),
        (45, "Ci/mmol", "TBq/mmol", 1.665),
        (45, "mCi/mmol", "Ci/mmol", 0.045),
        (45, "Ci/mol", "mCi/mmol", 45),
        (1665, "MBq/mmol", "mCi/mmol", 45),
        (37, "kBq/mmol", "Ci/mol", 1e-3),
    ],
)
def test_known_conversions(value, unit, target, expected):
    assert converter(unit, target, what="x")(value) == pytest.approx(expected)


@given(st.data(), st.floats(1e-6, 1e6))
def test_there_and_back(data, value):
    units = data.draw(st.sampled_from([list(units) for units in QUANTITIES.values()]))
    one, other = data.draw(st.sampled_from(units)), data.draw(st.sampled_from(units))
    if "log10 M" in (one, other):
        return
    there = converter(one, other, what="x")(value)
    assert converter(other, one, what="x")(there) == pytest.approx(value)


def test_a_unit_of_another_quantity_is_refused():
    with pytest.raises(InputError, match="'min' is not one of nM"):
        converter("min", "nM", what="dose")
    with pytest.raises(InputError, match="did you mean 'nM'"):
        converter("nm", "nM", what="dose")


@pytest.mark.parametrize(
    ("unit", "target"), [("µCi/mmol", "Ci/mmol"), ("PBq/mmol", "Ci/mmol"), ("nmol/mg", "fmol/mg")]
)
def test_a_unit_that_differs_by_a_prefix_is_no_hint(unit, target):
    """Following it would be an error of a thousandfold."""
    with pytest.raises(InputError, match="is not one of") as error:
        converter(unit, target, what="x")
    assert "did you mean" not in str(error.value)


def test_spellings_become_one():
    assert {canonical(u) for u in ("ug/mL", "µg/ml", "μg/mL")} == {"µg/ml"}


def test_counts_to_fmol_per_mg():
    """AGM's worked figures: 5000 cpm at 48 %, 45 Ci/mmol, 75 µg."""
    study = RadioStudy(specific_activity="45 Ci/mmol", efficiency=0.48, protein="75 µg")
    assert study.dpm_per_fmol() == pytest.approx(99.9)
    per_fmol, protein = study.per_fmol("cpm"), study.protein_mg()
    assert per_fmol is not None
    assert protein is not None
    assert 5000 / per_fmol / protein == pytest.approx(1390.279168)
    assert study.per_fmol("Bq") == pytest.approx(99.9 / 60)


def test_ligand_from_counts():
    study = RadioStudy(specific_activity="45 Ci/mmol", efficiency=0.48, volume="0.1 ml")
    assert to_nm(np.array([20000.0]), "cpm", study)[0] == pytest.approx(4.170837504)
    with pytest.raises(InputError, match="needs specific_activity"):
        to_nm(np.array([1.0]), "cpm", RadioStudy(efficiency=0.48))


@pytest.mark.parametrize(("fate", "share"), [("binds", 0.8447), ("lost", 1.0)])
def test_decay_by_what_becomes_of_the_ligand(fate, share):
    assert decay_factor(3, 12.32) == pytest.approx(0.8446897833)
    study = RadioStudy(
        specific_activity="45 Ci/mmol", decayed_ligand=fate, reference_date=date(2020, 1, 1),
        assay_date=date(2022, 12, 31),
    )  # fmt: skip
    assert study.dpm_per_fmol() == pytest.approx(99.9 * share, rel=1e-3)


def test_a_quantity_needs_a_number_above_zero():
    assert quantity("75 µg", "mg", what="protein") == pytest.approx(0.075)
    assert quantity("75ug", "mg", what="protein") == pytest.approx(0.075)
    for text in ("µg", "-1 mg", "0 mg"):
        with pytest.raises(InputError, match="protein"):
            quantity(text, "mg", what="protein")


@pytest.mark.parametrize(
    ("given", "unit", "key", "said"),
    [
        (75, "mg", "protein", "protein 75: give its unit, such as 'protein: 75 µg'"),
        ("75", "mg", "protein", "'protein: 75 µg' or 'protein: 75 mg'"),
        (250, "ml", "volume", "'volume: 250 µl'"),
        (2.95e-9, "nM", "radioligand_kd", "radioligand_kd 2.95e-09: give its unit"),
        (45, "Ci/mmol", "specific_activity", "'specific_activity: 45 Ci/mmol'"),
    ],
)
def test_a_bare_number_is_asked_for_its_unit(given, unit, key, said):
    with pytest.raises(InputError, match=said):
        quantity(given, unit, what=key)


def test_a_specific_activity_is_asked_for_its_unit_too():
    with pytest.raises(InputError, match="specific_activity 45: give its unit"):
        RadioStudy(specific_activity=45).dpm_per_fmol()
    assert RadioStudy(specific_activity="60cpm/fmol").per_fmol("cpm") == 60


def test_an_isotope_without_a_half_life_here_is_given_one():
    """60 d after the reference date half is left where the half-life is 60 d."""
    days = {"reference_date": date(2026, 1, 1), "assay_date": date(2026, 3, 2)}
    given = {"specific_activity": "2200 Ci/mmol", "isotope": "I-125", "decayed_ligand": "binds"}
    with pytest.raises(InputError, match=r"no half-life of 'I-125' here.*half_life: 60 d"):
        RadioStudy(**given, **days).dpm_per_fmol()
    study = RadioStudy(**given, **days, half_life="60 d")
    assert study.dpm_per_fmol() == pytest.approx(2.22 * 1100)


def test_what_the_study_does_not_state_is_named():
    study = RadioStudy(specific_activity="45 Ci/mmol", efficiency=0.48)
    assert study.unstated("cpm") == "volume"
    assert RadioStudy(volume="0.25 ml").unstated("cpm") == "specific_activity, efficiency"
    assert RadioStudy(volume="0.25 ml").unstated("fmol/mg") == "protein"
