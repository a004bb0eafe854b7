"""The options and the writing that bench commands of other shapes share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hepatica.bench.result import AssayResult

__all__ = ["deliver", "output_options"]

REPORTS = (".html", ".htm", ".md", ".pdf", ".json", ".txt")
PICTURES = (".svg", ".png", ".pdf")


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --report, --plot and --format, passed on as `report`, `plot` and `shape`."""
    for option in (
        click.option(
            "--format", "shape", type=click.Choice(["text", "json"]), default="text",
            help="How to print it.",
            show_default=True,
        ),
        click.option("--plot", type=click.Path(path_type=Path), help="Write the figure."),
        click.option(
            "--report", type=click.Path(path_type=Path),
            help="Write the report: .html, .md, .pdf, .json or .txt.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def deliver(
    make: Callable[[], AssayResult],
    report: Path | None,
    plot: Path | None,
    shape: str,
    *,
    given: Path | None = None,
) -> None:
    """Print what `make` returns, and write its report and figure where they were asked for.

    InputError for an ending that no report or figure has, and for an output that is the file
    `given`, before anything is computed.
    """
    from hepatica.cli.output import keep_apart, printable
    from hepatica.errors import HepaticaError, InputError, MissingExtraError

    keep_apart((report, plot), (given,))
    for path, endings, what in ((report, REPORTS, "report"), (plot, PICTURES, "figure")):
        if path is not None and path.suffix.lower() not in endings:
            raise InputError(f"{str(path)!r}: a {what} ends in {', '.join(endings)}")
    try:
        result = make()
    except ModuleNotFoundError as error:
        if error.name and error.name.split(".")[0] in ("numpy", "scipy"):
            raise MissingExtraError(what="the bench", extra="assay") from error
        raise
    except (ValueError, ArithmeticError) as error:
        raise HepaticaError(
            f"{error}; nothing is reported; this is a fault of the program"
        ) from error
    from hepatica.bench.report import as_json, as_text, save_report

    if plot is not None:
        from hepatica.bench.figure import save_picture

        save_picture(result, plot)
    if report is not None:
        save_report(result, report)
    click.echo(as_json(result) if shape == "json" else printable(as_text(result)), nl=False)
