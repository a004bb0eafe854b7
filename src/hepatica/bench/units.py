"""Units of the bench: concentration, time, radioactivity, amount, mass per volume."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches

from hepatica.errors import InputError

__all__ = ["QUANTITIES", "canonical", "converter", "quantity_of"]

# unit -> factor to the first unit of its quantity
QUANTITIES: Mapping[str, Mapping[str, float]] = {
    "concentration": {
        "nM": 1.0,
        "M": 1e9,
        "mM": 1e6,
        "µM": 1e3,
        "pM": 1e-3,
        "fM": 1e-6,
        "log10 M": 0.0,  # a logarithm: converted below, never by a factor
    },
    "time": {"min": 1.0, "s": 1 / 60, "h": 60.0, "d": 1440.0},
    "radioactivity": {
        "dpm": 1.0,
        "Bq": 60.0,
        "kBq": 6e4,
        "MBq": 6e7,
        "Ci": 2.22e12,
        "mCi": 2.22e9,
        "µCi": 2.22e6,
        "nCi": 2.22e3,
    },
    "counts": {"cpm": 1.0, "cps": 60.0},
    "amount": {"fmol": 1.0, "pmol": 1e3, "amol": 1e-3},
    "density": {"fmol/mg": 1.0, "pmol/mg": 1e3},
    "mass concentration": {
        "pg/ml": 1.0,
        "fg/ml": 1e-3,
        "ng/ml": 1e3,
        "µg/ml": 1e6,
        "mg/ml": 1e9,
    },
    "mass": {"mg": 1.0, "µg": 1e-3, "ng": 1e-6, "g": 1e3},
    "volume": {"ml": 1.0, "µl": 1e-3, "L": 1e3},
    "arbitrary": dict.fromkeys(("a.u.", "RFU", "RLU", "AU", "OD", "%", "fold"), 1.0),
    "specific activity": {
        "Ci/mmol": 1.0,
        "mCi/mmol": 1e-3,
        "Ci/mol": 1e-3,
        "TBq/mmol": 1e3 / 37.0,
        "GBq/mmol": 1 / 37.0,
        "MBq/mmol": 1e-3 / 37.0,
        "kBq/mmol": 1e-6 / 37.0,
    },
}

_PREFIX = re.compile(r"\b[afpnµmkMGTP](?=(mol|Ci|Bq|g|l|L|M)\b)")
_SPELLINGS = {
    "log M": "log10 M",
    "log(M)": "log10 M",
    "log10(M)": "log10 M",
    "log10M": "log10 M",
    "mol/l": "M",
    "mol/L": "M",
    "nmol/l": "nM",
    "nmol/L": "nM",
    "µmol/l": "µM",
    "µmol/L": "µM",
    "mmol/l": "mM",
    "mmol/L": "mM",
    "pmol/l": "pM",
    "pmol/L": "pM",
    "minutes": "min",
    "minute": "min",
    "mins": "min",
    "sec": "s",
    "seconds": "s",
    "second": "s",
    "hours": "h",
    "hour": "h",
    "hr": "h",
    "CPM": "cpm",
    "DPM": "dpm",
    "fmol/mg protein": "fmol/mg",
    "pmol/mg protein": "pmol/mg",
    "µL": "µl",
    "mL": "ml",
    "l": "L",
}


def canonical(unit: str) -> str:
    """`unit` in the one spelling used here: 'uM' and 'μM' become 'µM', 'pg/mL' becomes 'pg/ml'."""
    text = " ".join(unit.split()).replace("\u03bc", "µ").replace("μ", "µ")
    text = _SPELLINGS.get(text, text)
    if text.startswith("u") and len(text) > 1 and (text[1] in "MglLC" or text.startswith("umol")):
        text = "µ" + text[1:]
    text = _SPELLINGS.get(text, text)
    return text.replace("/mL", "/ml").replace("/mg prot.", "/mg")


def quantity_of(unit: str) -> str | None:
    """The quantity that `unit` measures, or None for a unit that is not known here."""
    name = canonical(unit)
    return next((quantity for quantity, units in QUANTITIES.items() if name in units), None)


def _scaled(unit: str, other: str) -> bool:
    """Whether the two differ by a prefix such as m or µ only: taking one for the other is an error
    of a thousandfold, so neither is a hint for the other."""
    return _PREFIX.sub("", unit) == _PREFIX.sub("", other)


def converter(unit: str, target: str, *, what: str) -> Callable[[float], float]:
    """A function from `unit` to `target`, both of one quantity.

    Raises InputError for a unit that is not known or of another quantity.
    """
    source, aim = canonical(unit), canonical(target)
    quantity = quantity_of(aim)
    units = QUANTITIES[quantity] if quantity else {aim: 1.0}
    if source not in units:
        known = ", ".join(units)
        alike = {name.lower(): name for name in list(units)[::-1]}
        close = [
            *filter(None, [alike.get(source.lower())]),
            *(near for near in get_close_matches(source, list(units)) if not _scaled(near, source)),
        ]
        near = close[0] if close else None
        hint = f"; did you mean {near!r}?" if near else ""
        raise InputError(f"{what}: the unit {unit!r} is not one of {known}{hint}")
    if source == "log10 M":
        return lambda value: 10.0**value * (1e9 / units[aim])
    factor = units[source] / units[aim]
    return lambda value: value * factor
