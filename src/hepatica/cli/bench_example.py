"""`hepatica bench example ASSAY`: a table and a study file to start from."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("example", epilog="Example: hepatica bench example binding --into trial/")
@click.argument("name", required=False)
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default="here",
    help="Folder to write to; made where it is missing.",
)
def command(name: str | None, into: Path) -> None:
    """Write NAME.csv and NAME.yaml, a worked example of the assay NAME; alone, list the assays."""
    from hepatica.bench.registry import ASSAYS, example
    from hepatica.errors import InputError
    from hepatica.files import write_bytes

    if name is None:
        for key, about in ASSAYS.items():
            click.echo(f"{key:12} {about}")
        return
    table, study = example(name)
    paths = [into / f"{name}.csv", into / f"{name}.yaml"]
    for path in paths:
        if path.exists():
            raise InputError(f"{str(path)!r} is there already: move it or choose --into")
    try:
        into.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder {str(into)!r}: {error.strerror}") from error
    for path, text in zip(paths, (table, study), strict=True):
        write_bytes(text.encode(), path)
    click.echo(f"now: hepatica bench {name} {paths[0]} --study {paths[1]}")
