"""Files of tables: a CSV or Parquet file as a DuckDB relation of texts, or a plain error.

CSV is read as RFC 4180 has it, from the first row to the last: a cell with a delimiter, a quote or
a line break in it stands in double quotes, and no character begins a comment.
"""

from __future__ import annotations

import csv
import errno
import gzip
import io
import os
import re
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hepatica.errors import InputError

_CSV = (".csv", ".tsv", ".gz", ".txt")
_DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 20  # characters among which the header is
_PLACE = re.compile(r"CSV Error on Line: (\d+)\s+(?:Original Line: (.*))?")
_WIDTH = re.compile(r"Expected Number of Columns: (\d+) Found: (\d+)")
_FILE = re.compile(r"^  file = (.*)$", re.MULTILINE)
_PATH = re.compile(r"""["']?[/\\][^"'\n]*[/\\]([^"'/\\\n]+\.parquet)["']?""", re.IGNORECASE)
_SHOWN = 80  # characters of a broken line


def relation(connection: Any, path: Path) -> str:
    """SQL that reads a file (or a folder of Parquet files) with every CSV column as text."""
    kind = path.suffix.lower()
    if not path.exists():
        raise InputError(f"{path.name}: there is no such file")
    if not path.is_dir() and kind not in (".parquet", *_CSV):
        raise InputError(
            f"{path.name}: expected a .csv, .tsv or .parquet file, FHIR (.json, .ndjson), or a "
            "folder of OMOP tables or FHIR files"
        )
    if not path.is_dir() and path.stat().st_size == 0:
        raise InputError(f"{path.name}: the file is empty")
    if kind in _CSV:
        return _csv(connection, path)
    pattern = "/*.parquet" if path.is_dir() else ""
    source = parquet(path, pattern)
    columns(connection, source, path.name)
    with reading(path):
        _named_once(connection, literal(path, pattern))
    return source


def parquet(path: Path, pattern: str = "", options: str = "") -> str:
    """SQL that reads a Parquet file, or those in a folder that match; `options` are DuckDB's.

    A folder named as a column and a value, `unit=g`, is a name and no column.
    """
    return f"read_parquet({literal(path, pattern)}, hive_partitioning = false{options})"


def literal(path: Path, pattern: str = "") -> str:
    """A path as an SQL text for reading: its own `*`, `?` and `[` are no patterns, `pattern` is."""
    name = re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))
    return text(name + pattern)


def text(value: object) -> str:
    """Anything as an SQL text, such as a path that is written to."""
    return "'" + str(value).replace("'", "''") + "'"


def columns(connection: Any, source: str, name: str) -> dict[str, str]:
    """Column names by lower case; InputError with one line where the file cannot be read."""
    try:
        cursor = connection.execute(f"SELECT * FROM {source} LIMIT 0")
        return {column[0].lower(): column[0] for column in cursor.description}
    except Exception as error:  # DuckDB raises one kind for each way in which a file can be wrong
        raise InputError(broken(error, name)) from None


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Tells in one line what is wrong with a table that breaks while it is read, and where.

    Raises OSError where it is the disk that is full, with what is written of the table.
    """
    from duckdb import Error, InvalidInputException, IOException

    try:
        yield
    except Error as error:  # of a damaged page it is an Error and of no kind
        if type(error) is not Error and not isinstance(error, InvalidInputException | IOException):
            raise
        if os.strerror(errno.ENOSPC) in str(error):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        raise InputError(broken(error, path.name)) from None


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _csv(connection: Any, path: Path) -> str:
    before, delimiter, names = _header(path)
    kinds = ", ".join(f"{text(name)}: 'VARCHAR'" for name in names)

    def source(quote: str) -> str:
        return (
            f"read_csv({literal(path)}, auto_detect=false, header=true, skip={before}, comment='', "
            f"delim={text(delimiter)}, quote='{quote}', escape='{quote}', columns={{{kinds}}}, "
            "hive_partitioning = false)"
        )

    if delimiter == "\t" and not _is_sound(connection, source('"')):
        return source("")  # as Athena writes vocabularies: a quote is a character as any other
    return source('"')


def _is_sound(connection: Any, source: str) -> bool:
    from duckdb import InvalidInputException

    try:
        connection.execute(f"SELECT count(*) FROM {source}")
    except InvalidInputException:
        return False
    return True


def _header(path: Path) -> tuple[int, str, list[str]]:
    """The blank lines before the header, the delimiter, and the names of the columns."""
    opened = gzip.open if path.suffix.lower() == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.read(_HEAD)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path.name}: cannot be read: {error}") from None
    lines = head.splitlines(keepends=True)
    before = next((place for place, line in enumerate(lines) if line.strip()), None)
    if before is None:
        raise InputError(f"{path.name}: the file is empty")
    rows = {delimiter: _first("".join(lines[before:]), delimiter) for delimiter in _DELIMITERS}
    delimiter = max(rows, key=lambda one: len(rows[one]))
    names = [name.strip() for name in rows[delimiter]]
    if any("\ufffd" in name or "\0" in name for name in names):
        raise InputError(f"{path.name}: not a text in UTF-8")
    _once(names, path)
    return before, delimiter, [name or f"column {place}" for place, name in enumerate(names)]


def _once(names: Iterable[str], path: Path) -> None:
    """InputError for a name that two columns have, be it in another case."""
    for name, count in Counter(name.lower() for name in names if name).items():
        if count > 1:
            raise InputError(
                f"{path.name}: the header names the column {name!r} {count} times: name it once"
            )


def _named_once(connection: Any, files: str) -> None:
    """InputError for Parquet files that name a column twice, which DuckDB would rename."""
    found = connection.execute(
        f"SELECT file_name, name, coalesce(num_children, 0) FROM parquet_schema({files})"
    ).fetchall()
    names: dict[str, list[str]] = {}
    inner: Counter[str] = Counter()  # elements to come that are within a column
    for file, name, children in found:
        if file not in names:  # the root, which holds all columns
            names[file] = []
        elif inner[file]:
            inner[file] += children - 1
        else:
            names[file].append(name)
            inner[file] = children
    for file, own in names.items():
        _once(own, Path(file))


def _first(head: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), [])
    except csv.Error:
        return []


def broken(error: Exception, name: str) -> str:
    """What a reader says of a file, as one line: the place, what is there, what was expected."""
    said = str(error)
    file = _FILE.search(said)
    name = Path(file[1]).name if file else name
    place, width = _PLACE.search(said), _WIDTH.search(said)
    if place is None:
        line = said.splitlines()[0].partition("Error: ")
        why = line[2] or line[0]
        if (found := _PATH.search(why)) is not None:
            name, why = (
                found[1],
                _PATH.sub(r"\1", why).removeprefix(f"Failed to read file {found[1]}: "),
            )
        return f"{name}: cannot be read as a table: {why}"
    start, shown = f"{name}: line {place[1]}", (place[2] or "")[:_SHOWN]
    if width is not None:
        expected, seen = int(width[1]), int(width[2])  # it stops counting at the first too many
        many = f"more than {expected}" if seen > expected else f"{seen}"
        return f"{start} has {many} cells, expected {expected} as in the header: {shown!r}"
    if "not utf-8" in said:
        return f"{start} is not a text in UTF-8: {shown!r}"
    if "quote" in said:
        return (
            f"{start}: a quote that opens a cell is not closed, or one within it is not doubled: "
            f"{shown!r}"
        )
    return f"{start} cannot be read: {shown!r}"
