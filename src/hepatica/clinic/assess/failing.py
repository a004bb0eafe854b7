"""Organ failures of now: values that are too old to tell are left out of ACLF.

Left out one by one, so that three organs that fail today are grade 3 whatever else is old.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hepatica.clinic.assess.record import age
from hepatica.clinic.definition import AGE, definition, in_words

if TYPE_CHECKING:
    from hepatica.clinic.assess.gather import Gathered


def needed(found: Gathered, score: str, labels: Sequence[str]) -> tuple[str, ...]:
    """What would settle a score in words, with the age of what is there and too old."""
    words, result = in_words(score, tuple(labels)), found.scores[score]
    if AGE not in result.parameters:
        return words
    said = []
    for label, text in zip(labels, words, strict=True):
        old = [result.left_out[key] for key in label.split(" or ") if key in result.left_out]
        hours = result.parameters[AGE]
        since = f" of the last {hours} h{age(found.record.at, max(old))}" if old else ""
        said.append(text + since)
    return tuple(said)


def left_out(found: Gathered, score: str) -> tuple[str, ...]:
    """The values that were too old for a score, or for one that it rests on, with their times."""
    inputs = definition(score).inputs.values()
    inner = {(given.source or "").partition(".")[0] for given in inputs}
    old = {
        key: when
        for name in (*sorted(inner & set(found.scores)), score)
        for key, when in found.scores[name].left_out.items()
    }
    return tuple(f"{key.replace('_', ' ')} of {when:%Y-%m-%d %H:%M}" for key, when in old.items())
