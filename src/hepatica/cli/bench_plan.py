"""`hepatica bench plan FILE`: what a planned assay would measure."""

from __future__ import annotations

from pathlib import Path

import click

from hepatica.cli.bench_output import deliver, output_options


@click.command("plan", epilog="Start from `hepatica bench plan --example > plan.yaml`.")
@click.argument("plan_file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--example", is_flag=True, help="Print a plan to start from.")
@output_options
def command(
    plan_file: Path | None, example: bool, report: Path | None, plot: Path | None, shape: str
) -> None:
    """Plan an assay: expected counts, depletion, time to equilibrium, n in each group."""
    from hepatica.errors import InputError

    if example:
        path = Path(__file__).parents[1] / "bench" / "examples" / "plan.yaml"
        click.echo(path.read_text(encoding="utf-8"), nl=False)
        return
    if plan_file is None:
        raise InputError("name a plan (YAML); `hepatica bench plan --example` prints one")
    from hepatica.bench.planner import plan, read_plan

    deliver(lambda: plan(read_plan(plan_file)), report, plot, shape, given=plan_file)
