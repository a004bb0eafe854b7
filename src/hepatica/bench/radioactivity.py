"""From counts to amounts: efficiency, specific activity, decay, protein.

1 Ci = 2.22e12 dpm (Revvity radiochemical page), hence dpm/fmol = 2.22 x specific activity in
Ci/mmol. The half-life of tritium, 12.32 years, is the standard value; its page was not seen.
"""

from __future__ import annotations

import re
from datetime import date

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.study import Study
from hepatica.bench.units import canonical, converter, quantity_of
from hepatica.errors import InputError

__all__ = ["RadioStudy", "decay_factor", "dpm_per_fmol", "quantity"]

HALF_LIFE_YEARS = {"H-3": 12.32}
DAYS = 365.25
_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
# What laboratories write: a whole example by unit, and the units that a bare number may stand for.
USUAL = {
    "mg": "75 µg", "ml": "0.25 ml", "nM": "1 nM", "Ci/mmol": "45 Ci/mmol", "fmol": "100 fmol",
    "fmol/mg": "100 fmol/mg", "d": "60 d",
}  # fmt: skip
LIKELY = {"mg": ("µg", "mg"), "ml": ("µl", "ml"), "nM": ("nM", "pM", "M")}


def dpm_per_fmol(specific_activity: float) -> float:
    """dpm of one fmol, from the specific activity in Ci/mmol."""
    return 2.22 * specific_activity


def decay_factor(years: float, half_life: float) -> float:
    """The share of radioactivity left after `years`."""
    return float(2.0 ** (-years / half_life))


def quantity(text: str | float, unit: str, *, what: str) -> float:
    """A quantity such as "75 µg" in `unit`.

    InputError unless it is above zero and its own unit fits: a bare number is never taken to be in
    `unit`, because the guess is wrong a thousandfold where it is wrong.
    """
    number, given = _parted(text, unit, what)
    value = converter(given, unit, what=what)(number)
    if not 0 < value < 1e300:
        raise InputError(f"{what} {text!r}: expected more than 0")
    return value


def _parted(text: str | float, unit: str, what: str) -> tuple[float, str]:
    """The number and the unit in "75 µg" or "75µg"; InputError where one of them is missing."""
    found = _QUANTITY.match(text if isinstance(text, str) else f"{text:.12g}")
    if found is None:
        raise InputError(
            f"{what} {text!r}: expected a number and a unit, such as '{what}: {USUAL[unit]}'"
        )
    number, given = found.groups()
    if not given:
        raise InputError(f"{what} {number}: give its unit, such as {_likely(number, unit, what)}")
    return float(number), given


def _likely(number: str, unit: str, what: str) -> str:
    """The user's own number with each unit that it may have been meant in."""
    return " or ".join(f"'{what}: {number} {name}'" for name in LIKELY.get(unit, (unit,)))


class RadioStudy(Study, frozen=True, kw_only=True):
    """What turns counts into amounts.

    `specific_activity`: "45 Ci/mmol" (or mCi/mmol, Ci/mol, TBq/mmol to kBq/mmol), or "60 cpm/fmol",
    efficiency included. `efficiency`: counts per disintegration, 0 to 1. `counter_background`:
    counts of a blank vial, in the unit of the readings. `protein` a tube, "75 µg"; `volume` of the
    assay, "0.25 ml". With `reference_date` and `assay_date` the specific activity is
    decay-corrected, which holds only when decayed molecules still bind: `decayed_ligand` must say
    "binds" or "lost". `isotope` is H-3; of another one the `half_life` is given ("60 d"), from its
    data sheet.
    """

    specific_activity: str | float | None = None
    efficiency: float | None = None
    counter_background: float = 0.0
    protein: str | float | None = None
    volume: str | float | None = None
    isotope: str = "H-3"
    half_life: str | float | None = None
    reference_date: date | None = None
    assay_date: date | None = None
    decayed_ligand: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.efficiency is not None and not 0 < self.efficiency <= 1:
            raise ValueError(f"efficiency {self.efficiency!r}: expected a share, such as 0.48")
        if not self.counter_background >= 0:
            raise ValueError(f"counter_background {self.counter_background!r}: expected 0 or more")

    def dpm_per_fmol(self) -> float | None:
        """dpm of one fmol on the day of the assay; None without a specific activity in dpm."""
        stated = self._activity()
        if stated is None or stated[1] == "cpm/fmol":
            return None
        if stated[1] == "dpm/fmol":
            return stated[0]
        return dpm_per_fmol(stated[0]) * self._decay()

    def per_fmol(self, unit: str) -> float | None:
        """Readings in `unit` (cpm, dpm, Bq, ... fmol) that one fmol gives; None if not stated."""
        kind = quantity_of(unit)
        if kind in ("amount", "density"):
            return 1 / converter(unit, "fmol" if kind == "amount" else "fmol/mg", what="signal")(
                1.0
            )
        stated = self._activity()
        if stated is None or kind not in ("counts", "radioactivity"):
            return None
        if kind == "counts":
            counts = converter("cpm", "cpm", what="signal")(1.0) / converter(
                unit, "cpm", what="signal"
            )(1.0)
            if stated[1] == "cpm/fmol":
                return stated[0] * self._decay() * counts
            dpm = self.dpm_per_fmol()
            if dpm is None or self.efficiency is None:
                return None
            return dpm * self.efficiency * counts
        dpm = self.dpm_per_fmol()
        if dpm is None:
            return None
        return dpm / converter(unit, "dpm", what="signal")(1.0)

    def protein_mg(self) -> float | None:
        return None if self.protein is None else quantity(self.protein, "mg", what="protein")

    def volume_ml(self) -> float | None:
        return None if self.volume is None else quantity(self.volume, "ml", what="volume")

    def _activity(self) -> tuple[float, str] | None:
        if self.specific_activity is None:
            return None
        number, unit = _parted(self.specific_activity, "Ci/mmol", "specific_activity")
        if canonical(unit) in ("cpm/fmol", "dpm/fmol"):
            if not 0 < number < 1e300:
                raise InputError(f"specific_activity {number:g}: expected more than 0")
            return number, canonical(unit)
        value = quantity(self.specific_activity, "Ci/mmol", what="specific_activity")
        return value, "Ci/mmol"

    def _decay(self) -> float:
        if self.reference_date is None and self.assay_date is None:
            return 1.0
        if self.reference_date is None or self.assay_date is None:
            raise InputError("study: decay needs both reference_date and assay_date")
        if self.decayed_ligand not in ("binds", "lost"):
            raise InputError(
                "study: decay needs decayed_ligand: 'binds' (decayed molecules stay as unlabelled "
                "ligand) or 'lost' (they do not bind; specific activity stays as it was)"
            )
        years = (self.assay_date - self.reference_date).days / DAYS
        if years < 0:
            raise InputError(
                f"study: assay_date {self.assay_date} is before "
                f"reference_date {self.reference_date}"
            )
        if self.half_life is None and self.isotope not in HALF_LIFE_YEARS:
            known = ", ".join(HALF_LIFE_YEARS)
            raise InputError(
                f"study: no half-life of {self.isotope!r} here; known: {known}; give the one on "
                "the ligand's data sheet, such as 'half_life: 60 d'"
            )
        if self.decayed_ligand == "lost":
            return 1.0
        if self.half_life is not None:
            return decay_factor(years, quantity(self.half_life, "d", what="half_life") / DAYS)
        return decay_factor(years, HALF_LIFE_YEARS[self.isotope])

    def unstated(self, unit: str) -> str:
        """What is missing of all that tells how much ligand is bound, for readings in `unit`."""
        kind = quantity_of(unit)
        needed = {"volume": self.volume}
        if kind in ("counts", "radioactivity"):
            needed["specific_activity"] = self.specific_activity
        if kind == "counts" and "cpm/fmol" not in str(self.specific_activity):
            needed["efficiency"] = self.efficiency
        if kind == "density":
            needed["protein"] = self.protein
        return ", ".join(name for name, value in needed.items() if value is None)

    def no_share(self, unit: str, *also: str) -> str:
        """Why readings in `unit` do not tell how much ligand is bound; `also` is missing too."""
        missing = ", ".join(part for part in (*also, self.unstated(unit)) if part)
        if missing:
            return f"The study does not give: {missing}."
        return f"Readings in {unit} do not tell how much ligand is bound."


def to_nm(values: Floats, unit: str, study: RadioStudy) -> Floats:
    """Concentrations in nM from any unit of concentration, or from counts added to the volume.

    L(nM) = dpm / (dpm per fmol x volume in ml x 1000).
    """
    if quantity_of(unit) == "concentration":
        change = converter(unit, "nM", what="concentration")
        return np.array([change(float(value)) for value in values])
    per_fmol, volume = study.per_fmol(unit), study.volume_ml()
    if per_fmol is None or volume is None:
        raise InputError(
            f"ligand added in {unit!r} needs specific_activity, volume (and efficiency for cpm) "
            "in the study"
        )
    return values / (per_fmol * volume * 1000)
