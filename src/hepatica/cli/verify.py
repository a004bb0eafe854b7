"""`hepatica verify`: re-check a saved answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click
import msgspec

from hepatica.cli._json import to_json
from hepatica.cli.output import printable
from hepatica.errors import InputError

Saved = TypeVar("Saved")


@click.command
@click.argument("answer", type=click.Path(path_type=Path))
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How to print it."
)
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def command(answer: Path, form: str, folder: Path | None) -> None:
    """Re-check every citation, figure and reference of ANSWER, written by `ask --format json`.

    Exits with 1 when something does not hold.
    """
    from hepatica.ask.recheck import load, recheck
    from hepatica.evidence.store.store import Store

    saved = read_saved(answer, load)
    with Store.open(folder, create=False) as store:
        report = recheck(saved, store)
    if form == "json":
        click.echo(to_json(msgspec.to_builtins(report)))
    else:
        click.echo(
            f"{report.statements} statements, {report.citations} citations, "
            f"{report.numbers_checked} numbers: {len(report.faults)} fault(s)"
        )
        if report.store_changed:
            click.echo("The store has changed since; the versions that it cites were used.")
        for notice in report.notices:
            click.echo(printable(f"Note: {notice}"))
        for fault in report.faults:
            click.echo(printable(f"- {fault.statement}\n  {fault.reason}"))
    if report.faults:
        raise click.exceptions.Exit(1)


def read_saved(path: Path, load: Callable[[bytes], Saved]) -> Saved:
    """What `load` makes of a file; InputError, which names the file, when it cannot be used."""
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"cannot read {str(path)!r}: {error.strerror}; name a file that `hepatica ask "
            "--format json -o FILE` wrote"
        ) from error
    except InputError as error:
        raise InputError(f"{str(path)!r}: {error}") from error
