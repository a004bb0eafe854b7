"""Files of tables: a CSV or Parquet file as a DuckDB relation of texts, or a plain error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hepatica.errors import InputError

_CSV = (".csv", ".tsv", ".gz", ".txt")


def relation(connection: Any, path: Path) -> str:
    """SQL that reads a file (or a folder of Parquet files) with every CSV column as text."""
    name = str(path).replace("'", "''")
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
        return _csv(connection, path, name)
    source = f"read_parquet('{name}/*.parquet')" if path.is_dir() else f"read_parquet('{name}')"
    columns(connection, source, path.name)
    return source


def _csv(connection: Any, path: Path, name: str) -> str:
    """The file's dialect is found once; each further mention would look for it again."""
    try:
        prompt = connection.execute(
            f"SELECT Prompt FROM sniff_csv('{name}', all_varchar = true, header = true)"
        ).fetchall()[0][0]
    except Exception as error:  # DuckDB raises one kind for each way in which a file can be wrong
        line = str(error).splitlines()[0]
        raise InputError(f"{path.name}: cannot be read as a table: {line}") from None
    return str(prompt).removeprefix("FROM ").removesuffix(";")


def columns(connection: Any, source: str, name: str) -> dict[str, str]:
    """Column names by lower case; InputError with one line where the file cannot be read."""
    try:
        cursor = connection.execute(f"SELECT * FROM {source} LIMIT 0")
    except Exception as error:  # DuckDB raises one kind for each way in which a file can be wrong
        line = str(error).splitlines()[0]
        raise InputError(f"{name}: cannot be read as a table: {line}") from None
    return {column[0].lower(): column[0] for column in cursor.description}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
