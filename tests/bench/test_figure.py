"""How panels are drawn: names of groups, notes, ticks of short logarithmic axes, zero doses."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure

from hepatica.bench.figure import draw, picture
from hepatica.bench.pool.picture import drawing, ratio_ticks
from hepatica.bench.registry import ASSAYS, example, run
from hepatica.bench.result import AssayResult, Estimate, Panel, Series


def drawn(panel: Panel) -> Figure:
    figure = draw(AssayResult(assay="x", title="t", estimates=(Estimate(name="a", value=1.0),),
                              panels=(panel,)))  # fmt: skip
    figure.canvas.draw()
    return figure


def points(**changes: object) -> Panel:
    series = (Series(label="", kind="points", x=(1.0, 2.0), y=(3.0, 40.0)),)
    return Panel(title="t", x_label="", y_label="y", series=series, **changes)  # type: ignore[arg-type]


def test_groups_stand_below_the_axis_by_name() -> None:
    (axes,) = drawn(points(x_names=("responder", "non-responder"))).axes
    assert [label.get_text() for label in axes.get_xticklabels()] == ["responder", "non-responder"]
    assert axes.get_xlim()[0] < 1 < 2 < axes.get_xlim()[1]


def test_long_names_are_slanted_and_cut() -> None:
    names = tuple(f"group number {n} with a long name" for n in range(4))
    (axes,) = drawn(points(x_names=names)).axes
    first = axes.get_xticklabels()[0]
    assert first.get_rotation() == 25
    assert first.get_text().endswith("…")


def test_a_note_stands_above_the_axes_and_not_on_the_points() -> None:
    (axes,) = drawn(points(note="open: mean")).axes
    (note,) = [text for text in axes.texts if text.get_text() == "open: mean"]
    assert note.get_position()[1] > 1


def test_a_short_logarithmic_axis_has_more_than_one_number() -> None:
    (axes,) = drawn(points(y_scale="log")).axes
    low, high = axes.get_ylim()
    labels = [
        label.get_text()
        for label, place in zip(
            [*axes.yaxis.get_ticklabels(), *axes.yaxis.get_ticklabels(minor=True)],
            [*axes.yaxis.get_ticklocs(), *axes.yaxis.get_ticklocs(minor=True)],
            strict=True,
        )
        if low <= place <= high
    ]
    assert len([text for text in labels if text]) >= 3


@pytest.mark.parametrize(("low", "high"), [(0.8, 3.0), (0.05, 60.0), (0.9, 1.3)])
def test_an_axis_of_ratios_has_three_numbers_or_more(low: float, high: float) -> None:
    with drawing(4, 3) as figure:
        axes = figure.add_subplot()
        axes.set_xscale("log")
        axes.set_xlim(low, high)
        ratio_ticks(axes)
        figure.canvas.draw()
        assert len([x for x in axes.get_xticks() if low <= x <= high]) >= 3
        assert all(label.get_text() for label in axes.get_xticklabels())


@pytest.mark.parametrize("assay", sorted(ASSAYS))
def test_every_example_has_a_figure_with_words(assay: str, tmp_path: Path) -> None:
    table, study = example(assay)
    (tmp_path / "t.csv").write_text(table, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(study, encoding="utf-8")
    result = run(assay, tmp_path / "t.csv", tmp_path / "s.yaml")
    words = " ".join(ElementTree.fromstring(picture(result, "svg")).itertext())
    for panel in result.panels:
        assert panel.title in " ".join(words.split())


def test_nine_groups_have_nine_looks_and_a_legend_beside_the_axes() -> None:
    names = [f"non-responder, grade {n}, SIRS yes" for n in range(8)] + ["control"]
    series = tuple(
        Series(label=name, kind="points", x=(1.0, 2.0), y=(3.0, 4.0), colour=place)
        for place, name in enumerate(names)
    )
    figure = drawn(Panel(title="t", x_label="", y_label="y", series=series))
    (axes,) = figure.axes
    legend = axes.get_legend()
    assert legend is not None
    labels = [text.get_text() for text in legend.get_texts()]
    assert len(set(labels)) == 9
    assert labels[-1] == "control"
    looks = {(line.get_color(), line.get_marker()) for line in axes.get_lines()}
    assert len(looks) == 9
    assert legend.get_window_extent().x0 >= axes.get_window_extent().x1
    assert legend.get_window_extent().x1 <= figure.bbox.x1


def test_a_logarithmic_axis_of_zeros_only_is_drawn_without_complaint() -> None:
    series = (Series(label="", kind="points", x=(0.0, 0.0), y=(1.0, 2.0)),)
    (axes,) = drawn(Panel(title="t", x_label="", y_label="y", series=series, x_scale="log")).axes
    assert axes.get_xscale() == "linear"


def test_panels_to_be_compared_share_their_ends() -> None:
    (axes,) = drawn(points(y_range=(-2.0, 50.0))).axes
    assert axes.get_ylim() == (-2.0, 50.0)
