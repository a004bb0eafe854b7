"""Writing for the terminal and to files."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import click


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
