"""A Parquet file whose rows are all of one kind, such as a creatinine in mg/dL, read as it lies.

The statistics that a Parquet file keeps say whether a column holds one word only, and three columns
of known types need no query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hepatica.clinic.cohort.measured import NEVER, whole
from hepatica.clinic.inputs.table import broken
from hepatica.errors import InputError

_LONGEST = 32  # bytes; the bounds of longer words may be cut
_DAY = 86_400_000_000
_FIRST, _END = -25_567 * _DAY, 84_006 * _DAY  # 1900 and 2200, in microseconds since 1970


@dataclass(frozen=True, slots=True)
class OneKind:
    """The word and the unit of all `rows`, and where they are read from."""

    word: str
    unit: str
    rows: int
    path: Path
    names: Mapping[str, str]

    def table(self) -> Any:
        """The rows as an Arrow table of names, kind (0), value, time, and whether the time is one
        that measurements have; InputError where the file is damaged."""
        import numpy as np
        import pyarrow as pa
        from pyarrow import compute, parquet

        columns = [self.names[key] for key in ("patient", "value", "time")]
        try:
            table = parquet.read_table(self.path, columns=columns, partitioning=None)
            table.validate(full=True)
        except (pa.ArrowException, OSError) as error:
            raise InputError(broken(error, self.path.name)) from None
        patient, value, time = table.select(columns)
        given = time.cast(pa.int64()).fill_null(NEVER).to_numpy()
        usual = (given >= _FIRST) & (given < _END)
        if not usual.all():
            usual |= given == NEVER
        return pa.table({
            "names": whole(patient),
            "kind": np.zeros(len(given), np.int32),
            "value": compute.fill_null(value, float("nan")),
            "time": given,
            "plain": usual,
        })  # fmt: skip


def one_kind(path: Path, names: Mapping[str, str]) -> OneKind | None:
    """What all rows of the file are; None where that, or how to read them, is not plain to see.

    `names` are the file's column names by what they hold.
    """
    import pyarrow as pa
    from pyarrow import parquet

    if path.is_dir() or "start" in names or "unit" not in names:
        return None
    try:
        return _one_kind(parquet.ParquetFile(path), path, names)
    except (pa.ArrowException, OSError, UnicodeDecodeError):
        return None  # who reads it next says what is wrong with it


def _one_kind(file: Any, path: Path, names: Mapping[str, str]) -> OneKind | None:
    import pyarrow as pa

    types = {"patient": pa.string(), "value": pa.float64(), "time": pa.timestamp("us")}
    if any(file.schema_arrow.field(names[key]).type != kind for key, kind in types.items()):
        return None
    word, unit = (_only(file.metadata, names[key]) for key in ("concept", "unit"))
    if word is None or unit is None or _may_be_blank(file.metadata, names["patient"]):
        return None
    return OneKind(word, unit, file.metadata.num_rows, path, names)


def _statistics(metadata: Any, name: str) -> list[Any]:
    """What each part of the file says of a column; None where it says nothing."""
    # A struct has several columns on disk, whose paths begin with its name.
    places = [n for n in range(metadata.num_columns) if metadata.schema.column(n).path == name]
    if len(places) != 1:
        return [None]
    groups = range(metadata.num_row_groups)
    return [metadata.row_group(group).column(places[0]).statistics for group in groups]


def _only(metadata: Any, name: str) -> str | None:
    """The one text that a column holds in every row; None where the file does not say so."""
    found = set()
    for known in _statistics(metadata, name):
        if known is None or not known.has_min_max or not known.has_null_count or known.null_count:
            return None
        found |= {known.min, known.max}
    if len(found) != 1:
        return None
    (word,) = found
    return word if isinstance(word, str) and len(word.encode()) <= _LONGEST else None


def _may_be_blank(metadata: Any, name: str) -> bool:
    """Whether a row may have no patient; a blank name stands before all that are none."""
    return any(
        part is None
        or not part.has_null_count
        or part.null_count
        or not part.has_min_max
        or part.min <= "!"
        for part in _statistics(metadata, name)
    )
