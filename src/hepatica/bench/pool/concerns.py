"""What speaks against pooling, said before the result: definitions, populations, times, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from hepatica.bench.pool.study import Study
from hepatica.errors import InputError

__all__ = ["concerns", "refuse_mixed"]

FEW = 5

# "28-day mortality", "transplant-free survival", "alive at day 90", but no definition of another
# outcome that death or survival is a part of, nor "free of death".
_BEFORE = r"^(?:(?!(?:no|not|without|free|freedom|from|avoided)\b)[\w-]+ ){0,2}"
_DEATHS = re.compile(_BEFORE + r"(?:deaths?|dead|died|mortality)\b")
_SURVIVORS = re.compile(_BEFORE + r"(?:surviv\w*|alive)\b")


def concerns(studies: Sequence[Study]) -> tuple[str, ...]:
    """A line for each way in which the studies differ or their counts are uncertain."""
    return tuple(_concerns(studies))


def refuse_mixed(studies: Sequence[Study]) -> None:
    """Raise InputError when some studies count deaths and others survivors.

    What a study counts is told by its outcome, or else by its definition.
    """
    kinds = [_counted(study.outcome) or _counted(study.definition) for study in studies]
    dead = [study.label for study, kind in zip(studies, kinds, strict=True) if kind == "deaths"]
    alive = [study.label for study, kind in zip(studies, kinds, strict=True) if kind == "survivors"]
    if dead and alive:
        way = (
            "choose with --prefer or put the counts of one kind into a table"
            if any(study.claim for study in studies)
            else "count one kind in every study: survivors are the total less the deaths"
        )
        raise InputError(
            f"{dead[0]} counts deaths and {alive[0]} survivors: they cannot be pooled together; "
            f"{way}"
        )


def _counted(words: str | None) -> Literal["deaths", "survivors"] | None:
    text = " ".join((words or "").lower().split())
    if _DEATHS.match(text):
        return "deaths"
    return "survivors" if _SURVIVORS.match(text) else None


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
