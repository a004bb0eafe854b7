"""`hepatica ingest`: add files and what services hold to the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hepatica.cli._json import to_json
from hepatica.cli.output import printable

if TYPE_CHECKING:
    from hepatica.cli._progress import Progress
    from hepatica.cli._targets import Record
    from hepatica.evidence.store.records import IngestReport

REJECTED = 3
INTERRUPTED = 130


@click.command
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many records a target.")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How to print it."
)
@click.option("--quiet", is_flag=True, help="No progress, and no summary unless asked as JSON.")
def command(
    targets: tuple[str, ...], folder: Path | None, limit: int | None, form: str, quiet: bool
) -> None:
    """Add each TARGET: a file, a folder, or a query to a service.

    \b
    hepatica ingest papers/ label.xml pubmed25n0001.xml.gz
    hepatica ingest "pubmed:terlipressin hepatorenal" --limit 200
    hepatica ingest pmid:18471513 dailymed:terlivaz "ctgov:hepatorenal syndrome" pmc:PMC3730280

    What the store holds already is skipped, and another version of a source supersedes the one
    before. Exits with 3 when something was rejected, with 130 when interrupted; what was read until
    then is kept, and the same command goes on from there.
    """
    from hepatica.cli._progress import progress
    from hepatica.cli._targets import check_targets, records
    from hepatica.evidence.store.records import IngestReport
    from hepatica.evidence.store.store import Store

    check_targets(targets)
    report = IngestReport()
    with Store.open(folder) as store:
        try:
            with progress(quiet=quiet) as shown:
                store.ingest(
                    _announced(records(targets, store=store.folder, limit=limit), shown),
                    origin=targets[0],
                    on_progress=shown.settled,
                    report=report,
                )
        except KeyboardInterrupt:
            kept = report.new + report.superseded
            click.echo(
                f"hepatica: interrupted; {kept} sources were added and are kept: run the same "
                "command again to go on",
                err=True,
            )
            raise click.exceptions.Exit(INTERRUPTED) from None
        finally:
            _show(report, store.version, form=form, quiet=quiet)
    if report.rejected:
        raise click.exceptions.Exit(REJECTED)


def _announced(found: Iterator[Record], shown: Progress) -> Iterator[Record]:
    from hepatica.evidence.store.records import Origin

    for record in found:
        if isinstance(record, Origin):
            shown.reading(record.name)
        yield record


def _show(report: IngestReport, version: str, *, form: str, quiet: bool) -> None:
    if form == "json":
        import msgspec

        summary = {"store_version": version, **msgspec.to_builtins(report)}
        click.echo(to_json(summary))
        return
    for rejection in report.rejections:
        click.echo(
            printable(f"rejected {_flat(rejection.where)}: {_flat(rejection.reason)}"), err=True
        )
    if report.rejected > len(report.rejections):
        click.echo(f"rejected {report.rejected - len(report.rejections)} more", err=True)
    if not quiet:
        click.echo(_table(report, version))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _table(report: IngestReport, version: str) -> str:
    rows = {
        "new": report.new,
        "unchanged": report.unchanged,
        "superseded": report.superseded,
        "older than held": report.older,
        "rejected": report.rejected,
    }
    if not report.older:
        del rows["older than held"]
    lines = [f"{name:16}{count:>10,}" for name, count in rows.items()]
    lines.append(f"store version   {version}")
    if report.lag:
        lines.append(
            f"The search index is {report.lag} commits behind; the next search catches up."
        )
    return "\n".join(lines)
