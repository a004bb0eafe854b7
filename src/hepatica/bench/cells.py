"""The cells of a CSV file: encoding, delimiter, comments, and what stands above the header."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from hepatica.errors import InputError

__all__ = ["cells"]

LARGEST = 50_000_000  # bytes
_SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)  # Excel's first line


def cells(path: Path) -> tuple[list[str], list[list[str]], list[int], list[str]]:
    """Header, rows, the line of each row, and notes; InputError for what is no text table."""
    name = repr(str(path))
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{name}: a table has at most {LARGEST} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {name}: {error.strerror}") from error
    if data[:4] == b"PK\x03\x04" or data[:4] == b"\xd0\xcf\x11\xe0":
        raise InputError(f"{name} is a workbook: save the sheet as CSV UTF-8")
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name} is not UTF-8 text: save it as CSV UTF-8") from error
    if "\x00" in text:
        raise InputError(f"{name} holds NUL bytes: it is no text table")
    numbered = [
        (number, line)
        for number, line in enumerate(text.splitlines(), 1)
        if line.strip() and (line[:4].lower() == "#n/a" or not line.lstrip().startswith("#"))
    ]
    if not numbered:
        raise InputError(f"{name} is empty: expected a header line and rows")
    numbered, delimiter, notes = _head(numbered)
    if not numbered:
        raise InputError(f"{name} is empty: expected a header line and rows")
    try:
        parsed = list(
            csv.reader(
                io.StringIO("\n".join(line for _, line in numbered)),
                delimiter=delimiter,
                strict=True,
            )
        )
    except csv.Error as error:
        raise InputError(f"{name}: {error}") from error
    if len(parsed) != len(numbered):
        raise InputError(f"{name}: a quoted cell runs over several lines; keep one row a line")
    header = [cell.strip() for cell in parsed[0]]
    rows, lines = [], []
    for (number, _), cells in zip(numbered[1:], parsed[1:], strict=True):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            hint = "; decimal commas need ';' between cells and 'decimal: \",\"' in the study"
            raise InputError(
                f"{name}, line {number}: {len(cells)} cells under {len(header)} headers"
                + (hint if delimiter == "," and len(cells) > len(header) else "")
            )
        rows.append([cell.strip() for cell in cells])
        lines.append(number)
    return header, rows, lines, notes


def _head(numbered: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], str, list[str]]:
    """The lines from the header on, their delimiter, and what stood above the header.

    Excel may write 'sep=;' first, an instrument a title: a line of one cell above lines of several
    is no header.
    """
    notes: list[str] = []
    separator = _SEPARATOR.fullmatch(numbered[0][1].strip(" "))
    if separator is not None:
        numbered = numbered[1:]
        if separator[1] in ",;\t":
            return numbered, separator[1], notes
    while len(numbered) > 1:
        (number, line), (_, after) = numbered[:2]
        if _filled(line) != 1 or _filled(after) < 2:
            break
        notes.append(f"line {number} above the header not used: {line.strip(' ,;')!r:.60}")
        numbered = numbered[1:]
    return numbered, max(",;\t", key=numbered[0][1].count) if numbered else ",", notes


def _filled(line: str) -> int:
    """How many cells of a line, by the delimiter that it has most of, are not blank."""
    return sum(bool(cell.strip()) for cell in line.split(max(",;\t", key=line.count)))
