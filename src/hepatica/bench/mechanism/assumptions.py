"""What of the mechanism model is assumed, as every output of it must show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.bench.hypotheses import Change, Hypothesis
from hepatica.bench.mechanism.readouts import PELLET, assumed, provenance, shipped

__all__ = ["assumptions"]


def assumptions(
    chosen: Sequence[Hypothesis], given: Mapping[str, float] | None = None
) -> tuple[str, ...]:
    """A line for what each hypothesis sets, for the assumed parameters, for those in `given`.

    `given` are parameters that the caller replaced, in the units of the model.
    """
    mine, values = given or {}, shipped().values
    return (
        *(f"assumed under {h.name!r} ({h.id}): {_told(h.model, mine)}" for h in chosen),
        "assumed: " + ", ".join(f"{n} = {values[n]:g}" for n in assumed() if n not in mine),
        f"assumed: {PELLET}",
        *(
            f"set by you: {name} = {value:g} (in the model {values[name]:g}, {provenance(name)})"
            for name, value in mine.items()
        ),
    )


def _told(change: Change, given: Mapping[str, float]) -> str:
    """What a hypothesis sets in the model, in words."""
    values = dict(shipped().values) | dict(given)
    parts = [
        f"{name} x{factor:g} ({values[name] * factor:g} for {values[name]:g})"
        for name, factor in change.multiply.items()
    ]
    parts += [f"{name} = {value:g} (for {values[name]:g})" for name, value in change.set.items()]
    if change.peptidase != 1:
        parts.append(f"conversion by the own peptidase x{change.peptidase:g}")
    if change.hours:
        parts.append(f"for {change.hours:g} h before the assay")
    return ", ".join(parts)
