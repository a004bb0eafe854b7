"""`hepatica ask`: answer a question."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hepatica.cli.output import keep_apart, printable, write
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.ask.answer import Answer
    from hepatica.ask.engine import Engine
    from hepatica.render.text import Explain

READERS = ("clinician", "researcher", "learner", "patient")
TIERS = ("guideline", "label", "research")
FORMATS = ("text", "markdown", "html", "json")


@click.command
@click.argument("question", nargs=-1)
@click.option(
    "--for",
    "reader",
    type=click.Choice(READERS),
    default="clinician",
    show_default=True,
    help="In whose words.",
)
@click.option("--tier", "tiers", type=click.Choice(TIERS), multiple=True, help="Only these tiers.")
@click.option(
    "--since", type=click.IntRange(1800, 2200), help="Only sources of this year or later."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
@click.option("--follow", is_flag=True, help="Keep the subject of the question asked before.")
@click.option("--explain", is_flag=True, help="Show each quote in its surroundings, and why.")
@click.option("--dense", is_flag=True, help="Search by meaning too; see `hepatica dense`.")
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def command(
    question: tuple[str, ...],
    reader: str,
    tiers: tuple[str, ...],
    since: int | None,
    form: str,
    output: Path | None,
    follow: bool,
    explain: bool,
    dense: bool,
    folder: Path | None,
) -> None:
    """Answer QUESTION from the store, or ask for questions when none is given.

    \b
    hepatica ask "What are the treatment options for hepatorenal syndrome?"
    hepatica ask --for patient "what is hepatorenal syndrome"
    hepatica ask --follow "and if she is hypoxic?"
    """
    from hepatica.cli.session import open_engine, recall, remember
    from hepatica.evidence.store.location import default_folder

    keep_apart((output,), (folder or default_folder(),))
    text = _as_typed(" ".join(question))
    if not question and (output is not None or form != "text" or follow):
        raise InputError("-o, --format and --follow need a QUESTION; without one it asks for them")
    if text == "-":
        text = _standard_input()
    with open_engine(folder, dense=dense) as engine:
        if not question:
            _interact(engine, reader, tiers, since, explain)
            return
        subject = recall(engine.store) if follow else ()
        answer = _ask(engine, text, reader, tiers, since, subject)
        write(_render(answer, form, engine, explain, to_file=output is not None), output)
        remember(engine.store, answer.subject)


def _ask(
    engine: Engine,
    text: str,
    reader: str,
    tiers: tuple[str, ...],
    since: int | None,
    subject: tuple[str, ...],
) -> Answer:
    from hepatica.ask.answer import Reader
    from hepatica.evidence.model import Tier

    return engine.ask(
        text,
        reader=Reader(reader),
        tiers=[Tier(tier) for tier in tiers] or None,
        since=since,
        subject=subject,
    )


def _as_typed(text: str) -> str:
    """The text of an argument also where the locale could not read it."""
    try:
        return text.encode("utf-8", "surrogateescape").decode()
    except UnicodeError:
        return text


def _standard_input() -> str:
    from hepatica.ask.question import LONGEST_QUESTION

    data = sys.stdin.buffer.read(4 * LONGEST_QUESTION + 1)
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise InputError("the question is no UTF-8 text; expected a sentence") from error


def _render(answer: Answer, form: str, engine: Engine, explain: bool, *, to_file: bool) -> str:
    match form:
        case "json":
            from hepatica.render.saved import dump

            return dump(answer)
        case "html":
            from hepatica.render.html import render as html

            return html(answer)
        case "markdown":
            from hepatica.render.markdown import render as markdown

            return markdown(answer)
    from shutil import get_terminal_size

    from hepatica.render.text import render

    detail: Explain | None = None
    if explain:
        from hepatica.render.explain import explainer

        detail = explainer(engine.store)
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    styled = not to_file and not plain and sys.stdout.isatty()
    return render(
        answer,
        width=min(get_terminal_size((88, 24)).columns, 100),
        heading=(lambda title: click.style(title, bold=True)) if styled else str,
        explain=detail,
    )


def _interact(
    engine: Engine, reader: str, tiers: tuple[str, ...], since: int | None, explain: bool
) -> None:
    click.echo("Ask about liver failure or hepatorenal syndrome. Empty line or Ctrl-D ends.")
    subject: tuple[str, ...] = ()
    while True:
        try:
            text = click.prompt("?", prompt_suffix=" ", default="", show_default=False)
        except (EOFError, click.Abort):
            click.echo()
            return
        if not text.strip():
            return
        try:
            answer = _ask(engine, text, reader, tiers, since, subject)
        except InputError as error:
            click.echo(printable(str(error)), err=True)
            continue
        click.echo(_render(answer, "text", engine, explain, to_file=False))
        subject = answer.subject
