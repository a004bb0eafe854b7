"""`hepatica bench model`: scenarios of the mechanism model; never evidence about patients."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hepatica.cli.bench_output import deliver, output_options

if TYPE_CHECKING:
    from hepatica.bench.result import AssayResult


@click.command(
    "model", epilog="Example: hepatica bench model lower-affinity --set KdV=5 --plot model.svg"
)
@click.argument("hypotheses", nargs=-1)
@click.option("--set", "changes", multiple=True, metavar="NAME=VALUE", help="Set a parameter.")
@click.option("--draws", type=int, default=0, help="Vary the parameters in this many draws.")
@click.option("--sensitivity", is_flag=True, help="Show what the measures could identify.")
@click.option(
    "--export", "target", type=click.Path(path_type=Path),
    help="Write the model itself: .ant (Antimony) or .xml (SBML Level 3).",
)  # fmt: skip
@output_options
def command(
    hypotheses: tuple[str, ...],
    changes: tuple[str, ...],
    draws: int,
    sensitivity: bool,
    target: Path | None,
    report: Path | None,
    plot: Path | None,
    shape: str,
) -> None:
    """Simulate the receptor model under HYPOTHESES (all without): it illustrates and plans."""
    from hepatica.errors import InputError

    constants = dict(_change(entry) for entry in changes)
    if target is not None:
        if hypotheses or changes or draws or sensitivity or report or plot:
            raise InputError(
                "--export writes the model as it ships: leave out hypotheses and other options, "
                "or leave out --export"
            )
        _export(target)
        return

    def make() -> AssayResult:
        from hepatica.bench.mechanism.explore import explore
        from hepatica.cli._progress import counted

        with counted("draws", draws) as told:
            return explore(
                hypotheses, constants=constants, draws=draws, sensitivities=sensitivity,
                on_progress=told,
            )  # fmt: skip

    deliver(make, report, plot, shape)


def _change(entry: str) -> tuple[str, float]:
    from math import isfinite

    from hepatica.errors import InputError

    name, sign, text = entry.partition("=")
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not sign or not isfinite(value) or value < 0:
        raise InputError(f"--set {entry!r}: expected NAME=VALUE with a number of 0 or more")
    return name.strip(), value


def _export(target: Path) -> None:
    from hepatica.errors import InputError
    from hepatica.files import write_bytes

    if target.suffix not in (".ant", ".xml"):
        raise InputError(f"{str(target)!r}: a model ends in .ant or .xml")
    try:
        from hepatica.bench.mechanism.export import antimony, sbml
    except ModuleNotFoundError as error:
        from hepatica.errors import MissingExtraError

        raise MissingExtraError(what="the bench", extra="assay") from error
    write_bytes(antimony() if target.suffix == ".ant" else sbml(), target)
    click.echo(f"wrote {target}")
