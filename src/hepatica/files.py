"""Writing a file that the user named: whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

from hepatica.errors import InputError

__all__ = ["write_bytes"]


def write_bytes(data: bytes, path: Path) -> None:
    """Put `data` into the file `path` in one step, never half of it.

    A file that is there keeps its permissions, a link stays a link, and what is no regular file,
    such as /dev/stdout or a pipe, is written to. Raises InputError where that cannot be done.
    """
    try:
        target = path.resolve()
        mode = _mode(target)
        if mode is not None and not stat.S_ISREG(mode):
            _into(target, data)
        else:
            _replace(target, data, _default_mode() if mode is None else stat.S_IMODE(mode))
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(
            f"cannot write {str(path)!r}: {reason}; name a file in a folder that is there, may be "
            "written and has room"
        ) from error


def _mode(target: Path) -> int | None:
    try:
        return target.stat().st_mode
    except FileNotFoundError:
        return None


def _default_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _into(target: Path, data: bytes) -> None:
    with target.open("wb") as file:
        file.write(data)


def _replace(target: Path, data: bytes, mode: int) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        draft.chmod(mode)
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
