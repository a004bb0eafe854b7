"""`hepatica verify`: re-check a saved answer."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from hepatica.cli.output import printable
from hepatica.errors import InputError


@click.command
@click.argument("answer", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How to print it."
)
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def command(answer: Path, form: str, folder: Path | None) -> None:
    """Re-check every citation and number of ANSWER, a file that `ask --format json` wrote.

    Exits with 1 when a statement does not hold.
    """
    from hepatica.ask.recheck import load, recheck
    from hepatica.evidence.store.store import Store

    saved = load(read_file(answer))
    with Store.open(folder, create=False) as store:
        report = recheck(saved, store)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(report)).decode())
    else:
        click.echo(
            f"{report.statements} statements, {report.citations} citations, "
            f"{report.numbers_checked} numbers: {len(report.faults)} fault(s)"
        )
        if report.store_changed:
            click.echo("The store has changed since; old versions of sources were used.")
        for fault in report.faults:
            click.echo(printable(f"- {fault.statement}\n  {fault.reason}"))
    if report.faults:
        raise click.exceptions.Exit(1)


def read_file(path: Path) -> bytes:
    """The bytes of a file named on the command line; InputError in one line when it cannot be."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from error
