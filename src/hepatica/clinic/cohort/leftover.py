"""Folders with patient data that a killed run left beside its result."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

_PID = "pid"


def mark(work: Path) -> None:
    """Says in a run's folder whose it is."""
    (work / _PID).write_text(str(os.getpid()))


def clear(out: Path) -> list[str]:
    """Removes what runs for the same result left that are no more; notes on what was found."""
    notes = []
    for folder in sorted(out.parent.glob(f".{out.name}.*")):
        if not folder.is_dir() or folder.is_symlink():
            continue
        if _goes_on(folder) is not False:
            notes.append(f"{folder.name!r} may be of a run that goes on: remove it if none does")
            continue
        with suppress(OSError):
            shutil.rmtree(folder)
        state = "could not be removed: remove it" if folder.exists() else "was removed"
        notes.append(f"{folder.name!r} of a run that was killed {state}")
    return notes


def _goes_on(folder: Path) -> bool | None:
    """Whether the process that made a folder runs; None where the folder does not say."""
    try:
        number = int((folder / _PID).read_text())
    except (OSError, ValueError):
        return None
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
