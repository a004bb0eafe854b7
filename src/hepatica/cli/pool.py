"""`hepatica pool FAMILY|FILE.csv`: the trials of one outcome pooled, in pairs or as a network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from hepatica.bench.pool.network.analysis import Network
    from hepatica.bench.pool.pairwise import Comparison
    from hepatica.bench.pool.select import Selection
    from hepatica.bench.pool.single import Share

MEASURES = ("rr", "or", "rd", "proportion")
METHODS = ("mh", "iv", "reml", "dl", "pm", "glmm")
PICTURES = (".svg", ".png", ".pdf")


@dataclass(frozen=True, slots=True)
class _Asked:
    measure: str
    method: str | None
    knapp_hartung: bool
    treatment: str | None
    control: str | None
    network: bool
    leave_one_out: bool
    scale: str
    moderator: str | None


@click.command(
    "pool",
    epilog="Examples: hepatica pool hrs-reversal --network; "
    "hepatica pool terlipressin-vs-noradrenaline --derived --plot forest.svg",
)
@click.argument("name", required=False, metavar="[FAMILY|FILE.csv]")
@click.option("--list", "listed", is_flag=True, help="What can be pooled.")
@click.option(
    "--measure",
    type=click.Choice(MEASURES),
    default="rr",
    show_default=True,
    help="Risk ratio, odds ratio, risk difference, or a single proportion.",
)
@click.option(
    "--method",
    type=click.Choice(METHODS),
    help="mh, iv: one common effect; reml, dl, pm: random effects; glmm: proportions by their "
    "binomial likelihood. Default reml, for a network dl.",
)
@click.option("--knapp-hartung", is_flag=True, help="Intervals that allow for few studies.")
@click.option("--treatment", metavar="NAME", help="The arm whose effect is wanted.")
@click.option("--control", metavar="NAME", help="What it is compared with.")
@click.option("--network", is_flag=True, help="Three treatments or more at once.")
@click.option("--derived", is_flag=True, help="Let counts in calculated from percentages.")
@click.option("--cohorts", is_flag=True, help="Let studies in that were not randomised.")
@click.option("--parts", is_flag=True, help="Let results in some of a trial's patients in.")
@click.option(
    "--prefer", multiple=True, metavar="CLAIM", help="Take this claim of a trial with several."
)
@click.option(
    "--scale",
    type=click.Choice(["logit", "double-arcsine"]),
    default="logit",
    show_default=True,
    help="For --measure proportion.",
)
@click.option("--leave-one-out", is_flag=True, help="Pool again without each study.")
@click.option(
    "--moderator",
    metavar="COLUMN",
    help="Meta-regression on a column of numbers; for curated trials: year.",
)
@click.option("--plot", type=click.Path(path_type=Path), help="Forest plot: .svg, .png or .pdf.")
@click.option("--funnel", type=click.Path(path_type=Path), help="Funnel plot of a comparison.")
@click.option("--graph", type=click.Path(path_type=Path), help="Picture of a network.")
@click.option(
    "--format",
    "shape",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file.")
def command(
    name: str | None, listed: bool, measure: str, method: str | None, knapp_hartung: bool,
    treatment: str | None, control: str | None, network: bool, derived: bool, cohorts: bool,
    parts: bool, prefer: tuple[str, ...], scale: str, leave_one_out: bool, moderator: str | None,
    plot: Path | None, funnel: Path | None, graph: Path | None, shape: str, output: Path | None,
) -> None:  # fmt: skip
    """Pool the trials of one outcome: a family of claims, or a table of events and totals.

    FILE.csv has a line for each arm: study, treatment, events, total; if known outcome,
    definition, population, timepoint and derived (yes or no), too.
    """
    from hepatica.cli.output import keep_apart, printable, write
    from hepatica.errors import InputError, MissingExtraError

    table = None if name is None or not Path(name).is_file() else Path(name)
    keep_apart((plot, funnel, graph, output), (table,))
    for path in (plot, funnel, graph):
        if path is not None and path.suffix.lower() not in PICTURES:
            raise InputError(f"{path.name!r}: expected a file ending in {', '.join(PICTURES)}")
    try:
        import scipy.special  # type: ignore[import-untyped]  # noqa: F401
    except ModuleNotFoundError as error:
        raise MissingExtraError(what="pooling", extra="assay") from error
    if listed:
        write(_list(shape), output)
        return
    if name is None:
        raise InputError("nothing named to pool: try `hepatica pool --list`")
    selection = _selection(
        name, derived=derived, cohorts=cohorts, parts=parts, prefer=prefer,
        single=measure == "proportion", moderator=moderator,
    )  # fmt: skip
    asked = _Asked(
        measure, method, knapp_hartung, treatment, control, network, leave_one_out, scale,
        moderator,
    )  # fmt: skip
    found = _pool(selection, asked)
    for figure, path in _pictures(found, plot, funnel, graph):
        from hepatica.bench.pool.picture import save

        save(figure, path)
    text = _render(found, shape)
    write(printable(text) if output is None else text, output)


def _list(shape: str) -> str:
    from hepatica.bench.pool.listing import listing
    from hepatica.bench.pool.settings import load_pooling
    from hepatica.evidence.knowledge import load

    return listing(load(), load_pooling(), shape)


def _selection(
    name: str, *, derived: bool, cohorts: bool, parts: bool, prefer: tuple[str, ...], single: bool,
    moderator: str | None,
) -> Selection:  # fmt: skip
    from hepatica.bench.pool.select import Selection, select, setting_for

    path = Path(name)
    if path.suffix.lower() in (".csv", ".tsv", ".txt") or path.is_file():
        from hepatica.bench.pool.csv_file import read_studies

        _refuse_for_tables(derived=derived, cohorts=cohorts, parts=parts, prefer=bool(prefer))
        studies, notes = read_studies(path, moderator)
        return Selection(path.name, f"studies in {path.name}", studies, (), {}, notes)
    if moderator not in (None, "year"):
        from hepatica.errors import InputError

        raise InputError(
            f"--moderator {moderator!r}: of the curated trials only 'year' is known as a number; "
            "a table may have any column"
        )
    from hepatica.bench.pool.settings import load_pooling
    from hepatica.evidence.knowledge import load

    knowledge, pooling = load(), load_pooling()
    setting = setting_for(name, knowledge, pooling)
    return select(
        setting, knowledge, pooling, derived=derived, cohorts=cohorts, parts=parts,
        prefer=prefer, single=single,
    )  # fmt: skip


def _refuse_for_tables(**options: bool) -> None:
    from hepatica.errors import InputError

    for name, given in options.items():
        if given:
            raise InputError(
                f"--{name} is for the curated trials; a table is pooled as it stands: leave the "
                "option out"
            )


def _pool(selection: Selection, asked: _Asked) -> Comparison | Share | Network:
    from hepatica.bench.pool.effects import Measure
    from hepatica.bench.pool.estimate import Method
    from hepatica.errors import InputError

    measure = Measure(asked.measure)
    setting = selection.setting
    pair = asked.treatment is not None or asked.control is not None
    network = asked.network or (setting is not None and setting.network and not pair)
    if network and measure is not Measure.PROPORTION:
        from hepatica.bench.pool.network.analysis import analyse_network

        if asked.knapp_hartung or asked.leave_one_out or asked.moderator is not None:
            option = (
                "--knapp-hartung" if asked.knapp_hartung
                else "--leave-one-out" if asked.leave_one_out else "--moderator"
            )  # fmt: skip
            raise InputError(f"{option} is for pairs; leave out --network")
        return analyse_network(
            selection, measure, method=Method(asked.method or "dl"), reference=asked.control
        )
    method = Method(asked.method or "reml")
    if measure is Measure.PROPORTION:
        from hepatica.bench.pool.proportions import Scale
        from hepatica.bench.pool.single import pool_share

        if asked.network or asked.control is not None:
            option = "--network" if asked.network else "--control"
            raise InputError(f"a proportion has one arm: leave out {option}, or take --measure rr")
        if asked.moderator is not None:
            raise InputError("--moderator is for the comparison of a pair: leave it out")
        return pool_share(
            selection, treatment=asked.treatment, scale=Scale(asked.scale), method=method,
            knapp_hartung=asked.knapp_hartung, leave_one_out=asked.leave_one_out,
        )  # fmt: skip
    from hepatica.bench.pool.pairwise import compare

    return compare(
        selection, measure, treatment=asked.treatment, control=asked.control, method=method,
        knapp_hartung=asked.knapp_hartung, leave_one_out=asked.leave_one_out,
        moderator=asked.moderator,
    )  # fmt: skip


def _pictures(
    found: Comparison | Share | Network, plot: Path | None, funnel: Path | None, graph: Path | None
) -> list[tuple[Figure, Path]]:
    """The figures asked for, all drawn before any is written."""
    from hepatica.bench.pool.network.analysis import Network
    from hepatica.bench.pool.pairwise import Comparison
    from hepatica.errors import InputError

    drawn = []
    if funnel is not None:
        if not isinstance(found, Comparison):
            raise InputError(
                "--funnel is for the comparison of a pair: give --treatment and --control"
            )
        from hepatica.bench.pool.funnel import funnel as funnel_plot

        drawn.append((funnel_plot(found), funnel))
    if graph is not None:
        if not isinstance(found, Network):
            raise InputError("--graph is the picture of a network: give --network")
        from hepatica.bench.pool.network.graph import graph as network_graph

        drawn.append((network_graph(found), graph))
    if plot is not None:
        from hepatica.bench.pool.forest import forest

        drawn.append((forest(found), plot))
    return drawn


def _render(found: Comparison | Share | Network, shape: str) -> str:
    if shape == "json":
        from hepatica.bench.pool.as_json import as_json

        return as_json(found)
    from hepatica.bench.pool.document import as_markdown, as_text
    from hepatica.bench.pool.network.analysis import Network
    from hepatica.bench.pool.network.show import network_document
    from hepatica.bench.pool.pairwise import Comparison
    from hepatica.bench.pool.show import comparison_document, share_document

    if isinstance(found, Comparison):
        document = comparison_document(found)
    elif isinstance(found, Network):
        document = network_document(found)
    else:
        document = share_document(found)
    return as_markdown(document) if shape == "markdown" else as_text(document)
