"""How far a fetch has come, in a small file, so that it can go on after an interruption."""

from __future__ import annotations

import contextlib
from pathlib import Path

import msgspec

from hepatica.errors import FetchError


class Progress(msgspec.Struct, kw_only=True):
    """What is fetched (`spec`), how many units were handed over, and what remains to be asked.

    `ids` are those of the records in the order in which they are fetched; `cursor` the token of the
    next page; `total` how many records the service says there are.
    """

    spec: str
    done: int = 0
    ids: tuple[str, ...] = ()
    cursor: str | None = None
    total: int | None = None


def load(path: Path | None, spec: str) -> Progress | None:
    """The progress of this very fetch, or None when there is none to go on from."""
    if path is None:
        return None
    try:
        found = msgspec.json.decode(path.read_bytes(), type=Progress)
    except FileNotFoundError:
        return None
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        return None  # damaged: the fetch begins anew, and what is stored already stays as it is
    except OSError as error:
        raise _unusable(path, error) from error
    return found if found.spec == spec else None


def save(path: Path | None, progress: Progress) -> None:
    """Write the progress in one step, so that an interruption leaves the old or the new."""
    if path is None:
        return
    draft = path.with_name(path.name + ".new")
    try:
        draft.write_bytes(msgspec.json.encode(progress))
        draft.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        raise _unusable(path, error) from error


def finish(path: Path | None) -> None:
    """Remove the file of a fetch that is complete."""
    if path is not None:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _unusable(path: Path, error: OSError) -> FetchError:
    return FetchError(
        f"{path}: progress cannot be kept ({error.strerror or error}); expected a writable file"
    )
