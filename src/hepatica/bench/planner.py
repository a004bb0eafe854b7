"""The assay planner: will the signal be large enough, is the ligand depleted, is n enough."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from hepatica.bench.hypotheses import measures
from hepatica.bench.planning import (
    Point,
    binding_point,
    counting_sd,
    equilibrium_minutes,
    least_koff,
)
from hepatica.bench.profile import samples_per_group
from hepatica.bench.radioactivity import quantity
from hepatica.bench.result import AssayResult, Check, Estimate, Panel, Series, Status, Verdict
from hepatica.bench.study import Study as Base
from hepatica.bench.study import read_study, study_from
from hepatica.bench.wording import number
from hepatica.errors import InputError

__all__ = ["Binding", "Groups", "Plan", "plan", "read_plan"]

_BARE = re.compile(r"[-+.\d]+([eE][-+]?\d+)?")
MOST_PROTEIN = 5.0  # mg a well; a guard against µg written as mg, our choice
SPECIFIC = 0.8  # share of the total at Kd: Assay Guidance Wiki, section 5, receptor binding (NIH)
# Bench specification section 0 and its literature constants.
SOURCED = {
    ("bmax", 34.8): "human vascular smooth muscle, Elsevier 1999 abstract (seen)",
    ("bmax", 603.0): "rat hepatocyte membranes, PMID 39661185 page (seen)",
    ("kd", 2.95): "[3H]SR49059, human liver membranes, BBRC 1994;199:353 (seen)",
    ("kd", 0.63): "[3H]SR49059, rat liver membranes, BBRC 1994;199:353 (seen)",
    ("kd", 1.48): "[3H]SR49059, rat kidney medulla, Kidney Int 1996;50:499 (seen)",
}


class Binding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned saturation binding experiment.

    Quantities stand with their units: `bmax` ("34.8 fmol/mg"), `kd` ("2.95 nM"), `protein` a well
    ("100 µg"), `volume` ("0.25 ml"), `specific_activity` ("45 Ci/mmol"), `concentrations` of the
    ligand added ("0.1, 0.3, 1, 3, 10 nM", or a list). `efficiency` of counting, `minutes` of
    incubation; `koff` in 1/min and `nonspecific` (share of the added ligand) where they are known.
    `background` in cpm, `count_minutes` and `replicates` for the error of counting. `least_cpm`, a
    laboratory default, is the smallest specific signal; its share of the total at Kd must be above
    `least_fraction`, 0.8 after the Assay Guidance Wiki, section 5, receptor binding.
    """

    bmax: str | float
    kd: str | float
    protein: str | float
    volume: str | float = "0.25 ml"
    concentrations: str | tuple[str | float, ...] = "0.1, 0.3, 1, 3, 10 nM"
    specific_activity: str | float = "45 Ci/mmol"
    efficiency: float = 0.48
    minutes: float = 60.0
    koff: float | None = None
    nonspecific: float | None = None
    background: float = 20.0
    count_minutes: float = 5.0
    replicates: int = 2
    least_cpm: float = 500.0
    least_fraction: float = SPECIFIC
    tissue: str | None = None

    def __post_init__(self) -> None:
        for name in ("minutes", "count_minutes", "least_cpm"):
            if not 0 < getattr(self, name) < 1e9:
                raise ValueError(f"{name}: {getattr(self, name)!r}; expected more than 0")
        if not 0 < self.efficiency <= 1:
            raise ValueError(f"efficiency: {self.efficiency!r}; expected a share up to 1")
        if self.koff is not None and self.koff <= 0:
            raise ValueError(f"koff: {self.koff!r}; expected 1/min above 0")
        if self.nonspecific is not None and not 0 <= self.nonspecific < 1:
            raise ValueError(f"nonspecific: {self.nonspecific!r}; expected a share below 1")
        if self.background < 0 or self.replicates < 1:
            raise ValueError("background: 0 or more; replicates: 1 or more")


@dataclass(frozen=True, kw_only=True)
class _Amounts:
    """The quantities of a plan in one unit each: fmol/mg, nM, mg, ml, Ci/mmol."""

    bmax: float
    kd: float
    protein: float
    volume: float
    specific_activity: float
    added: tuple[float, ...]


def _amounts(b: Binding) -> _Amounts:
    protein = quantity(b.protein, "mg", what="protein")
    if protein > MOST_PROTEIN:
        raise InputError(
            f"plan: protein {b.protein!r} a well; expected at most {MOST_PROTEIN:g} mg: is it in "
            "µg?"
        )
    return _Amounts(
        bmax=quantity(b.bmax, "fmol/mg", what="bmax"),
        kd=quantity(b.kd, "nM", what="kd"),
        protein=protein,
        volume=quantity(b.volume, "ml", what="volume"),
        specific_activity=quantity(b.specific_activity, "Ci/mmol", what="specific_activity"),
        added=_concentrations(b.concentrations),
    )


def _concentrations(given: str | tuple[str | float, ...]) -> tuple[float, ...]:
    """nM of a list of texts with units, or of one text whose last number carries it for all."""
    entries = tuple(part.strip() for part in given.split(",")) if isinstance(given, str) else given
    if not entries:
        raise InputError("plan: concentrations: none is given, such as '0.1, 0.3, 1, 3, 10 nM'")
    texts = [entry if isinstance(entry, str) else f"{entry:.12g}" for entry in entries]
    bare = [text for text in texts if _BARE.fullmatch(text)]
    if len(bare) == len(texts):
        listed = ", ".join(bare)
        raise InputError(
            f"plan: concentrations {listed}: give their unit, such as 'concentrations: {listed} nM'"
        )
    if isinstance(given, str):
        unit = texts[-1].lstrip("+-.0123456789eE ")
        texts = [f"{text} {unit}" if text in bare else text for text in texts]
    return tuple(quantity(text, "nM", what="concentrations") for text in texts)


class Groups(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A planned comparison: `fold` change to be seen, `sd` of log2 values between patients.

    Without `sd` the assumed one of the measure is taken, and marked.
    """

    measure: str
    fold: float
    sd: float | None = None
    power: float = 0.8
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if self.measure not in measures():
            known = ", ".join(measures())
            raise ValueError(f"measure: {self.measure!r} is not one of {known}")
        if self.fold <= 0 or self.fold == 1:
            raise ValueError(f"fold: {self.fold!r}; expected a ratio other than 1, above 0")
        if self.sd is not None and not 0 < self.sd < 20:
            raise ValueError(f"sd: {self.sd!r}; expected a log2 SD above 0")
        if not 0.5 <= self.power < 1 or not 0 < self.alpha < 0.5:
            raise ValueError("power: 0.5 to below 1; alpha: above 0 to 0.5")


class Plan(Base, frozen=True, kw_only=True):
    """What is planned: a binding experiment, comparisons of groups, or both."""

    binding: Binding | None = None
    groups: tuple[Groups, ...] = ()


def read_plan(path: Path) -> Plan:
    """The plan in the YAML file `path`; InputError names what is wrong."""
    return read_study(path, Plan)


def plan(data: Mapping[str, Any] | Plan) -> AssayResult:
    """Expected signal, depletion, time and n of a plan, with what fails and what was assumed.

    `data` is a Plan or a mapping with its keys. InputError for an empty plan or wrong keys.
    """
    given = study_from(data, Plan, source="plan")
    if given.binding is None and not given.groups:
        raise InputError("the plan is empty: describe 'binding' or 'groups'")
    estimates: list[Estimate] = []
    checks: list[Check] = []
    warnings: list[str] = []
    notes: list[str] = []
    panels: tuple[Panel, ...] = ()
    if given.binding is not None:
        panels = _binding(given.binding, estimates, checks, warnings, notes)
    for entry in given.groups:
        _group(entry, estimates, notes)
    return AssayResult(
        assay="plan",
        title=given.title or "Assay plan",
        estimates=tuple(estimates),
        checks=tuple(checks),
        warnings=tuple(warnings),
        notes=tuple(notes),
        methods=(
            "Bound ligand from the exact mass balance; dpm/fmol = 2.22 Ci/mmol.",
            "97 % of equilibrium after 5 ln 2 / (kon L + koff); at low ligand koff decides.",
            "n in each group for a two-sided t test on log2 values (non-central t).",
            "A plan computes what would be seen if its figures hold; it is no measurement.",
        ),
        panels=panels,
    )


def _binding(
    b: Binding,
    estimates: list[Estimate],
    checks: list[Check],
    warnings: list[str],
    notes: list[str],
) -> tuple[Panel, ...]:
    a = _amounts(b)
    points = [_point(b, a, added) for added in a.added]
    whole = a.bmax * a.protein
    largest = whole * 2.22 * a.specific_activity * b.efficiency
    estimates.append(Estimate(name="receptor in a well", value=whole, unit="fmol", method="plan"))
    estimates.append(
        Estimate(name="specific signal at saturation", value=largest, unit="cpm", method="plan")
    )
    for point in points:
        label = f"{point.ligand:g} nM"
        estimates += [
            Estimate(name="specific signal", value=point.specific_cpm, unit="cpm", group=label,
                     method="plan"),
            Estimate(name="depletion", value=point.depletion, group=label, method="plan"),
        ]  # fmt: skip
    small = largest < b.least_cpm
    checks.append(
        Check(name="signal at saturation", value=largest,
              status=Status.FAILED if small else Status.PASSED,
              criterion=f"{b.least_cpm:g} cpm or more (laboratory default)")
    )  # fmt: skip
    if small:
        needed = a.protein * b.least_cpm / largest
        warnings.append(
            f"The signal may be too small to measure: all receptors in a well give "
            f"{number(largest, 3)} cpm. {number(needed, 3)} mg of protein a well would give "
            f"{b.least_cpm:g}; or take a hotter ligand, or a tissue with more receptor."
        )
    worst = max(points, key=lambda point: point.depletion)
    checks.append(
        Check(name="ligand depletion", value=worst.depletion,
              status=Status.FAILED if worst.depletion > 0.1 else Status.PASSED,
              criterion="10 % or less, or a fit that accounts for it",
              note=f"at {worst.ligand:g} nM; fit total binding with depletion"
              if worst.depletion > 0.1 else None)
    )  # fmt: skip
    _specific(b, a, points, checks, estimates)
    _time(b, checks, estimates)
    low, high = min(a.added) / a.kd, max(a.added) / a.kd
    checks.append(
        Check(name="range of concentrations", value=f"{low:.2g} to {high:.2g} times Kd",
              status=Status.PASSED if low <= 0.2 and high >= 5 else Status.FAILED,
              criterion="from 0.2 Kd or less to 5 Kd or more (laboratory default)")
    )  # fmt: skip
    for key, value, unit in (("bmax", a.bmax, "fmol/mg"), ("kd", a.kd, "nM")):
        source = SOURCED.get((key, value), "yours: give its source in your protocol")
        notes.append(f"{key} {value:g} {unit}: {source}")
    notes.append(
        "background, count time, least signal: laboratory defaults"
        + ("; tissue: " + b.tissue if b.tissue else "")
    )
    return (_panel(b, a, points),)


def _point(b: Binding, a: _Amounts, added: float) -> Point:
    return binding_point(
        added_nM=added, bmax_fmol_mg=a.bmax, kd_nM=a.kd, protein_mg=a.protein, volume_ml=a.volume,
        specific_activity=a.specific_activity, efficiency=b.efficiency, nonspecific=b.nonspecific,
    )  # fmt: skip


def _specific(
    b: Binding, a: _Amounts, points: list[Point], checks: list[Check], estimates: list[Estimate]
) -> None:
    source = "Assay Guidance Wiki, section 5" if b.least_fraction == SPECIFIC else "yours"
    criterion = f"more than {100 * b.least_fraction:g} % of the total at Kd ({source})"
    at = _point(b, a, a.kd)
    if at.nonspecific_cpm is None or at.specific_fraction is None:
        checks.append(
            Check(name="specific fraction", status=Status.NOT_ASSESSED, criterion=criterion,
                  note="non-specific binding of the ligand is not known: measure it first")
        )  # fmt: skip
        return
    estimates += [
        Estimate(name="specific fraction", value=point.specific_fraction, method="plan",
                 group=f"{point.ligand:g} nM")
        for point in (*points, at)
    ]  # fmt: skip
    noise = counting_sd(at.specific_cpm, at.nonspecific_cpm, b.background, b.count_minutes)
    noise /= b.replicates**0.5
    checks.append(
        Check(name="specific fraction", value=at.specific_fraction, criterion=criterion,
              status=Status.PASSED if at.specific_fraction > b.least_fraction else Status.FAILED,
              note=f"at Kd {number(at.specific_cpm, 3)} specific on "
              f"{number(at.nonspecific_cpm, 3)} non-specific cpm; counting alone scatters "
              f"by {number(noise, 2)} cpm")
    )  # fmt: skip


def _time(b: Binding, checks: list[Check], estimates: list[Estimate]) -> None:
    name, criterion = "time to equilibrium", "97 % of equilibrium at low ligand"
    needed = least_koff(b.minutes)
    if b.koff is None:
        checks.append(
            Check(name=name, status=Status.NOT_ASSESSED, criterion=criterion,
                  note=f"koff is not known; {b.minutes:g} min are enough only if it is "
                  f"{needed:.3f}/min or more: measure dissociation first")
        )  # fmt: skip
        return
    minutes = equilibrium_minutes(b.koff)
    estimates.append(Estimate(name=name, value=minutes, unit="min", method="5 ln 2 / koff"))
    checks.append(
        Check(name=name, value=minutes, criterion=f"{criterion} within {b.minutes:g} min",
              status=Status.PASSED if minutes <= b.minutes else Status.FAILED)
    )  # fmt: skip


def _group(entry: Groups, estimates: list[Estimate], notes: list[str]) -> None:
    from math import log2

    measure = measures()[entry.measure]
    sd = entry.sd if entry.sd is not None else measure.sd
    label = f"{measure.name}, {entry.fold:g}-fold, log2 SD {sd:g}"
    try:
        n = samples_per_group(log2(entry.fold), sd, entry.power, entry.alpha)
    except ValueError as error:
        estimates.append(Estimate(name="n in each group", group=label,
                                  verdict=Verdict.NOT_ESTIMABLE, reason=str(error)))  # fmt: skip
        return
    estimates.append(
        Estimate(name="n in each group", value=float(n), group=label,
                 method=f"power {entry.power:g}, alpha {entry.alpha:g}, two-sided t test")
    )  # fmt: skip
    if entry.sd is None:
        notes.append(f"log2 SD {sd:g} of {measure.name} is ASSUMED: give your own")


def _panel(b: Binding, a: _Amounts, points: list[Point]) -> Panel:
    x = [a.kd * 10 ** (step / 20) for step in range(-40, 31)]
    curve = [_point(b, a, value) for value in x]
    series = [
        Series(label="specific", kind="line", x=tuple(x), y=tuple(c.specific_cpm for c in curve)),
        Series(label="planned", kind="points", x=tuple(p.ligand for p in points),
               y=tuple(p.specific_cpm for p in points)),
    ]  # fmt: skip
    if b.nonspecific is not None:
        series.append(
            Series(label="non-specific", kind="line", x=tuple(x), colour=1, dashed=True,
                   y=tuple(c.nonspecific_cpm or 0.0 for c in curve))
        )  # fmt: skip
    return Panel(
        title="Expected counts in one well", x_label="radioligand added (nM)", y_label="cpm",
        x_scale="log", series=tuple(series), y_marks=(b.least_cpm,), x_marks=(a.kd,),
        note="dotted: Kd, least signal",
    )  # fmt: skip
