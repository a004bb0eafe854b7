"""`hepatica cohort INPUT -o OUT.parquet`: the definitions over a registry."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hepatica.cli.settings import pairs, setting

if TYPE_CHECKING:
    from hepatica.clinic.cohort.run import Cohort


@click.command(
    "cohort",
    epilog="Example: hepatica cohort registry.parquet -o out.parquet --concepts meld3,hrs_aki_2024 "
    "--attrition attrition.svg",
)
@click.argument("given", metavar="INPUT", type=click.Path(path_type=Path))
@click.option(
    "-o", "--output", required=True, type=click.Path(path_type=Path), help="A .parquet file."
)
@click.option(
    "--concepts",
    multiple=True,
    metavar="NAME,...",
    help="Scores, criteria and measured concepts; all scores and criteria unless given. "
    "kdigo_aki.max_stage asks for one column.",
)
@click.option(
    "--per",
    type=click.Choice(["patient", "time", "day", "episode"]),
    default="patient",
    show_default=True,
    help="One row a patient, a moment that a criterion judges, a day, or a hospital stay.",
)
@click.option(
    "--at",
    type=click.Path(path_type=Path),
    help="A table of patient and time: one row for each, with what was known then.",
)
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What runs the queries.",
)
@click.option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="A disputed rule.")
@click.option(
    "--map",
    "mapping",
    type=click.Path(path_type=Path),
    help="A YAML file with further codes and words for concepts.",
)
@click.option("--memory", default="3GiB", show_default=True, help="The rest goes to disk.")
@click.option("--attrition", type=click.Path(path_type=Path), help="A .svg, .md or .txt file.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print the summary.",
)
@click.option("--quiet", is_flag=True, help="No progress.")
def command(
    given: Path,
    output: Path,
    concepts: tuple[str, ...],
    per: str,
    at: Path | None,
    engine: str,
    chosen: tuple[str, ...],
    mapping: Path | None,
    memory: str,
    attrition: Path | None,
    shape: str,
    quiet: bool,
) -> None:
    """Compute scores and criteria for every patient of a registry.

    INPUT is a long CSV or Parquet file (patient, concept, value, unit, time), a folder with OMOP
    CDM 5.4 tables, or FHIR R4: a Bundle, NDJSON, or a folder of them. What is missing is unknown
    and never taken as normal.
    """
    from typing import Any, cast

    from hepatica.cli._progress import progress
    from hepatica.cli.output import keep_apart
    from hepatica.clinic.cohort.attrition import drawn
    from hepatica.clinic.cohort.plan import plan
    from hepatica.clinic.cohort.run import cohort
    from hepatica.clinic.inputs.mapping import user_map
    from hepatica.errors import InputError

    keep_apart((output, attrition), (given, at, mapping))
    if attrition is not None and attrition.suffix.lower() not in (".svg", ".md", ".txt"):
        raise InputError(f"{attrition.name!r}: attrition is written as .svg, .md or .txt")
    if attrition is not None and not attrition.parent.is_dir():
        raise InputError(f"{str(attrition.parent)!r}: there is no such folder")
    names = tuple(name.strip() for part in concepts for name in part.split(",") if name.strip())
    if attrition is not None and not drawn(plan(names, per=cast(Any, per))):
        raise InputError(
            "--attrition: none of these has items in order, each of which must be met: ask for "
            "such a criterion (--concepts hrs_aki_2015), one row a patient, day or stay"
        )
    with progress(quiet=quiet) as tell:
        found = cohort(
            given,
            output,
            concepts=names,
            per=cast(Any, per),
            at=at,
            engine=cast(Any, engine),
            parameters={key: setting(value) for key, value in pairs(chosen)},
            user=None if mapping is None else user_map(mapping),
            memory=memory,
            progress=tell,
        )
    _report(found, attrition, shape)


def _report(found: Cohort, attrition: Path | None, shape: str) -> None:
    import msgspec

    from hepatica.cli.output import write
    from hepatica.clinic.cohort import attrition as drawing
    from hepatica.clinic.cohort import summary

    result, lost = summary.summarise(found), drawing.attritions(found)
    if attrition is not None:
        match attrition.suffix.lower():
            case ".svg":
                write(drawing.svg(lost), attrition)
            case ".md":
                write("\n".join(map(drawing.markdown, lost)), attrition)
            case _:
                write("\n".join(map(drawing.text, lost)), attrition)
    if shape == "json":
        data = msgspec.json.encode({"summary": result, "attrition": lost})
        click.echo(msgspec.json.format(data, indent=2).decode())
        return
    click.echo(summary.text(result), nl=False)
    for item in lost:
        click.echo("\n" + drawing.text(item), nl=False)
