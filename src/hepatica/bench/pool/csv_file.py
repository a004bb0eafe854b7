"""Studies from a table of the user's: one line for each arm.

Columns `study`, `treatment`, `events`, `total`; `outcome`, `definition`, `population`, `timepoint`
(one a study) and `derived` (yes or no) if known. Separated by commas, semicolons or tabs, in UTF-8.
"""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path

from hepatica.bench.pool.study import Arm, Study, checked
from hepatica.bench.table import refuse_alike
from hepatica.errors import InputError

__all__ = ["NEEDED", "read_studies"]

NEEDED = ("study", "treatment", "events", "total")
ABOUT = ("outcome", "definition", "population", "timepoint")
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0", "")
_LARGEST = 20_000_000


def read_studies(
    path: Path, moderator: str | None = None
) -> tuple[tuple[Study, ...], tuple[str, ...]]:
    """The studies of the file in the order of their first line, and a note on columns not used.

    `moderator` names a further column, one number a study. Raises InputError with the line and the
    column for what cannot be used, and for studies or treatments that differ in case or blanks.
    """
    rows = _rows(path, moderator)
    refuse_alike(path.name, "treatment", [row["treatment"] for _, row in rows])
    refuse_alike(path.name, "study label", [row["study"] for _, row in rows])
    studies: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for line, row in rows:
        studies.setdefault(row["study"], []).append((line, row))
    found = tuple(_study(path, label, lines, moderator) for label, lines in studies.items())
    if not found:
        raise InputError(f"{path.name}: no lines below the header, expected one for each arm")
    return found, _unused(rows[0][1], moderator)


def _unused(row: dict[str, str], moderator: str | None) -> tuple[str, ...]:
    used = {*NEEDED, *ABOUT, "derived", "" if moderator is None else moderator.strip().lower()}
    spare = [repr(name) for name in row if name and name not in used]
    return (f"Columns not used: {', '.join(spare)}.",) if spare else ()


def _rows(path: Path, moderator: str | None) -> list[tuple[int, dict[str, str]]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise InputError(f"{path.name}: larger than {_LARGEST:,} bytes, expected a table")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except UnicodeDecodeError:
        raise InputError(f"{path.name}: not UTF-8 text; save the table as CSV (UTF-8)") from None
    lines = text.splitlines()
    if not lines or not lines[0].strip():
        raise InputError(f"{path.name}: empty, expected a header: {', '.join(NEEDED)}")
    separator = max(",;\t", key=lines[0].count)
    header = [name.strip().lower() for name in next(csv.reader([lines[0]], delimiter=separator))]
    needed = NEEDED if moderator is None else (*NEEDED, moderator.strip().lower())
    missing = [name for name in needed if name not in header]
    if missing:
        raise InputError(
            f"{path.name}: no column {missing[0]!r}; expected {', '.join(needed)}, "
            f"found {', '.join(repr(name) for name in header)}"
        )
    if len(set(header)) < len(header):
        twice = next(name for name in header if header.count(name) > 1)
        raise InputError(f"{path.name}: the column {twice!r} is there twice, expected once")
    rows: list[tuple[int, dict[str, str]]] = []
    reader = csv.reader(lines[1:], delimiter=separator)
    for cells in reader:
        line = reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise InputError(
                f"{path.name} line {line}: {len(cells)} cells, expected {len(header)}; "
                "quote a cell that holds the separator"
            )
        rows.append((line, dict(zip(header, (cell.strip() for cell in cells), strict=True))))
    for line, row in rows:
        for name in ("study", "treatment"):
            if not row[name]:
                raise InputError(
                    f"{path.name} line {line}: {name!r} is empty; merged cells are exported as "
                    "blanks: repeat the value on each line"
                )
    return rows


def _study(
    path: Path, label: str, lines: list[tuple[int, dict[str, str]]], moderator: str | None
) -> Study:
    arms = tuple(
        Arm(
            treatment=row["treatment"],
            events=_count(path, line, "events", row["events"]),
            total=_count(path, line, "total", row["total"]),
            derived=_flag(path, line, row.get("derived", "")),
        )
        for line, row in lines
    )
    about = {name: _about(path, label, lines, name) for name in ABOUT}
    covariate = None if moderator is None else _covariate(path, lines, moderator)
    try:
        return checked(Study(label=label, arms=arms, covariate=covariate, **about))
    except InputError as error:
        raise InputError(f"{path.name} line {lines[0][0]}: {error}") from None


def _about(
    path: Path, label: str, lines: list[tuple[int, dict[str, str]]], name: str
) -> str | None:
    """What the lines of a study say of it in the column `name`; a blank says nothing."""
    first = None
    for line, row in lines:
        cell = row.get(name)
        if cell and first is not None and cell != first:
            raise InputError(
                f"{path.name} line {line}: {name!r} is {cell!r}, but {first!r} in another arm of "
                f"{label!r}; expected one a study"
            )
        first = first or cell or None
    return first


def _covariate(path: Path, lines: list[tuple[int, dict[str, str]]], moderator: str) -> float | None:
    name = moderator.strip().lower()
    found: set[float] = set()
    for line, row in lines:
        if not row[name]:
            continue
        try:
            number = float(row[name])
        except ValueError:
            number = float("nan")
        if not isfinite(number):
            raise InputError(
                f"{path.name} line {line}: {name!r} is {row[name]!r}, expected a number"
            )
        found.add(number)
    if len(found) > 1:
        raise InputError(
            f"{path.name} line {lines[0][0]}: {name!r} differs between the arms of "
            f"{row['study']!r}, expected one number a study"
        )
    return found.pop() if found else None


def _count(path: Path, line: int, name: str, cell: str) -> int:
    digits = cell.removesuffix(".0")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 12:
        raise InputError(
            f"{path.name} line {line}: {name!r} is {cell!r}, expected a whole number of patients"
        )
    return int(digits)


def _flag(path: Path, line: int, cell: str) -> bool:
    if cell.lower() in (*_YES, *_NO):
        return cell.lower() in _YES
    raise InputError(f"{path.name} line {line}: 'derived' is {cell!r}, expected yes or no")
