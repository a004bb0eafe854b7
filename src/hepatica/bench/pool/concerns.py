"""What speaks against pooling, said before the result: definitions, populations, times, counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hepatica.bench.pool.study import Study
from hepatica.errors import InputError

__all__ = ["concerns", "refuse_mixed"]

FEW = 5


def concerns(studies: Sequence[Study]) -> tuple[str, ...]:
    """A line for each way in which the studies differ or their counts are uncertain."""
    return tuple(_concerns(studies))


def refuse_mixed(studies: Sequence[Study]) -> None:
    """Raise InputError when some studies count deaths and others survivors."""
    words = {study.label: (study.outcome or "").lower() for study in studies}
    dead = [label for label, w in words.items() if w.startswith(("death", "died", "mortality"))]
    alive = [label for label, w in words.items() if "surviv" in w or w.startswith("alive")]
    if dead and alive:
        raise InputError(
            f"{dead[0]} counts deaths and {alive[0]} survivors: they cannot be pooled together; "
            "choose with --prefer or put the counts of one kind into a table"
        )


def _concerns(studies: Sequence[Study]) -> Iterator[str]:
    if any(study.outcome for study in studies):
        yield from _differs("Counted as events", studies, "outcome", always=True)
    for study in studies:
        if study.caution:
            yield f"Not a whole trial: {study.label}, {study.caution}."
    yield from _differs("The outcome is not defined alike", studies, "definition")
    yield from _differs("The patients differ", studies, "population")
    times = {study.timepoint for study in studies}
    if len(times) > 1 or (times == {None} and any(study.claim for study in studies)):
        known = [f"{s.timepoint} ({s.label})" for s in studies if s.timepoint]
        missing = [s.label for s in studies if not s.timepoint]
        parts = known + ([f"not given ({', '.join(missing)})"] if missing else [])
        yield f"The time of the outcome: {'; '.join(parts)}."
    designs = {study.design for study in studies if study.design}
    if len(designs) > 1 or "cohort" in designs:
        yield from _differs("Not all were randomised", studies, "design", always=True)
    derived = [study.label for study in studies if study.derived]
    if derived:
        yield f"Events calculated from percentages, not printed (marked *): {', '.join(derived)}."
    relayed = [study.label for study in studies if study.seen in ("secondary", "tertiary")]
    if relayed:
        yield f"Read in another work than the trial's own: {', '.join(relayed)}."
    if 1 < len(studies) < FEW:
        yield (
            f"With {len(studies)} studies the variance between them is hardly known: "
            "the intervals are less certain than they look."
        )


def _differs(
    what: str, studies: Sequence[Study], field: str, *, always: bool = False
) -> Iterator[str]:
    groups: dict[str, list[str]] = {}
    for study in studies:
        groups.setdefault(getattr(study, field) or "not given", []).append(study.label)
    if len(groups) > 1 or (always and groups):
        listed = "; ".join(f"{value} ({', '.join(labels)})" for value, labels in groups.items())
        yield f"{what}: {listed}."
