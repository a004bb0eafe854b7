"""What an inositol phosphate table and its study file hold."""

from __future__ import annotations

from typing import Literal

from hepatica.bench.study import Study as Base
from hepatica.bench.table import Column

__all__ = ["COLUMNS", "Study"]

COLUMNS = (
    Column(name="agonist", unit="nM"),
    Column(name="time", unit="min"),
    Column(name="signal", negative=True, missing=True),
    Column(name="phase", label=True, required=False, choices=("accumulation", "recovery")),
    Column(name="group", label=True, required=False),
    Column(name="experiment", label=True, required=False),
)


class Study(Base, frozen=True, kw_only=True):
    """The study of an inositol phosphate time course.

    `lithium`: yes where it blocked the loss of product, so that the signal only rises; no where the
    product was lost while it was made, which is then fitted as well. Rows of the phase "recovery"
    hold the response at a time after washout.
    """

    lithium: bool | None = None
    weights: Literal["none", "1/y", "1/y2"] = "none"
