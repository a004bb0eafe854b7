"""From bytes to sources: one reader a format, chosen by content and then by name.

A reader is a module with `NAME`, `matches(head, name)` over the first bytes, and
`read(stream, *, origin)`, which yields a Document for each source and a Rejection for each record
that cannot be used. A reader never executes, fetches or expands anything.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from hepatica.errors import MissingExtraError, SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection

if TYPE_CHECKING:
    from hepatica.evidence.readers._archives import Budget, Stream

__all__ = ["READERS", "Reader", "read_bytes", "read_path"]

# In the order in which they are asked: what is recognised for certain comes first.
READERS = (
    "spl",
    "openfda",
    "medline",
    "jats",
    "ctgov",
    "pdf",
    "html",
    "markdown",
    "text",
)

_HEAD = 2**14


class Reader(Protocol):
    """What a reader module offers."""

    NAME: str

    def matches(self, head: bytes, name: str) -> bool:
        """Whether content that starts with `head` and is called `name` is of this format."""

    def read(self, stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
        """The documents in the stream; `origin` says in messages where it came from."""


def read_path(path: Path) -> Iterator[Document | Rejection]:
    """The documents in a file, plain or in gzip or zip.

    Raises SourceError when the file cannot be read as any format, UnsafeSourceError beyond the
    limits on size, nesting and expansion. In a zip archive a bad member is a Rejection.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            yield from _read(file, name=path.name, origin=str(path), packed=size)
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read ({error.strerror or error}); expected a readable file"
        ) from error


def read_bytes(data: bytes, *, name: str) -> Iterator[Document | Rejection]:
    """The documents in `data`, as `read_path` gives them; `name` may be a URL."""
    return _read(io.BytesIO(data), name=name, origin=name, packed=len(data))


def _read(
    file: io.BufferedIOBase, *, name: str, origin: str, packed: int
) -> Iterator[Document | Rejection]:
    from hepatica.evidence.readers._archives import Budget, buffered
    from hepatica.evidence.readers._text import one_line

    origin = one_line(origin)
    budget = Budget(packed, origin)
    with buffered(file) as stream:
        yield from _open(stream, name=name, origin=origin, budget=budget, depth=0)


def _open(
    stream: Stream, *, name: str, origin: str, budget: Budget, depth: int
) -> Iterator[Document | Rejection]:
    from hepatica.evidence.readers import _archives

    head = stream.peek(_HEAD)[:_HEAD]
    packed = head.startswith((_archives.GZIP, _archives.ZIP, _archives.EMPTY_ZIP))
    if packed and depth == _archives.NESTING:
        raise UnsafeSourceError(
            f"{origin}: an archive inside {depth} others; unpack it yourself if you trust it"
        )
    if not packed:
        yield from _reader_for(head, name=name, origin=origin).read(stream, origin=origin)
    elif head.startswith(_archives.GZIP):
        bare = name[:-3] if name.lower().endswith(".gz") else name
        with _archives.gunzip(stream, origin=origin, budget=budget) as inner:
            yield from _open(inner, name=bare, origin=origin, budget=budget, depth=depth + 1)
    else:
        yield from _open_members(stream, origin=origin, budget=budget, depth=depth)


def _open_members(
    stream: Stream, *, origin: str, budget: Budget, depth: int
) -> Iterator[Document | Rejection]:
    from hepatica.evidence.readers import _archives, _foreign

    for name, member in _archives.members(stream, origin=origin, budget=budget):
        where = f"{origin} > {name}"
        try:
            if isinstance(member, SourceError):
                raise member
            if not _foreign.is_image(member.peek(_HEAD)):
                yield from _open(member, name=name, origin=where, budget=budget, depth=depth + 1)
        except (SourceError, MissingExtraError) as error:
            if budget.exhausted:
                raise
            yield Rejection(where=where, reason=str(error).removeprefix(f"{where}: "))


def _reader_for(head: bytes, *, name: str, origin: str) -> Reader:
    from hepatica.evidence.readers import _foreign

    if not _foreign.is_foreign(head):
        for module in READERS:
            reader = cast(Reader, import_module(f"{__name__}.{module}"))
            if reader.matches(head, name):
                return reader
    raise _foreign.unreadable(head, origin)
