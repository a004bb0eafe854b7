"""Reads one part of an input into an engine, whatever its kind."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TypeVar

from hepatica.clinic.cohort import typed
from hepatica.clinic.cohort.measured import Measured
from hepatica.clinic.cohort.split import cdm
from hepatica.clinic.concepts import concept
from hepatica.clinic.engine import Engine
from hepatica.clinic.inputs import long, omop
from hepatica.clinic.inputs.mapping import UserMap
from hepatica.clinic.inputs.table import reading
from hepatica.clinic.observations import Refused, Report, Unmapped
from hepatica.clinic.units import MILLION

T = TypeVar("T", Refused, Unmapped)
_COUNTED = re.compile(r"(\d+) (.+)")


def read(engine: Engine, path: Path, user: UserMap | None) -> tuple[Measured | None, Report]:
    """Fills the engine's observations, but for measurements that are returned in arrays.

    A folder is an OMOP CDM if it has its tables.
    """
    if cdm(path):
        with reading(path):
            return None, omop.load(engine, path, user=user)
    if typed.is_typed(engine.connection, path):
        measured, report = typed.read(engine, path, user=user)
        if not _broken_grades(measured):
            return measured, report
    return None, long.load(engine, path, user=user)


def _broken_grades(measured: Measured) -> bool:
    """Whether a measurement that goes by whole numbers has another: texts say which, and why."""
    import numpy as np

    whole = np.array([concept(name).whole for name, _ in measured.kinds], bool)
    if not whole.any():
        return False
    grades = whole[measured.kind]
    return bool((measured.micro[grades] % MILLION).any())


def merged(reports: list[Report]) -> Report:
    """The report of the whole from those of its parts."""
    whole = Report()
    refused: dict[tuple[str, str | None, str], Refused] = {}
    unmapped: dict[tuple[str, str, str | None], Unmapped] = {}
    notes: Counter[str] = Counter()
    for report in reports:
        whole.read += report.read
        whole.accepted += report.accepted
        whole.duplicates += report.duplicates
        for item in report.refused:
            key = (item.concept, item.unit, item.reason)
            count = item.count + (refused[key].count if key in refused else 0)
            refused[key] = _counted(refused.get(key, item), count)
        for code in report.unmapped:
            place = (code.system, code.code, code.display)
            count = code.count + (unmapped[place].count if place in unmapped else 0)
            unmapped[place] = _counted(code, count)
        for note in report.notes:
            match = _COUNTED.fullmatch(note)
            notes[match[2] if match else note] += int(match[1]) if match else 0
    whole.refused = sorted(refused.values(), key=lambda item: -item.count)
    whole.unmapped = sorted(unmapped.values(), key=lambda item: -item.count)
    whole.notes = [f"{count} {text}" if count else text for text, count in notes.items()]
    return whole


def _counted(item: T, count: int) -> T:
    from msgspec.structs import replace

    return replace(item, count=count)
