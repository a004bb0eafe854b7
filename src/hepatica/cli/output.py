"""Writing for the terminal and to files."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from pathlib import Path

import click

from hepatica.errors import InputError


def printable(text: str) -> str:
    """`text` without characters that could steer a terminal; newlines and tabs stay."""
    return "".join(
        char if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cf"} else "\ufffd"
        for char in text
    )


def write(text: str, output: Path | None) -> None:
    """Print `text`, or put it into the file `output` in one step, never half of it."""
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(name).chmod(0o644)
            Path(name).replace(output)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot write {str(output)!r}: {error.strerror}") from error
