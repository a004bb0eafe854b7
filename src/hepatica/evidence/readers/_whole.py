"""A stream read whole, for formats that cannot be read piece by piece."""

from __future__ import annotations

from typing import BinaryIO

from hepatica.errors import UnsafeSourceError

LIMIT = 64 * 2**20


def read_whole(stream: BinaryIO, *, origin: str, limit: int = LIMIT) -> bytes:
    """All bytes of the stream; UnsafeSourceError when they are more than `limit`."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnsafeSourceError(
            f"{origin}: larger than {limit} bytes, the most that is read of one document; "
            "split it into parts"
        )
    return data
