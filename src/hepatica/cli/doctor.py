"""`hepatica doctor`: check the store and say what to do."""

from __future__ import annotations

from pathlib import Path

import click

from hepatica.cli._json import to_json
from hepatica.cli.output import printable


@click.command
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
@click.option("--fix", "mend", is_flag=True, help="Rebuild the index, clear away leftovers.")
@click.option("--all", "thorough", is_flag=True, help="Read every source, not a sample.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How to print it."
)
def command(folder: Path | None, mend: bool, thorough: bool, form: str) -> None:
    """Check the store: record, index, knowledge, space. Exits with 1 when something is wrong."""
    import msgspec

    from hepatica.evidence.store.doctor import SAMPLE, Severity, check, fix
    from hepatica.evidence.store.location import default_folder

    folder = folder or default_folder()
    done = fix(folder) if mend else []
    found = check(folder, sample=None if thorough else SAMPLE)
    if form == "json":
        click.echo(to_json({"done": done, "checks": msgspec.to_builtins(found)}))
    else:
        for line in done:
            click.echo(printable(f"done     {line}"))
        for item in found:
            click.echo(printable(f"{item.severity:8} {item.name}: {item.message}"))
            if item.remedy and item.severity is not Severity.OK:
                click.echo(printable(f"         -> {item.remedy}"))
    if any(item.severity is Severity.ERROR for item in found):
        raise click.exceptions.Exit(1)
