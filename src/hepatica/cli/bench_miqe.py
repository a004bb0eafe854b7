"""`hepatica bench miqe FILE`: the MIQE checklist of a qPCR study, with what is missing."""

from __future__ import annotations

from pathlib import Path

import click


@click.command("miqe", epilog="Example: hepatica bench miqe run.rdml --study s.yaml -o miqe.md")
@click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--study", type=click.Path(path_type=Path), help="Study file (YAML).")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write to a file: .md or .csv."
)
def command(table: Path, study: Path | None, output: Path | None) -> None:
    """Export the MIQE checklist of FILE: what is stated, what the data show, what is missing."""
    from hepatica.bench.assays.qpcr import Study, load, miqe
    from hepatica.bench.assays.qpcr_miqe import as_csv, as_markdown
    from hepatica.bench.assays.qpcr_wells import assign, wells_of
    from hepatica.bench.study import read_study
    from hepatica.cli.output import keep_apart, printable, write
    from hepatica.errors import InputError

    keep_apart((output,), (table, study))
    if output is not None and output.suffix.lower() not in (".md", ".csv"):
        raise InputError(f"{str(output)!r}: a checklist ends in .md or .csv")
    described = read_study(study, Study)
    wells = assign(wells_of(load(table, described), described.decimal), described.groups)
    rows = miqe(wells, described)
    if output is not None and output.suffix.lower() == ".csv":
        write(as_csv(rows), output)
        return
    text = as_markdown(rows)
    write(text if output is not None else printable(text), output)
