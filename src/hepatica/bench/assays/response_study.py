"""What a concentration-response table and its study file hold."""

from __future__ import annotations

from typing import Literal

import msgspec

from hepatica.bench.models.logistic import FIVE_EFFECT, FOUR, THREE
from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column

__all__ = ["COLUMNS", "MODELS", "Study", "held"]

COLUMNS = (
    Column(name="dose", unit="nM"),
    Column(name="response", negative=True, missing=True),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
    Column(name="well", label=True, required=False, choices=("sample", "high", "low")),
)
MODELS = {"three": THREE, "four": FOUR, "five": FIVE_EFFECT}


class Study(Base, frozen=True, kw_only=True):
    """The study of a concentration-response experiment.

    `model`: three, four or five parameters (in Prism's form, or where it fits plainly better in the
    one that mirrors it), or operational (groups are conditions that differ in receptor number; the
    control first). `zero` and `end` hold the response without drug and at
    infinite dose at a known value. `effective_doses`: per cents of the effect whose doses are
    wanted, such as [10, 90]. `q`: measured receptor number as a share of the control's, by group,
    for the operational model; `slope: free` lets its transducer slope differ from 1. Rows whose
    column "well" says high or low are plate controls.
    """

    model: Literal["three", "four", "five", "operational"] = "four"
    weights: Literal["none", "1/y", "1/y2"] = "none"
    zero: float | None = None
    end: float | None = None
    effective_doses: tuple[float, ...] = ()
    slope: Literal["one", "free"] = "one"
    q: dict[str, float] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        for percent in self.effective_doses:
            if not 0 < percent < 100:
                raise ValueError(f"effective dose {percent!r}: expected per cents such as 10")
        if self.slope == "free" and self.model != "operational":
            raise ValueError(
                "slope: free belongs to 'model: operational'; 'model: four' has a free Hill slope"
            )
        for group, share in self.q.items():
            if not 0 < share <= 100:
                raise ValueError(f"q of {group!r}: {share!r}; expected a ratio above 0")


def held(study: Study) -> dict[str, float]:
    """The plateaus that the study gives a value."""
    return {
        name: value
        for name, value in (("zero", study.zero), ("end", study.end))
        if value is not None
    }
