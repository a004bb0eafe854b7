"""The `hepatica` command: each subcommand is one module with a click command named `command`."""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import suppress
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import Any

import click

from hepatica import __version__
from hepatica.errors import HepaticaError

__all__ = ["main"]

COMMANDS = {
    "ask": "Answer a question from the store, every sentence with its source.",
    "assess": "Assess a patient: criteria, scores, cautions and a plan, each with its sources.",
    "bench": "Analyse an assay.",
    "cite": "Export the references of a saved answer.",
    "cohort": "Compute scores and criteria for every patient of a registry.",
    "dense": "Set up retrieval by meaning beside retrieval by words.",
    "doctor": "Check the store and say what to do.",
    "guide": "Walk a troubleshooting guide; show a protocol.",
    "ingest": "Add files, or what PubMed, DailyMed, openFDA, ClinicalTrials.gov or PMC hold.",
    "pool": "Pool the trials of one outcome.",
    "review": "List and record the review of topics.",
    "score": "Compute a clinical score.",
    "sources": "List, show and remove sources.",
    "verify": "Re-check a saved answer against the store.",
}


class _Lazy(click.Group):
    """Imports a subcommand only when it is called, so that each starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"hepatica.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))

    def main(self, *args: Any, **options: Any) -> Any:
        _open_closed_streams()
        _write_every_character()
        try:
            return super().main(*args, **options)
        except OSError as error:
            reason = error.strerror or str(error)
            if error.filename is None:
                _say(f"cannot write the output: {reason}; free some space or name a file with room")
            else:
                _say(f"cannot use {str(error.filename)!r}: {reason}; check that it is yours")
            sys.exit(2)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HepaticaError as error:
            _say(str(error))
            ctx.exit(error.exit_code)
        except KeyboardInterrupt:
            _say("interrupted; nothing is lost: run the same command again")
            ctx.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(141)


def _open_closed_streams() -> None:
    """A closed stream reads as empty and swallows what is written, and no file gets its number."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115


def _write_every_character() -> None:
    """ "≥" must never stop an answer or become "?": pipes and files get UTF-8, and a terminal that
    cannot show a character its code."""
    for stream in (sys.stdout, sys.stderr):
        if not isinstance(stream, TextIOWrapper) or codecs.lookup(stream.encoding).name == "utf-8":
            continue
        if stream.isatty():
            stream.reconfigure(errors="backslashreplace")
        else:
            stream.reconfigure(encoding="utf-8")


def _say(message: str) -> None:
    from hepatica.cli.output import printable

    with suppress(OSError):
        click.echo(printable(f"hepatica: {' '.join(message.split())}"), err=True)


@click.command(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 a check failed, 2 bad input, 3 a source was rejected, "
    "4 knowledge or citation broken, 5 store, 6 fetch, 7 optional part missing, 130 interrupted.",
)
@click.version_option(__version__, prog_name="hepatica")
def main() -> None:
    """Evidence on liver failure and hepatorenal syndrome that can be checked."""
