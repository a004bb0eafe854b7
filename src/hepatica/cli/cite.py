"""`hepatica cite`: the references of a saved answer for a reference manager."""

from __future__ import annotations

from pathlib import Path

import click

from hepatica.cli.output import keep_apart, write
from hepatica.cli.verify import read_saved

STYLES = ("bibtex", "ris", "csl-json")


@click.command
@click.argument("answer", type=click.Path(path_type=Path))
@click.option(
    "--style", type=click.Choice(STYLES), default="bibtex", show_default=True, help="Format."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
def command(answer: Path, style: str, output: Path | None) -> None:
    """Export the references of ANSWER, a file that `ask --format json` wrote."""
    from hepatica.render.citations import cite
    from hepatica.render.saved import load_references

    keep_apart((output,), (answer,))
    write(cite(read_saved(answer, load_references), style), output)
