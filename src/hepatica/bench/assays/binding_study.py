"""What a saturation binding table and its study file hold."""

from __future__ import annotations

from typing import Literal

from hepatica.bench.radioactivity import RadioStudy
from hepatica.bench.table import Column

__all__ = ["COLUMNS", "Study"]

SIGNALS = ("counts", "radioactivity", "amount", "density", "arbitrary")
COLUMNS = (
    Column(name="concentration", quantities=("concentration", "counts", "radioactivity")),
    Column(name="kind", label=True, required=False, choices=("total", "nonspecific", "specific")),
    Column(name="signal", quantities=SIGNALS, negative=True, missing=True),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)


class Study(RadioStudy, frozen=True, kw_only=True):
    """The study of a saturation experiment.

    `model`: auto (one site, with depletion where more than 10 % of the ligand is bound and the
    units allow it), one-site, hill, two-site, depletion. `readings` says what the rows are where
    the table has no column "kind". `weights`: none, 1/y, 1/y2.
    """

    model: Literal["auto", "one-site", "hill", "two-site", "depletion"] = "auto"
    readings: Literal["total", "specific"] | None = None
    weights: Literal["none", "1/y", "1/y2"] = "none"
    background: Literal["fitted", "none"] = "fitted"
