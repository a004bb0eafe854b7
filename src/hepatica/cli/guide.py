"""`hepatica guide [NAME]`: troubleshooting guides, protocols, markers and the pathway."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hepatica.bench.guides.records import Guide

EXPORTS = (".md", ".html", ".svg")


@click.command(
    "guide",
    epilog="Example: hepatica guide no-improvement --answers yes,yes,lower,yes",
)
@click.argument("name", required=False)
@click.option("--answers", help="Walk with these answers (words or numbers, commas between).")
@click.option(
    "--export", "target", type=click.Path(path_type=Path),
    help="Write the whole guide, protocol or diagram: .md, .html or .svg.",
)  # fmt: skip
def command(name: str | None, answers: str | None, target: Path | None) -> None:
    """List guides and protocols, walk a guide question by question, or export one."""
    from hepatica.bench.guides.records import guides, protocols
    from hepatica.bench.guides.render import markers_markdown, protocol_markdown
    from hepatica.cli.output import printable, write
    from hepatica.errors import InputError

    if name is None:
        if answers or target:
            raise InputError("name a guide first; `hepatica guide` lists them")
        _list()
        return
    known = [*guides(), *protocols(), "markers", "pathway"]
    if name not in known:
        raise InputError(f"no guide {name!r}; there are: {', '.join(known)}")
    if target is not None:
        if answers:
            raise InputError("--export writes the whole guide; leave out --answers")
        write(_exported(name, target), target)
        return
    if name in guides():
        _walk(guides()[name], answers)
        return
    if answers:
        raise InputError(f"{name!r} has no questions to answer")
    if name == "pathway":
        raise InputError("the pathway is a diagram: hepatica guide pathway --export pathway.svg")
    text = markers_markdown() if name == "markers" else protocol_markdown(protocols()[name])
    click.echo(printable(text), nl=False)


def _list() -> None:
    from hepatica.bench.guides.records import guides, pathway, protocols

    click.echo("Guides (walk them):")
    for guide in guides().values():
        click.echo(f"  {guide.id:20} {guide.title}")
    click.echo("Protocols:")
    for protocol in protocols().values():
        click.echo(f"  {protocol.id:20} {protocol.title}")
    click.echo(f"Tables and diagrams:\n  {'markers':20} Markers of terlipressin resistance")
    click.echo(f"  {'pathway':20} {pathway().title}")


def _exported(name: str, target: Path) -> str:
    from hepatica.bench.guides.diagram import pathway_svg, workflow_svg
    from hepatica.bench.guides.records import guides, pathway, protocols
    from hepatica.bench.guides.render import (
        guide_markdown,
        html_page,
        markers_markdown,
        protocol_markdown,
    )
    from hepatica.errors import InputError

    ending = target.suffix.lower()
    if ending not in EXPORTS:
        raise InputError(f"{str(target)!r}: an export ends in {', '.join(EXPORTS)}")
    guide = guides().get(name)
    if ending == ".svg":
        if name == "pathway":
            return pathway_svg(pathway())
        if guide is None:
            raise InputError(f"{name!r} has no diagram; export it as .md or .html")
        return workflow_svg(guide)
    if guide is not None:
        text = guide_markdown(guide)
    elif name == "pathway":
        raise InputError("the pathway is a diagram: export it as .svg")
    else:
        text = markers_markdown() if name == "markers" else protocol_markdown(protocols()[name])
    return text if ending == ".md" else html_page(text, guide)


def _walk(guide: Guide, answers: str | None) -> None:
    from hepatica.bench.guides.render import node_text, trail_markdown
    from hepatica.bench.guides.walk import choose, walk
    from hepatica.cli.output import printable
    from hepatica.errors import InputError

    given = [part for part in (answers or "").split(",") if part.strip()]
    paces, node = walk(guide, given)
    if given or not sys.stdin.isatty():
        click.echo(printable(trail_markdown(guide, paces, node)), nl=False)
        return
    click.echo(f"{guide.title}\n{guide.scope}\n")
    while node is not None:
        click.echo(f"{node.ask}")
        for line in node_text(node):
            click.echo(f"  {line}")
        for number, outcome in enumerate(node.outcomes, 1):
            click.echo(f"  {number} {outcome.answer}")
        try:
            outcome = choose(node, click.prompt("Answer"))
        except InputError as error:
            click.echo(str(error))
            continue
        click.echo(f"  -> {outcome.means}\n")
        if outcome.investigate:
            click.echo(f"  Go on with `{outcome.investigate}`.\n")
        node = guide.node(outcome.next) if outcome.next is not None else None
