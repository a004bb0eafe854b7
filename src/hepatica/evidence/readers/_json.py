"""Records of a JSON file one by one: the file is never in memory, its end is not trusted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Rejection

MAX_DEPTH = 200
MAX_RECORD_BYTES = 32 << 20

_CHUNK = 1 << 18
# Whole strings go by in one step; a lone quote is a string that the buffer does not hold yet.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|["{}\[\]:]', re.S)
_CLOSED = -1


def objects(
    stream: BinaryIO, *, origin: str, expected: str, key: str
) -> Iterator[bytes | Rejection]:
    """The bytes of each object in the array `key` of the top-level object.

    A top-level array gives its objects; a top-level object without the array is one record. Where
    the file breaks off there is a Rejection. Raises SourceError when it is no JSON object or array,
    UnsafeSourceError for depth and record size beyond the limits.
    """
    window = _Window(stream, origin=origin)
    first = window.first(expected=expected)
    wanted = f'"{key}"'.encode()
    depth = count = 0
    records_at: int | None = None
    start: int | None = None
    name = last = b""
    for token, position in window.tokens():
        if token in (b"{", b"["):
            depth += 1
            if depth > MAX_DEPTH:
                raise UnsafeSourceError(
                    f"{origin}: JSON nested deeper than {MAX_DEPTH} levels; no real record is"
                )
            named = depth == 2 and last == b":" and name == wanted
            if token == b"[" and records_at is None and (depth == 1 or named):
                records_at = depth
            elif token == b"{" and records_at is not None and depth == records_at + 1:
                start = position
        elif token in (b"}", b"]"):
            depth -= 1
            if start is not None and depth == records_at:
                count += 1
                yield window.slice(start, position + 1)
                start = None
            elif records_at is not None and depth < records_at:
                records_at = _CLOSED
            if depth <= 0:
                if records_at is None:
                    yield window.slice(first, position + 1)
                return
        elif token == b":":
            name = last
        last = token
        if records_at is not None and start is None:
            window.forget(position)
    yield Rejection(
        where=f"{origin}: after record {count}", reason="the JSON breaks off before its end"
    )


class _Window:
    """The part of a stream that is still needed, addressed by offsets into the whole."""

    def __init__(self, stream: BinaryIO, *, origin: str) -> None:
        self._stream = stream
        self._origin = origin
        self._buffer = b""
        self._base = 0
        self._needed = 0

    def first(self, *, expected: str) -> int:
        """The offset of the first bracket; raises SourceError when the file has another start."""
        while self._read() and not self._buffer.lstrip(b"\xef\xbb\xbf \t\r\n"):
            continue
        content = self._buffer.lstrip(b"\xef\xbb\xbf \t\r\n")
        if not content:
            raise SourceError(f"{self._origin}: the file is empty, expected {expected}")
        if content[:1] not in (b"{", b"["):
            raise SourceError(f"{self._origin}: not a JSON object or array, expected {expected}")
        return len(self._buffer) - len(content)

    def tokens(self) -> Iterator[tuple[bytes, int]]:
        """Brackets, colons and strings with their offsets, to the end of what is there."""
        position = 0
        while True:
            match = _TOKEN.search(self._buffer, position - self._base)
            if match is None or match.group() == b'"':
                position = self._base + (len(self._buffer) if match is None else match.start())
                if not self._read():
                    return
                continue
            position = self._base + match.end()
            yield match.group(), self._base + match.start()

    def slice(self, start: int, end: int) -> bytes:
        """The bytes between two offsets."""
        return self._buffer[start - self._base : end - self._base]

    def forget(self, position: int) -> None:
        """Say that nothing before `position` will be asked for."""
        self._needed = position

    def _read(self) -> bool:
        """Whether more came. As much is asked for as is pending, so that no string is rescanned
        more than a few times."""
        self._buffer = self._buffer[self._needed - self._base :]
        self._base = self._needed
        if len(self._buffer) > MAX_RECORD_BYTES:
            raise UnsafeSourceError(
                f"{self._origin}: a record larger than {MAX_RECORD_BYTES} bytes; "
                "split the file or check where it comes from"
            )
        try:
            data = self._stream.read(max(_CHUNK, len(self._buffer)))
        except UnsafeSourceError:
            raise
        except SourceError:
            # A compressed stream that is cut short raises SourceError; what came before it counts.
            return False
        self._buffer += data
        return bool(data)
