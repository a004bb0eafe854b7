"""Reads one part of an input into a registry, whatever its kind."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from hepatica.clinic.cohort import typed
from hepatica.clinic.cohort.ahead import Ahead
from hepatica.clinic.cohort.measured import Measured
from hepatica.clinic.cohort.split import cdm
from hepatica.clinic.concepts import concept
from hepatica.clinic.inputs import long, omop
from hepatica.clinic.inputs.mapping import UserMap, unused
from hepatica.clinic.inputs.table import reading
from hepatica.clinic.observations import Report, Unmapped
from hepatica.clinic.refusals import together
from hepatica.clinic.registry import Registry
from hepatica.clinic.units import MILLION

_COUNTED = re.compile(r"(\d+) (.+)")


def read(
    registry: Registry, path: Path, user: UserMap | None, ahead: Ahead | None = None
) -> tuple[Measured | None, Report]:
    """Fills the registry's observations, but for measurements that are returned in arrays.

    A folder is an OMOP CDM if it has its tables. Raises InputError for one that cannot be read.
    """
    with reading(path):
        if cdm(path):
            return None, omop.load(registry, path, user=user)
        if typed.is_typed(registry.connection, path):
            measured, report = typed.read(registry, path, user=user, ahead=ahead)
            if not _broken_grades(measured) and not measured.untimed_among_timed():
                return measured, report
        return None, long.load(registry, path, user=user)


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
    unmapped: dict[tuple[str, str, str | None], Unmapped] = {}
    notes: Counter[str] = Counter()
    for report in reports:
        whole.read += report.read
        whole.accepted += report.accepted
        whole.duplicates += report.duplicates
        for code in report.unmapped:
            place = (code.system, code.code, code.display)
            count = code.count + (unmapped[place].count if place in unmapped else 0)
            unmapped[place] = replace(code, count=count)
        for note in report.notes:
            match = _COUNTED.fullmatch(note)
            notes[match[2] if match else note] += int(match[1]) if match else 0
    known = [report.unused for report in reports if report.unused is not None]
    whole.unused = frozenset.intersection(*known) if known else None
    whole.refused = together(item for report in reports for item in report.refused)
    whole.unmapped = sorted(unmapped.values(), key=lambda item: -item.count)
    whole.notes = [f"{count} {text}" if count else text for text, count in notes.items()]
    if whole.unused:
        whole.notes.append(unused(whole.unused))
    return whole
