"""Patients' names as whole numbers in the order of the names, to sort and compare by."""

from __future__ import annotations

from typing import Any

_PIECE = 1 << 16  # rows at a time: what is worked on stays in the processor's own memory
_ROWS = 1 << 12
_MOST = 38  # bits; more leave too little room for times beside them


def numbered(names: Any) -> tuple[Any, int]:
    """A number for each name of an Arrow array of texts without nulls, and what all are below.

    The same name has the same number, and a name that sorts later (by bytes, as in DuckDB) a higher
    one. Names of one length, such as p00000017, are read as numbers made of the bits in which they
    differ; others are looked up in a dictionary, which takes several times as long.
    """
    import numpy as np

    found = _by_bits(names)
    if found is not None:
        return found
    encoded = names.dictionary_encode()
    import pyarrow.compute as compute

    order = compute.sort_indices(encoded.dictionary).to_numpy()
    places = np.empty(len(order), np.int64)
    places[order] = np.arange(len(order))
    return places[encoded.indices.to_numpy()], max(1, len(order))


def _by_bits(names: Any) -> tuple[Any, int] | None:
    """The low bits of each byte up to the highest that differs, side by side; None if too many."""
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
    letters = np.frombuffer(data, np.uint8, count * length)
    differ = _all(np.bitwise_or, letters, length) ^ _all(np.bitwise_and, letters, length)
    widths = [int(bits).bit_length() for bits in differ]
    if sum(widths) > _MOST:
        return None
    rows = letters.reshape(count, length)
    found = np.zeros(count, np.int64)
    for begin in range(0, count, _PIECE):
        piece, part = rows[begin : begin + _PIECE], found[begin : begin + _PIECE]
        for place, width in enumerate(widths):
            if width:
                part <<= width
                part |= piece[:, place] & ((1 << width) - 1)
    return found, 1 << sum(widths)


def _all(operation: Any, letters: Any, length: int) -> Any:
    """One byte for each place of the names: `operation` over that place of all of them."""
    wide = length * _ROWS  # many names side by side, so that a step takes many bytes
    whole = len(letters) // wide * wide
    rest = operation.reduce(letters[whole:].reshape(-1, length), axis=0)
    if not whole:
        return rest
    most = operation.reduce(letters[:whole].reshape(-1, wide), axis=0).reshape(-1, length)
    found = operation.reduce(most, axis=0)
    return operation(found, rest) if whole < len(letters) else found
