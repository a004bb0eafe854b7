"""`hepatica assess PATIENT`: findings and a plan from a patient's measurements."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hepatica.cli.output import keep_apart, printable, write
from hepatica.cli.settings import pairs, setting
from hepatica.errors import InputError

if TYPE_CHECKING:
    from hepatica.clinic.assess.model import Assessment
    from hepatica.clinic.definition import Scalar
    from hepatica.clinic.observations import Observations

READERS = ("clinician", "researcher", "learner", "patient")
FORMATS = ("text", "markdown", "html", "json", "fhir")


@click.command(
    "assess",
    epilog="PATIENT is a YAML or JSON file as the guide shows it, FHIR (.json with resourceType, "
    ".ndjson, or a folder of them), a long table (.csv, .parquet), or a folder of OMOP tables.",
)
@click.argument("given", metavar="PATIENT", type=click.Path(path_type=Path))
@click.option("--patient", metavar="ID", help="Which patient, where PATIENT holds more than one.")
@click.option(
    "--at", "moment", metavar="TIME", help="As of this time; the last measurement if not given."
)
@click.option(
    "--for",
    "reader",
    type=click.Choice(READERS),
    default="clinician",
    show_default=True,
    help="In whose words.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How to print it.",
)
@click.option(
    "--map",
    "mapping",
    type=click.Path(path_type=Path),
    help="A YAML file with further codes and words for concepts.",
)
@click.option("--set", "chosen", multiple=True, metavar="NAME=VALUE", help="A disputed rule.")
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Draw creatinine to FILE (.svg, .png, .pdf)."
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to a file.")
@click.option("--store", "folder", type=click.Path(path_type=Path), help="Folder of the store.")
def command(
    given: Path,
    patient: str | None,
    moment: str | None,
    reader: str,
    form: str,
    mapping: Path | None,
    chosen: tuple[str, ...],
    plot: Path | None,
    output: Path | None,
    folder: Path | None,
) -> None:
    """Assess PATIENT: criteria one by one, scores, cautions, and a plan with its sources.

    Nothing later than --at is looked at. Nothing about the patient is kept: only what -o and
    --plot name is written.
    """
    from hepatica.clinic.inputs.mapping import user_map
    from hepatica.clinic.inputs.read import read
    from hepatica.evidence.store.location import default_folder

    keep_apart((plot, output), (given, mapping, folder or default_folder()))
    user = None if mapping is None else user_map(mapping)
    observed = read(given, patient=patient, user=user)
    found = _assess(observed, _time(moment), reader, chosen, folder)
    if plot is not None:
        from hepatica.render.assessment_plot import save

        save(found, plot)
    text = _render(found, form, to_file=output is not None)
    write(text if output is not None else printable(text), output)


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    from hepatica.clinic.times import BadTimeError, Clock, parse

    try:
        moment = parse(text)
        if moment is not None and moment.utcoffset() is not None:
            raise InputError(
                f"--at {text!r}: give it on the clock of the patient, without an offset"
            )
        return Clock().read(text)
    except BadTimeError as error:
        raise InputError(f"--at: {error}") from None


def _assess(
    observed: Observations,
    moment: datetime | None,
    reader: str,
    chosen: tuple[str, ...],
    folder: Path | None,
) -> Assessment:
    from hepatica.cli.session import open_engine
    from hepatica.clinic.assess.assess import assess
    from hepatica.clinic.assess.model import Reader
    from hepatica.evidence.cited import Shelf

    with open_engine(folder) as engine:
        return assess(
            observed,
            at=moment,
            reader=Reader(reader),
            parameters=_parameters(chosen),
            shelf=Shelf(engine.prepared.knowledge, engine.store.source),
            store_version=engine.store.version,
        )


def _parameters(chosen: tuple[str, ...]) -> dict[str, Scalar]:
    found: dict[str, Scalar] = {key: setting(value) for key, value in pairs(chosen)}
    for key in found:
        if key.rpartition(".")[2] == "volume_window_hours":
            raise InputError(f"{key}: an assessment shows 24 h and 48 h beside each other")
    return found


def _svg(found: Assessment) -> str | None:
    """The course as SVG, where there is one to draw and matplotlib is installed."""
    from hepatica.errors import MissingExtraError
    from hepatica.render.assessment_course import values
    from hepatica.render.assessment_plot import draw

    if not values(found):
        return None
    try:
        return draw(found, ".svg").decode()
    except MissingExtraError:
        return None


def _render(found: Assessment, form: str, *, to_file: bool) -> str:
    match form:
        case "json":
            from hepatica.render.assessment_json import render as as_json

            return as_json(found)
        case "fhir":
            from hepatica.render.assessment_fhir import render as as_fhir

            return as_fhir(found)
        case "html":
            from hepatica.render.assessment_html import render as as_html

            return as_html(found, plot=_svg(found))
        case "markdown":
            from hepatica.render.assessment_markdown import render as as_markdown

            return as_markdown(found)
    from shutil import get_terminal_size

    from hepatica.render.assessment_chart import chart
    from hepatica.render.assessment_text import render

    styled = not to_file and sys.stdout.isatty()
    width = min(get_terminal_size((88, 24)).columns, 100)
    text = render(
        found,
        width=width,
        heading=(lambda title: click.style(title, bold=True)) if styled else str,
    )
    return text if found.reader is found.reader.PATIENT else chart(found, width=width) + text
