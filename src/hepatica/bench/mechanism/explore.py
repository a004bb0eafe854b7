"""Scenarios of the mechanism model as a report: read-outs, robustness, what could be identified."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, log

import numpy as np

from hepatica.bench.arrays import Floats
from hepatica.bench.hypotheses import Change, Hypothesis, hypotheses, measures
from hepatica.bench.mechanism.assumptions import assumptions
from hepatica.bench.mechanism.readouts import (
    CAVEAT,
    SEEN,
    assumed,
    changes,
    dose_response,
    log2_changes,
    readouts,
    shipped,
)
from hepatica.bench.mechanism.rechallenge import PROTOCOL, rechallenge
from hepatica.bench.mechanism.simulate import simulate
from hepatica.bench.result import AssayResult, Estimate, Panel, Series, Verdict
from hepatica.errors import InputError

__all__ = ["CAVEAT", "DRAWN", "draw_constants", "explore", "sensitivity"]

NOISE = 1e-3  # a log2 change below it is the solver's own
# The 17 parameters that the robustness draws vary (bench specification section 4).
DRAWN = ("kdes", "kint", "krec", "krecP", "klys", "kturn", "dm", "KE", "kG", "kplc", "kres", "k21",
         "kimp", "kon", "C50", "hC", "KdV")  # fmt: skip
WASHOUTS = (3.0, 60.0)  # min
UNITS = {"bmax": "fmol/mg", "lvp_ec50": "nM", "agonist_ki": "nM", "peptidase_ec50": "nM"}


def explore(
    names: Sequence[str] = (),
    *,
    constants: Mapping[str, float] | None = None,
    draws: int = 0,
    sensitivities: bool = False,
    seed: int = 20261122,
    on_progress: Callable[[int], None] | None = None,
) -> AssayResult:
    """The read-outs of the model and their log2 change under the hypotheses `names` (all without).

    `constants` replaces parameters of the model in every scenario. With `draws` the changes get the
    5th to 95th percentile over that many parameter sets, times and divided by up to 3;
    `on_progress` is told how many are done. InputError for a name or parameter that does not exist.
    """
    known = hypotheses()
    for name in names:
        if name not in known:
            raise InputError(f"no hypothesis {name!r}; there are: {', '.join(known)}")
    chosen = [known[name] for name in names] or list(known.values())
    given = dict(constants or {})
    shipped().parameters(given)
    base = readouts(base=given)
    estimates = [
        Estimate(name=f"{name} (assumed model)", group="unaffected", value=value,
                 unit=UNITS.get(name), method="mechanism model, assumed parameters")
        for name, value in base.values.items()
    ]  # fmt: skip
    ranges = _ranges(chosen, draws, seed, given, on_progress) if draws else {}
    for hypothesis in chosen:
        shifts = log2_changes(readouts(hypothesis.model, given), base)
        for name, value in shifts.items():
            estimates.append(_change(hypothesis, name, value, ranges.get((hypothesis.id, name))))
    estimates += _rechallenged(chosen, given)
    marks = assumptions(chosen, given)
    notes = [
        *(f"{name}: {measure.name}" for name, measure in measures().items()),
        *marks,
        *(f"{n} = {shipped().values[n]:g}: {why}" for n, why in SEEN.items() if n not in given),
    ]
    if sensitivities:
        notes += _identifiable(given)
    return AssayResult(
        assay="model",
        title="Mechanism model of terlipressin resistance: scenarios",
        estimates=tuple(estimates),
        warnings=(CAVEAT,),
        notes=tuple(notes),
        methods=(
            "knowledge/models/v1a_terlipressin (Antimony and SBML Level 3), scipy LSODA.",
            "Inositol phosphate after 30 min under lithium; EC50 at half the response at "
            "saturation; fade: rate at 45 to 60 min over 0 to 5 min; surface: share outside after "
            "60 min; both at 100 nM lysine-vasopressin; arm with the donor's own peptidase: "
            "conversion at 0.02/min (assumed).",
            f"Rechallenge: {PROTOCOL}.",
        ),
        panels=_panels(chosen, given),
        caption=(CAVEAT, *marks),
    )


def _rechallenged(chosen: Sequence[Hypothesis], given: Mapping[str, float]) -> list[Estimate]:
    """A second exposure over a first one, after a short and a long washout."""
    rows = [("unaffected", Change()), *((hypothesis.id, hypothesis.model) for hypothesis in chosen)]
    return [
        Estimate(name=f"rechallenge after {washout:g} min (assumed model)", group=group,
                 value=value, method="mechanism model, assumed parameters")
        for group, change in rows
        for washout, value in zip(WASHOUTS, rechallenge(WASHOUTS, change, given), strict=True)
    ]  # fmt: skip


def _change(
    hypothesis: Hypothesis, name: str, value: float, bounds: tuple[float, float] | None
) -> Estimate:
    expected = hypothesis.expectation(name)
    label = f"{hypothesis.id}: {name}"
    value = 0.0 if abs(value) < NOISE else value
    if bounds:
        bounds = tuple(0.0 if abs(end) < NOISE else end for end in bounds)  # type: ignore[assignment]
    unsure = None if expected.change != "varies" else f"not robust: {expected.why}"
    return Estimate(
        name="log2 change (assumed model)", group=label, value=value,
        low=min(bounds[0], value) if bounds else None,
        high=max(bounds[1], value) if bounds else None, level=0.9,
        method="mechanism model, assumed parameters"
        + ("; 5th to 95th percentile over parameter draws" if bounds else ""),
        verdict=Verdict.EXTRAPOLATED if unsure else Verdict.OK, reason=unsure,
    )  # fmt: skip


def draw_constants(rng: np.random.Generator, given: Mapping[str, float]) -> dict[str, float]:
    """One set of the drawn parameters, log-uniform between a third and three times their value."""
    values = dict(shipped().values) | dict(given)
    return dict(given) | {
        name: values[name] * exp(float(rng.uniform(-log(3), log(3)))) for name in DRAWN
    }


def _ranges(
    chosen: Sequence[Hypothesis],
    draws: int,
    seed: int,
    given: Mapping[str, float],
    on_progress: Callable[[int], None] | None,
) -> dict[tuple[str, str], tuple[float, float]]:
    if not 20 <= draws <= 10_000:
        raise InputError(f"draws {draws!r}: expected 20 to 10000")
    rng = np.random.default_rng(seed)
    held: dict[tuple[str, str], list[float]] = {}
    for done in range(draws):
        if on_progress is not None:
            on_progress(done)
        drawn = draw_constants(rng, given)
        try:
            base = readouts(base=drawn)
            rows = {h.id: log2_changes(readouts(h.model, drawn), base) for h in chosen}
        except InputError:
            continue  # a draw without a rising late response has no fade
        for key, row in rows.items():
            for name, value in row.items():
                held.setdefault((key, name), []).append(value)
    if not held:
        raise InputError("no draw gave a response; set fewer parameters far from their values")
    return {
        key: (float(np.percentile(rows, 5)), float(np.percentile(rows, 95)))
        for key, rows in held.items()
    }


def sensitivity(given: Mapping[str, float] | None = None) -> tuple[tuple[str, ...], Floats]:
    """d log measure / d log parameter: names of the assumed ones, measures x parameters."""
    base = dict(given or {})
    values = dict(shipped().values) | base
    names = tuple(name for name in assumed() if values[name] > 0)
    step = 0.02
    columns = []
    for name in names:
        up, down = (
            readouts(base=base | {name: values[name] * exp(sign * step)}) for sign in (1, -1)
        )
        columns.append([log(up[m] / down[m]) / (2 * step) for m in up.values])
    return names, np.array(columns).T


def _identifiable(given: Mapping[str, float]) -> list[str]:
    names, matrix = sensitivity(given)
    size = np.linalg.svd(matrix, compute_uv=False)
    rank = int((size > 1e-3 * size[0]).sum())
    notes = [
        f"identifiability: {len(measures())} measures fix at most {rank} combinations of "
        f"{len(names)} assumed parameters; single parameters cannot be read from them"
    ]
    for row, name in zip(matrix, readouts(base=given).values, strict=True):
        order = np.argsort(-np.abs(row))[:3]
        told = ", ".join(f"{names[i]} {row[i]:+.2f}" for i in order if abs(row[i]) > 0.01)
        if told:
            notes.append(f"{measures()[name].name} moves most with (log-log): {told}")
    return notes


def _panels(chosen: Sequence[Hypothesis], given: Mapping[str, float]) -> tuple[Panel, ...]:
    doses = np.geomspace(1e-2, 1e4, 19)
    curves, courses = [], []
    times = list(range(0, 61, 3))
    shown = [("unaffected", Change()), *((h.id, h.model) for h in chosen)]
    for colour, (label, change) in enumerate(shown):
        y = dose_response(doses, change, base=given)
        curves.append(
            Series(label=label, kind="line", x=tuple(doses.tolist()), y=tuple(y), colour=colour,
                   dashed=colour == 0)
        )  # fmt: skip
        constants = changes(change, given)
        start: dict[str, float] = {}
        if change.hours:
            start = simulate(shipped(), [0, change.hours * 60], constants=constants).end
        course = simulate(shipped(), times, constants=constants, start=start | {"V": 100.0})
        courses.append(
            Series(label=label, kind="line", x=tuple(map(float, times)), colour=colour,
                   y=tuple(course["IPtot"].tolist()), dashed=colour == 0)
        )  # fmt: skip
    return (
        Panel(title="Model: 30 min of agonist (assumed)", x_label="lysine-vasopressin (nM)",
              y_label="inositol phosphate (model units)", x_scale="log", series=tuple(curves)),
        Panel(title="Model: 100 nM over time (assumed)", x_label="time (min)",
              y_label="inositol phosphate (model units)", series=tuple(courses)),
    )  # fmt: skip
