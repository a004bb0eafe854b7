"""Patients' names as whole numbers in the order of the names, to sort and compare by."""

from __future__ import annotations

from typing import Any

_PIECE = 1 << 16
_MOST = 2**38  # above it, numbers made of bytes leave too little room for times beside them


def numbered(names: Any) -> tuple[Any, int]:
    """A number for each name of an Arrow array of texts without nulls, and what all are below.

    The same name has the same number, and a name that sorts later (by bytes, as in DuckDB) a higher
    one. Names of one length, such as p00000017, are read as numbers whose digits are their bytes;
    others are looked up in a dictionary, which takes several times as long.
    """
    import numpy as np

    found = _by_bytes(names)
    if found is not None:
        return found
    encoded = names.dictionary_encode()
    import pyarrow.compute as compute

    order = compute.sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places[encoded.indices.to_numpy()], max(1, len(order))


def _by_bytes(names: Any) -> tuple[Any, int] | None:
    import numpy as np
    import pyarrow as pa

    count = len(names)
    if names.type != pa.string() or names.offset or not count:
        return None
    _, offsets, data = names.buffers()
    ends = np.frombuffer(offsets, np.int32, count + 1)
    length = int(ends[1])
    if ends[0] or not length or not (np.diff(ends) == length).all():
        return None
    letters = np.frombuffer(data, np.uint8, count * length).reshape(count, length)
    pieces = [np.ascontiguousarray(letters[i : i + _PIECE].T) for i in range(0, count, _PIECE)]
    low = np.min([piece.min(axis=1) for piece in pieces], axis=0).astype(np.int64)
    widths = np.max([piece.max(axis=1) for piece in pieces], axis=0) - low + 1
    most = 1
    for width in widths.tolist():
        most *= width
    if most > _MOST:
        return None
    found = np.zeros(count, np.int64)
    for begin, piece in zip(range(0, count, _PIECE), pieces, strict=True):
        part = found[begin : begin + _PIECE]
        for place, width in enumerate(widths.tolist()):
            if width > 1:
                part *= width
                part += piece[place]
                part -= low[place]
    return found, most
