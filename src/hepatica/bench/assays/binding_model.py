"""Which model a saturation curve is fitted with, and what it holds fixed."""

from __future__ import annotations

from hepatica.bench.assays.binding_readings import Bound
from hepatica.bench.assays.binding_study import Study
from hepatica.bench.model import Model
from hepatica.bench.models.depletion import depletion_model
from hepatica.bench.models.hill import HILL
from hepatica.bench.models.nonspecific import with_nonspecific
from hepatica.bench.models.one_site import ONE_SITE
from hepatica.bench.models.two_site import TWO_SITE
from hepatica.bench.tested import Tested
from hepatica.errors import InputError

__all__ = ["MOST_DEPLETED", "choose", "described", "fixed_of", "unreached"]

MODELS = {"one-site": ONE_SITE, "hill": HILL, "two-site": TWO_SITE}
MOST_DEPLETED = 0.10


def choose(bound: Bound, study: Study) -> tuple[str, Model, dict[str, float]]:
    """The name of the model, the model, and the parameters held at a value.

    InputError for depletion without the units that it needs.
    """
    name: str = study.model
    if name == "auto":
        share = bound.depleted()
        name = "depletion" if share is not None and share > MOST_DEPLETED else "one-site"
    if name != "depletion":
        return name, with_nonspecific(MODELS[name]), fixed_of(bound, study)
    if bound.per_nm is None:
        raise InputError(
            "the depletion model needs volume, specific_activity (and efficiency for cpm, "
            "protein for fmol/mg) in the study"
        )
    return name, depletion_model(bound.per_nm), {}


def fixed_of(bound: Bound, study: Study) -> dict[str, float]:
    """Non-specific binding and background where the readings have none."""
    fixed = {"NS": 0.0, "background": 0.0} if bound.specific else {}
    return fixed | ({"background": 0.0} if study.background == "none" else {})


def unreached(tested: Tested | None, kd: float) -> str | None:
    """Why a Bmax is extrapolated: Kd lies above every concentration. None where it does not."""
    if tested is None or kd <= tested.high:
        return None
    reached = tested.high / (tested.high + kd)
    return f"the highest concentration occupies {100 * reached:.0f} % of the sites"


def described(name: str, bound: Bound, study: Study) -> tuple[str, str]:
    """The model in a few words, and what was done as a sentence."""
    words = depletion_model(1.0).name if name == "depletion" else MODELS[name].name
    held = " without background" if study.background == "none" and name != "depletion" else ""
    if bound.specific:
        return f"{words}, specific binding", (
            "Specific binding, as given, fitted by least squares; whatever was subtracted before "
            "is not known here. Scatchard points are drawn, never fitted."
        )
    if bound.nonspecific:
        return f"{words}, total and non-specific", (
            f"Total and non-specific binding fitted together{held} by least squares; non-specific "
            "binding is shared and never subtracted; Scatchard points are drawn, never fitted."
        )
    return f"{words}, total binding", (
        f"Total binding fitted by least squares with a non-specific part{held} in the model, as no "
        "well measured it; Scatchard points are drawn, never fitted."
    )
