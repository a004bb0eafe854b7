"""`hepatica score NAME key=value ...`: one score, with its working."""

from __future__ import annotations

import click

from hepatica.cli.settings import pairs, setting


@click.command(
    "score",
    epilog="Example: hepatica score meld creatinine=185umol/L bilirubin=4.2mg/dL inr=1.8 "
    "dialysis=no",
)
@click.argument("name", required=False)
@click.argument("values", nargs=-1, metavar="[KEY=VALUE]...")
@click.option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="A disputed rule.")
@click.option("--sources", is_flag=True, help="Quote the claims behind the definition.")
@click.option("--list", "listing", is_flag=True, help="Every score with its inputs.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print it.",
)
def command(
    name: str | None,
    values: tuple[str, ...],
    chosen: tuple[str, ...],
    sources: bool,
    listing: bool,
    shape: str,
) -> None:
    """Compute a score: a value with its unit for each input, yes or no for questions.

    NAME alone shows what the score needs. What is not given is unknown, never assumed.
    """
    from hepatica.clinic import show
    from hepatica.clinic.definition import definition, definitions
    from hepatica.clinic.score import score
    from hepatica.errors import InputError

    if listing:
        click.echo(show.listing(definitions(), shape))
        return
    if name is None:
        raise InputError("no score named: try `hepatica score --list`")
    item = definition(name)
    backing = show.backing(item.id) if sources else ()
    if not values and not chosen:
        click.echo(show.explain(item, shape, backing))
        return
    parameters = {key: setting(value) for key, value in pairs(chosen)}
    inputs = dict(pairs(values))
    if "name" in inputs:  # no definition has an input of this name
        raise InputError(f"{name} has no input 'name'")
    click.echo(show.result(score(name, parameters=parameters, **inputs), shape, backing))
