"""Gzip and zip opened as streams, within limits that a bomb runs into early."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO, Any, TypeAlias, cast

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.readers._text import one_line
from hepatica.evidence.readers._whole import read_whole

Stream: TypeAlias = "io.BufferedReader[Any]"

# Baseline MEDLINE and label archives unpack to 8 to 20 times their size.
RATIO = 100
FLOOR = 64 * 2**20
CEILING = 64 * 2**30
NESTING = 3
MEMBERS = 100_000
INNER_ARCHIVE = 256 * 2**20

GZIP = b"\x1f\x8b"
ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
# What the standard library raises over damaged bytes: wrong offsets, lengths, codes and methods.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    lzma.LZMAError,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_OFFICE = {"[Content_Types].xml", "mimetype"}


class Budget:
    """How many bytes may still be unpacked from one outermost file, however deep they stand."""

    def __init__(self, packed: int, origin: str) -> None:
        self._allowed = min(CEILING, max(FLOOR, RATIO * packed))
        self._packed = packed
        self._spent = 0
        self._origin = origin

    @property
    def exhausted(self) -> bool:
        """Whether the limit was passed."""
        return self._spent > self._allowed

    def spend(self, size: int) -> None:
        """Count `size` unpacked bytes; raises UnsafeSourceError beyond the limit."""
        self._spent += size
        if self.exhausted:
            raise UnsafeSourceError(
                f"{self._origin}: {self._packed} packed bytes unpack to more than "
                f"{self._allowed} (limit: {RATIO} times the size, at least {FLOOR} bytes); "
                "unpack it yourself and ingest the files if you trust it"
            )


class _Unpacked(io.RawIOBase):
    """The decompressed bytes of `inner`, counted against a budget."""

    def __init__(self, inner: io.BufferedIOBase | IO[bytes], budget: Budget, origin: str) -> None:
        self._inner = inner
        self._budget = budget
        self._origin = origin

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        filled = 0
        while filled < len(buffer):
            try:
                data = self._inner.read(len(buffer) - filled)
            except _DAMAGED as error:
                raise SourceError(
                    f"{self._origin}: the compressed data is damaged or cut short ({error}); "
                    "download or copy it again"
                ) from error
            if not data:
                break
            self._budget.spend(len(data))
            buffer[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def close(self) -> None:
        self._inner.close()
        super().close()


def buffered(raw: io.RawIOBase | io.BufferedIOBase) -> Stream:
    """The stream with a buffer large enough to look at its head."""
    return io.BufferedReader(cast(io.RawIOBase, raw), buffer_size=2**16)


def gunzip(stream: Stream, *, origin: str, budget: Budget) -> Stream:
    """The decompressed stream; SourceError when damaged, UnsafeSourceError beyond the budget."""
    return buffered(_Unpacked(gzip.GzipFile(fileobj=stream), budget, origin))


def members(
    stream: Stream, *, origin: str, budget: Budget
) -> Iterator[tuple[str, Stream | SourceError]]:
    """Each file in the zip archive as (name, stream), or (name, why it cannot be opened).

    A stream is open until the next one is asked for. Nothing is written to disk.
    """
    file: io.BufferedIOBase = stream
    if not stream.seekable():
        file = io.BytesIO(read_whole(stream, origin=origin, limit=INNER_ARCHIVE))
    try:
        archive = zipfile.ZipFile(file)
        infos = [info for info in archive.infolist() if not info.is_dir()]
    except _DAMAGED as error:
        raise SourceError(
            f"{origin}: the zip archive is damaged or cut short ({error}); download it again"
        ) from error
    if not infos:
        raise SourceError(f"{origin}: the zip archive is empty; expected files to read in it")
    if len(infos) > MEMBERS:
        raise UnsafeSourceError(
            f"{origin}: the zip archive lists {len(infos)} files, at most {MEMBERS} are read"
        )
    if any(info.filename in _OFFICE for info in infos):
        raise SourceError(
            f"{origin}: this is an Office or EPUB document; save it as PDF, HTML or text first"
        )
    with archive:
        for info in infos:
            name = one_line(info.filename)[:200]
            if name.startswith("__MACOSX/") or name.rsplit("/", 1)[-1].startswith("."):
                continue
            where = f"{origin} > {name}"
            if info.flag_bits & 0x1:
                yield name, SourceError(f"{where}: encrypted; unpack it with its password first")
                continue
            try:
                inner = archive.open(info)
            except _DAMAGED as error:
                yield name, SourceError(f"{where}: cannot be unpacked ({error})")
                continue
            with buffered(_Unpacked(inner, budget, where)) as member:
                yield name, member
