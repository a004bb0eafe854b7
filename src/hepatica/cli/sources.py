"""`hepatica sources`: what the store holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hepatica.cli._json import to_json
from hepatica.cli.output import printable
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.evidence.model import Source
    from hepatica.evidence.store.records import SourceRow

TIERS = ("guideline", "label", "research")
DESIGNS = (
    "guideline",
    "regulatory-label",
    "regulatory-safety",
    "rct",
    "meta-analysis",
    "cohort",
    "trial-registration",
    "review",
    "preclinical",
    "narrative",
)
STATUSES = ("current", "corrected", "expression-of-concern", "retracted")

_STORE = click.option(
    "--store", "folder", type=click.Path(path_type=Path), help="Folder of the store."
)
_FORMAT = click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", help="How to print it."
)


@click.group
def command() -> None:
    """List, show and remove sources."""


@command.command("list")
@click.option("--tier", type=click.Choice(TIERS), help="Only this tier.")
@click.option("--design", type=click.Choice(DESIGNS), help="Only this design.")
@click.option("--status", type=click.Choice(STATUSES), help="Only this status.")
@click.option("--query", help="Only sources with this in their id or title.")
@click.option("--all-versions", is_flag=True, help="Superseded versions, too.")
@_STORE
@_FORMAT
def list_(
    tier: str | None,
    design: str | None,
    status: str | None,
    query: str | None,
    all_versions: bool,
    folder: Path | None,
    form: str,
) -> None:
    """List sources by id."""
    import msgspec

    from hepatica.evidence.model import Design, Status, Tier
    from hepatica.evidence.store.store import Store

    with Store.open(folder, create=False) as store:
        rows = store.sources(
            tier=Tier(tier) if tier else None,
            design=Design(design) if design else None,
            status=Status(status) if status else None,
            query=query,
            all_versions=all_versions,
        )
        if form == "text":
            for row in rows:
                click.echo(printable(_line(row)))
            return
        # One source a line, so that a store of a million is not held in memory.
        separator = "["
        for row in rows:
            click.echo(separator + to_json(msgspec.to_builtins(row), indent=None))
            separator = ","
        click.echo("]" if separator == "," else "[]")


def _line(row: SourceRow) -> str:
    year = str(row.year) if row.year else "-"
    marks = [] if row.status == "current" else [str(row.status)]
    if not row.current:
        marks.append(f"superseded by {row.superseded_by}" if row.superseded_by else "retired")
    note = f" [{', '.join(marks)}]" if marks else ""
    return f"{row.id:20} {row.version}  {year:4}  {row.design:18} {_flat(row.title)}{note}"


def _flat(text: str) -> str:
    return " ".join(text.split())


@command.command()
@click.argument("source_id", metavar="ID")
@click.option("--version", "version", help="This version; by default the current one.")
@click.option("--text", "with_text", is_flag=True, help="The stored text, too.")
@_STORE
@_FORMAT
def show(
    source_id: str, version: str | None, with_text: bool, folder: Path | None, form: str
) -> None:
    """Show the source ID: what is known of it, its versions, its text."""
    import msgspec

    from hepatica.evidence.store.store import Store

    with Store.open(folder, create=False) as store:
        source = store.source(source_id, version)
        versions = [
            row for row in store.sources(query=source_id, all_versions=True) if row.id == source_id
        ]
    about: dict[str, Any] = {"version": source.version, **msgspec.to_builtins(source)}
    if not with_text:
        del about["text"]
    if form == "json":
        about["versions"] = msgspec.to_builtins(versions)
        click.echo(to_json(about))
        return
    click.echo(printable(_about(source, versions)))
    if with_text:
        click.echo(printable("\n" + source.text))


def _about(source: Source, versions: list[SourceRow]) -> str:
    fields = {
        "title": source.title,
        "authors": source.authors,
        "published in": source.container,
        "issuer": source.issuer,
        "year": source.year,
        "design": f"{source.design} ({source.tier})",
        "status": source.status,
        "notices": "; ".join(source.notices),
        "identifiers": ", ".join(f"{k} {v}" for k, v in sorted(source.identifiers.items())),
        "url": source.url,
        "licence": source.licence,
        "revision": source.revision,
        "text": f"{len(source.text):,} characters",
    }
    lines = [f"{source.id}, version {source.version}"]
    lines += [f"  {name:13} {_flat(str(value))}" for name, value in fields.items() if value]
    for row in versions:
        state = "current" if row.current else f"superseded by {row.superseded_by or 'nothing'}"
        lines.append(f"  {row.version}: {row.passages} passages, ingested {row.ingested_at}")
        lines.append(f"      from {row.origin}, {state}")
    return "\n".join(lines)


@command.command()
@click.argument("source_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_STORE
def remove(source_id: str, yes: bool, folder: Path | None) -> None:
    """Delete the source ID with all its versions. Answers that cite it no longer verify."""
    from hepatica.evidence.store.store import Store

    with Store.open(folder, create=False) as store:
        title = store.source(source_id).title
        if not yes:
            try:
                click.confirm(
                    printable(f"Delete {source_id} ({_flat(title)}) with all its versions?"),
                    abort=True,
                    err=True,
                )
            except click.Abort as error:
                raise InputError(f"{source_id!r} was not removed; --yes removes it") from error
        count = store.remove(source_id)
    click.echo(f"removed {count} version{'s' if count != 1 else ''} of {printable(source_id)}")
