"""Writing for the terminal and to files."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import click

from hepatica.errors import InputError

# What is written to be looked at; no folder is read for files that end so.
SHOWN = frozenset((".html", ".htm", ".md", ".txt", ".pdf", ".svg", ".png"))


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
    else:
        from hepatica.files import write_bytes

        write_bytes(text.encode(), output)


def keep_apart(outputs: Iterable[Path | None], inputs: Iterable[Path | None] = ()) -> None:
    """InputError where a file to be written is one that is read, or is named for two outputs.

    A folder that is read takes reports and pictures only: another file in it is read, too, or would
    be the next time. A device or a pipe is written to, and never replaced.
    """
    read = [path for path in inputs if path is not None]
    written: list[Path] = []
    for path in outputs:
        if path is None or not _is_replaced(path):
            continue
        for given in read:
            if _same(path, given):
                raise InputError(f"{str(path)!r} is the input; name another file to write to")
            inside = given.is_dir() and _same(Path(os.path.realpath(path)).parent, given)
            if inside and path.suffix.lower() not in SHOWN:
                raise InputError(
                    f"{str(path)!r} lies in {str(given)!r}, which is read; name a file elsewhere"
                )
        if any(_same(path, other) for other in written):
            raise InputError(
                f"{str(path)!r} is named for two outputs; name another file for one of them"
            )
        written.append(path)


def _is_replaced(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:  # it is not there yet, or cannot be written, which is told then
        return True


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there
        return os.path.realpath(one) == os.path.realpath(other)
