"""`hepatica bench ASSAY FILE`: one assay analysed; `hepatica bench example ASSAY`: a start."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import click

# Commands of their own shape: one module each, `hepatica.cli.bench_<name>`, with a `command`.
OTHERS = {
    "example": "Write the worked example of an assay.",
    "miqe": "Export the MIQE checklist of a qPCR study.",
    "model": "Simulate the mechanism model: it illustrates and plans.",
    "plan": "Plan an assay: signal, depletion, time, n in each group.",
}


class _Assays(click.Group):
    """One command for each assay, built when it is called, and the commands of other shapes."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from hepatica.bench.registry import ASSAYS

        return [*ASSAYS, *OTHERS]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from hepatica.bench.registry import ASSAYS

        if cmd_name in ASSAYS:
            return _command(cmd_name, ASSAYS[cmd_name])
        if cmd_name not in OTHERS:
            return None
        command: click.Command = import_module(f"hepatica.cli.bench_{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from hepatica.bench.registry import ASSAYS

        with formatter.section("Commands"):
            formatter.write_dl([*ASSAYS.items(), *OTHERS.items()])


@click.command("bench", cls=_Assays)
def command() -> None:
    """Analyse an assay: estimates with intervals, verdicts, quality control and a figure."""


def _command(name: str, about: str) -> click.Command:
    @click.command(name, help=about, epilog=f"Start from `hepatica bench example {name}`.")
    @click.argument("table", metavar="FILE", type=click.Path(path_type=Path))
    @click.option("--study", type=click.Path(path_type=Path), help="Study file (YAML).")
    @click.option(
        "--report",
        type=click.Path(path_type=Path),
        help="Write the report: .html, .md, .pdf, .json or .txt.",
    )
    @click.option("--plot", type=click.Path(path_type=Path), help="Write the figure: .svg or .png.")
    @click.option(
        "--format",
        "shape",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="How to print it.",
    )
    def assay(
        table: Path, study: Path | None, report: Path | None, plot: Path | None, shape: str
    ) -> None:
        _analyse(name, table, study, report, plot, shape)

    return assay


def _analyse(
    name: str, table: Path, study: Path | None, report: Path | None, plot: Path | None, shape: str
) -> None:
    from hepatica.bench.registry import run
    from hepatica.cli.output import keep_apart, printable

    keep_apart((report, plot), (table, study))
    _refuse(report, (".html", ".htm", ".md", ".pdf", ".json", ".txt"), "report")
    _refuse(plot, (".svg", ".png", ".pdf"), "figure")
    result = run(name, table, study)
    from hepatica.bench.report import as_json, as_text, save_report

    if plot is not None:
        from hepatica.bench.figure import save_picture

        save_picture(result, plot)
    if report is not None:
        save_report(result, report)
    click.echo(as_json(result) if shape == "json" else printable(as_text(result)), nl=False)


def _refuse(path: Path | None, endings: tuple[str, ...], what: str) -> None:
    if path is None or path.suffix.lower() in endings:
        return
    from hepatica.errors import InputError

    raise InputError(f"{str(path)!r}: a {what} ends in {', '.join(endings)}")
