"""Cuts an input that is larger than memory into parts by patient, on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hepatica.clinic.inputs.omop_cells import ident
from hepatica.clinic.inputs.table import columns, parquet, quoted, reading, relation, text

_TABLES = (".csv", ".parquet")


def size(connection: Any, path: Path) -> int:
    """Rows of a file, or of the measurements of a CDM folder."""
    tables = cdm(path)
    source = relation(connection, tables.get("measurement", path) if tables else path)
    with reading(path):
        return int(connection.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def cdm(path: Path) -> Mapping[str, Path]:
    """The tables of an OMOP folder by lower-case name; empty where it is none."""
    if not path.is_dir():
        return {}
    found = {p.stem.lower(): p for p in path.iterdir() if p.suffix.lower() in _TABLES}
    return found if "person" in found or "measurement" in found else {}


def split(connection: Any, path: Path, folder: Path, parts: int) -> list[Path]:
    """Inputs of the same kind, one a part, that together hold every row; a patient is in one part.

    There may be fewer parts than asked for, and none is empty.
    """
    tables = cdm(path)
    if parts <= 1:
        return [path]
    folders = [folder / f"part{number}" for number in range(parts)]
    for each in folders:
        each.mkdir(parents=True)
    if not tables:
        _cut(connection, path, "patient", folder / "cut", folders)
    for name, table in tables.items():
        _cut(connection, table, "person_id", folder / f"cut_{name}", folders, name)
    return [each for each in folders if _has_rows(connection, each)]


def _has_rows(connection: Any, part: Path) -> bool:
    """Whether a part of a CDM has a row of any patient; tables without patients are links."""
    own = (table for table in part.glob("*.parquet") if not table.is_symlink())
    return any(size(connection, table) for table in own)


def _cut(
    connection: Any, path: Path, key: str, cut: Path, folders: list[Path], name: str = "rows"
) -> None:
    run = connection.execute
    source = relation(connection, path)
    names = columns(connection, source, path.name)
    own = names.get(key)
    if own is None:  # a table without patients, such as CONCEPT, goes to every part
        for folder in folders:
            (folder / f"{name}{path.suffix.lower()}").symlink_to(path.resolve())
        return
    mark = "_part"
    while mark in names:
        mark += "_"
    with reading(path):
        run(
            f"COPY (SELECT *, hash({ident(quoted(own))}) % {len(folders)} AS {mark} "
            f"FROM {source}) TO {text(cut)} (FORMAT parquet, PARTITION_BY ({mark}))"
        )
    for number, folder in enumerate(folders):
        files = sorted((cut / f"{mark}={number}").glob("*.parquet"))
        target = folder / f"{name}.parquet"
        if len(files) == 1:
            files[0].rename(target)
        elif files:
            inner = parquet(cut / f"{mark}={number}", "/*.parquet")
            run(f"COPY (SELECT * FROM {inner}) TO {text(target)}")
            for file in files:
                file.unlink()
        else:
            run(f"COPY (SELECT * FROM {source} LIMIT 0) TO {text(target)}")
