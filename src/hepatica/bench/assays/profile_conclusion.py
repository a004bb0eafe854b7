"""What a resistance profile concludes, in one sentence that follows from its own notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hepatica.bench.hypotheses import hypotheses, measures
from hepatica.bench.mechanism.identify import ENOUGH, NONE, Difference

__all__ = ["conclusion", "name_of", "named"]


def conclusion(
    pointed: str | None,
    chances: Mapping[str, float],
    left: list[str],
    against: Mapping[str, Sequence[str]],
    found: Mapping[str, Difference],
) -> tuple[str, ...]:
    if not chances:
        return ("Conclusion: the data cannot tell; no measure has two samples in each group.",)
    if pointed == NONE:
        return ("Conclusion: no difference is the best account; no mechanism is needed.",)
    if pointed is not None:
        return (
            f"Conclusion: the data point to: {name_of(pointed)} (model probability "
            f"{chances[pointed]:.2f}, one mechanism alone).",
        )
    if all(against[key] for key in chances):
        return (_none_fits(chances, against, found),)
    if not left:
        best = max(chances, key=lambda key: chances[key])
        rest = "; ".join(name_of(key) for key in chances if not against[key])
        return (
            f"Conclusion: the data cannot tell. The most probable in the model, {name_of(best)}, "
            f"is contradicted by {named(against[best])}; what nothing contradicts ({rest}) is "
            "improbable there: several mechanisms together, or none of these.",
        )
    if len(left) == 1:
        (only,) = left
        why = (
            "no measure supports it by itself"
            if chances[only] >= ENOUGH
            else f"below {ENOUGH:g} that is not enough to name it"
        )
        return (
            f"Conclusion: the data cannot tell. One is left that is probable and that nothing "
            f"contradicts: {name_of(only)} (model probability {chances[only]:.2f}); {why}.",
        )
    names = "; ".join(name_of(key) for key in sorted(left, key=lambda key: -chances[key]))
    return (f"Conclusion: the data cannot tell. Still possible in the model: {names}.",)


def _none_fits(
    chances: Mapping[str, float],
    against: Mapping[str, Sequence[str]],
    found: Mapping[str, Difference],
) -> str:
    """Every hypothesis, and no difference too, is contradicted by something."""
    seen = " and ".join(
        f"{measures()[name].name} {'higher' if found[name].log2 > 0 else 'lower'}"
        for name in against[NONE]
    )
    best = max(chances, key=lambda key: chances[key])
    nearest = ""
    if best != NONE and chances[best] >= ENOUGH:
        nearest = f" {name_of(best)} comes nearest, but {named(against[best])} contradicts it."
    return (
        f"Conclusion: none of the hypotheses fits alone: in the affected group {seen}.{nearest} "
        "Several mechanisms together, or one that is not among these; look for a fault of the "
        "assay or of the groups (swapped labels) first."
    )


def named(names: Sequence[str]) -> str:
    return " and ".join(measures()[name].name for name in names)


def name_of(key: str) -> str:
    return "no difference" if key == NONE else hypotheses()[key].name
