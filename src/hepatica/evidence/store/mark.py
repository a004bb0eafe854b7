"""How the index says which commit of the record it holds."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

MARK_NAME = "mark.json"


class Mark(msgspec.Struct, frozen=True):
    """The index holds commit `seq` of the store `uuid`, whose sum was `content` then.

    `opstamp` is Tantivy's number of the index commit that the mark belongs to.
    """

    uuid: str
    seq: int
    content: str
    opstamp: int


class _Deletes(msgspec.Struct):
    num_deleted_docs: int = 0


class _Segment(msgspec.Struct):
    segment_id: str = ""
    deletes: _Deletes | None = None


class IndexMeta(msgspec.Struct):
    """What Tantivy's own meta.json tells."""

    opstamp: int = 0
    segments: list[_Segment] = []

    @property
    def deleted(self) -> int:
        """Deleted passages that still count in the scores."""
        return sum(part.deletes.num_deleted_docs for part in self.segments if part.deletes)

    @property
    def stems(self) -> frozenset[str]:
        """What the names of the committed files begin with; others are being written, or left by
        a process that was killed, and belong to nothing."""
        return frozenset(part.segment_id.replace("-", "") for part in self.segments)


def read_meta(folder: Path) -> IndexMeta:
    """Raises ValueError when the file is damaged."""
    try:
        return msgspec.json.decode((folder / "meta.json").read_bytes(), type=IndexMeta)
    except (OSError, msgspec.MsgspecError) as error:
        raise ValueError(f"{folder / 'meta.json'}: {error}") from error


def read_mark(folder: Path) -> Mark | None:
    """None where there is no mark, or one that is newer than the index beside it."""
    try:
        mark = msgspec.json.decode((folder / MARK_NAME).read_bytes(), type=Mark)
    except (OSError, msgspec.MsgspecError):
        return None
    return mark if mark.opstamp <= read_meta(folder).opstamp else None


def write_mark(folder: Path, mark: Mark) -> None:
    """Replaces the mark in one step, after the index commit that it belongs to.

    A process killed in between leaves an older mark: the commits since are then applied again,
    which changes nothing, because each source is deleted before it is added.
    """
    fresh = folder / f"{MARK_NAME}.{os.getpid()}"
    with fresh.open("wb") as file:
        file.write(msgspec.json.encode(mark))
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / MARK_NAME)
