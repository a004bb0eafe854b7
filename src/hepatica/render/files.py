"""Bytes to a file in one step, never half of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hepatica.errors import InputError


def write_bytes(data: bytes, path: Path) -> None:
    """Put `data` into `path`; InputError where it cannot be written."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot write {str(path)!r}: {error.strerror}") from error
