"""`hepatica pool` from the outside: answers, files, refusals."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from hepatica.cli.pool import command
from hepatica.errors import InputError

GOLDEN = Path(__file__).parent / "golden"
NETWORK = ["hrs-reversal", "--network"]


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(command, list(arguments))
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "trials.csv"
    path.write_text(
        "study,treatment,events,total,definition\n"
        "One,drug,12,40,day 7\nOne,control,20,41,day 7\n"
        "Two,drug,0,25,day 14\nTwo,control,4,26,day 14\n"
        "Three,drug,9,60,day 7\nThree,control,15,58,day 7\n"
        "Four,drug,0,10,day 7\nFour,control,0,11,day 7\n",
        encoding="utf-8",
    )
    return path


def golden(name: str, text: str) -> None:
    assert text == (GOLDEN / name).read_text(encoding="utf-8")


def test_pair_as_text(table: Path) -> None:
    golden("pair.txt", run(str(table), "--leave-one-out").output)


def test_pair_as_markdown(table: Path) -> None:
    golden("pair.md", run(str(table), "--format", "markdown", "--method", "mh").output)


def test_network_of_the_knowledge_base() -> None:
    golden("network.txt", run(*NETWORK).output)


def test_how_the_four_treatments_compare() -> None:
    """Differences are called only where both intervals support them; the rest is said so."""
    said = " ".join(run(*NETWORK).output.split())
    assert "More events with terlipressin than with placebo or albumin alone" in said
    assert "No difference shown between terlipressin and noradrenaline" in said
    assert "Terlipressin against midodrine with octreotide is not settled" in said
    assert "Noradrenaline against placebo or albumin alone is not settled" in said
    assert "No difference shown between midodrine with octreotide and placebo" in said
    assert "The outcome is not defined alike" in said
    assert "The patients differ" in said
    assert "Directly from one trial (Cavallin 2015)" in said
    assert "CONFIRM is counted once, with confirm-hrs-reversal-any" in said


@pytest.mark.parametrize("measure", ["rr", "or", "rd"])
@pytest.mark.parametrize("method", ["dl", "reml", "iv"])
def test_no_network_calls_a_difference_its_intervals_do_not_support(
    measure: str, method: str
) -> None:
    found = json.loads(run(*NETWORK, "--measure", measure, "--method", method,
                           "--format", "json").output)  # fmt: skip
    assert found["kind"] == "network"
    for pair in found["pairs"]:
        inside = pair["low"] <= 0 <= pair["high"] or pair["t_low"] <= 0 <= pair["t_high"]
        assert inside == (pair["found"] in ("unsettled", "none-shown"))


@pytest.mark.parametrize("measure", ["rr", "or", "rd"])
@pytest.mark.parametrize("method", ["mh", "iv", "dl", "reml"])
def test_no_difference_rests_on_a_common_effect_alone(measure: str, method: str) -> None:
    """By Mantel-Haenszel alone noradrenaline would look worse; three trials cannot settle it."""
    found = json.loads(run("hrs-reversal", "--treatment", "terlipressin", "--control",
                           "noradrenaline", "--measure", measure, "--method", method,
                           "--format", "json").output)  # fmt: skip
    cautious = found["estimate"]["knapp_hartung"]
    assert cautious["low"] < 0 < cautious["high"]
    assert found["found"] in ("unsettled", "none-shown")


def test_json_holds_the_natural_scale(table: Path) -> None:
    found = json.loads(run(str(table), "--format", "json").output)
    assert found["scale"] == "log risk ratio"
    assert [row["label"] for row in found["rows"]] == ["One", "Two", "Three"]
    assert [one["what"] for one in found["left_out"]] == ["Four"]
    assert found["natural"]["low"] < found["natural"]["value"] < 1


def test_a_proportion(table: Path) -> None:
    said = run(str(table), "--measure", "proportion", "--treatment", "drug").output
    assert "Share" in said
    assert "no comparison" in said


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_pictures_are_the_same_bytes_each_time(table: Path, tmp_path: Path, ending: str) -> None:
    paths = [tmp_path / f"{name}.{ending}" for name in ("a", "b", "c", "d")]
    run(str(table), "--plot", str(paths[0]), "--funnel", str(paths[1]))
    run(str(table), "--plot", str(paths[2]), "--funnel", str(paths[3]))
    assert paths[0].read_bytes() == paths[2].read_bytes()
    assert paths[1].read_bytes() == paths[3].read_bytes()


def test_a_forest_plot_shows_each_study(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "f.svg"
    run(str(table), "--plot", str(path))
    assert "A new study" not in " ".join(ElementTree.parse(path).getroot().itertext())
    more = table.read_text(encoding="utf-8") + "Five,drug,5,50,day 7\nFive,control,9,50,day 7\n"
    table.write_text(more, encoding="utf-8")
    run(str(table), "--plot", str(path))
    words = " ".join(ElementTree.parse(path).getroot().itertext())
    for label in ("One", "Two", "Three", "Pooled", "A new study", "12/40", "fewer events"):
        assert label in words
    assert "Four" not in words


def test_a_network_plot_shows_each_treatment(tmp_path: Path) -> None:
    path = tmp_path / "n.svg"
    run(*NETWORK, "--plot", str(path))
    words = " ".join(ElementTree.parse(path).getroot().itertext())
    assert re.search("terlipressin.*noradrenaline.*midodrine with octreotide", words, re.DOTALL)


def test_a_funnel_of_few_studies_says_so(table: Path, tmp_path: Path) -> None:
    path = tmp_path / "f.svg"
    run(str(table), "--funnel", str(path))
    assert "3 studies: too few" in " ".join(ElementTree.parse(path).getroot().itertext())


def test_a_network_graph_shows_treatments_patients_and_trials(tmp_path: Path) -> None:
    path = tmp_path / "g.svg"
    run(*NETWORK, "--graph", str(path))
    words = " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())
    for told in ("terlipressin 412", "noradrenaline 93", "octreotide 21", "direct comparisons"):
        assert told in words


def test_no_picture_is_written_when_another_is_refused(table: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        run(str(table), "--funnel", str(tmp_path / "f.svg"), "--graph", str(tmp_path / "g.svg"))
    assert not (tmp_path / "f.svg").exists()


def test_a_moderator_from_a_column(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    rows = [f"S{i},drug,{10 - i},50,{i}\nS{i},control,10,50,{i}" for i in range(6)]
    path.write_text("study,treatment,events,total,Dose\n" + "\n".join(rows), encoding="utf-8")
    said = " ".join(run(str(path), "--moderator", "Dose").output.split())
    assert "Log risk ratio per unit of Dose: −0." in said
    assert "ten are the least that is advised" in said
    assert "nothing follows for patients within a study" in said
    found = json.loads(run(str(path), "--moderator", "dose", "--format", "json").output)
    assert found["regression"]["slope"] < 0


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ("A,x,1,9,high\nA,y,2,9,high", r"line 2: 'dose' is 'high', expected a number"),
        ("A,x,1,9,3\nA,y,2,9,4", r"'dose' differs between the arms of 'A'"),
        ("A,x,1,9,\nA,y,2,9,\nB,x,1,9,1\nB,y,2,9,1\nC,x,1,9,1\nC,y,2,9,2.", "differs|not known"),
    ],
)
def test_a_moderator_that_cannot_be_used(tmp_path: Path, cells: str, message: str) -> None:
    path = tmp_path / "m.csv"
    path.write_text(f"study,treatment,events,total,dose\n{cells}\n", encoding="utf-8")
    with pytest.raises(InputError, match=message):
        run(str(path), "--moderator", "dose")
    with pytest.raises(InputError, match="no column 'age'"):
        run(str(path), "--moderator", "age")


def test_a_proportion_by_its_likelihood_needs_no_correction(table: Path) -> None:
    said = run(str(table), "--measure", "proportion", "--treatment", "drug", "--method", "glmm")
    words = " ".join(said.output.split())
    assert "binomial likelihood" in words
    assert "0.5 was added" not in words
    with pytest.raises(InputError, match="leave out --knapp-hartung"):
        run(str(table), "--measure", "proportion", "--method", "glmm", "--knapp-hartung")
    with pytest.raises(InputError, match="leave out --scale"):
        run(str(table), "--measure", "proportion", "--method", "glmm", "--scale", "double-arcsine")


def test_a_likelihood_shows_the_variance_between_studies_too(table: Path) -> None:
    asked = (str(table), "--measure", "proportion", "--treatment", "drug", "--method", "glmm")
    words = " ".join(run(*asked).output.split())
    held = json.loads(run(*asked, "--format", "json").output)
    tau2 = held["estimate"]["heterogeneity"]["tau2"]
    assert f"tau² {tau2:.4g} (no interval under this method)." in words


def test_the_list_names_what_can_be_pooled() -> None:
    rows = json.loads(run("--list", "--format", "json").output)
    names = {row["name"]: row for row in rows}
    assert names["hrs-reversal"]["comparative_studies"] == 8
    assert names["terlipressin-vs-noradrenaline"]["more_with_derived"] == 1
    assert "hrs-reversal" in run("--list").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing named to pool"),
        (["nonsense"], "no outcome family 'nonsense'"),
        (["hrs-reversal", "--network", "--knapp-hartung"], "--knapp-hartung is for pairs"),
        (["hrs-reversal", "--network", "--method", "mh"], "does not pool networks"),
        (["hrs-reversal", "--network", "--funnel", "f.svg"], "--funnel is for the comparison"),
        (["hrs-reversal", "--network", "--control", "tea"], "'tea': not in the network"),
        (["hrs-reversal", "--treatment", "tea"], "--treatment 'tea': no study here has it"),
        (["terlipressin-regimens"], "no study of .* compares two treatments"),
        (["hrs-reversal", "--plot", "f.gif"], r"'f.gif': expected a file ending in .svg"),
        (["terlipressin-vs-noradrenaline", "--network"], "three treatments or more, there are 2"),
        (["hrs-reversal", "--measure", "proportion", "--network"], "leave out --network"),
        (["hrs-reversal", "--network", "--moderator", "year"], "--moderator is for pairs"),
        (["terlipressin-vs-noradrenaline", "--moderator", "dose"], "only 'year' is known"),
        (["terlipressin-vs-noradrenaline", "--moderator", "year"], "needs three studies or more"),
        (["terlipressin-vs-noradrenaline", "--graph", "g.svg"], "--graph is the picture of a net"),
        (
            ["hrs-reversal", "--measure", "proportion", "--moderator", "year"],
            "comparison of a pair",
        ),
        (["terlipressin-vs-noradrenaline", "--method", "glmm"], "give --measure proportion"),
        (["hrs-reversal", "--network", "--method", "glmm"], "does not pool networks"),
    ],
)
def test_refusals_are_one_line(arguments: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        run(*arguments)
    assert "\n" not in str(caught.value)


def test_nothing_is_written_when_the_table_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_text("study,treatment,events,total\nA,x,9,3\n", encoding="utf-8")
    with pytest.raises(InputError):
        run(str(bad), "-o", str(tmp_path / "out.txt"), "--plot", str(tmp_path / "p.svg"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.csv"]


def test_the_command_imports_no_numpy_before_it_runs() -> None:
    code = "import sys, hepatica.cli.pool; print('numpy' in sys.modules, 'scipy' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["False", "False"]


def arms(path: Path, *rows: str) -> str:
    path.write_text("\n".join(["study,treatment,events,total", *rows]) + "\n", encoding="utf-8")
    return str(path)


def test_nothing_left_to_pool_says_why(tmp_path: Path) -> None:
    path = arms(tmp_path / "z.csv", "A,T,0,20", "A,C,0,22", "B,T,0,30", "B,C,0,30")
    for method in ("reml", "mh"):
        with pytest.raises(InputError, match=r"A: no event in either arm.*B: no event"):
            run(path, "--method", method)


def test_what_few_studies_cannot_tell_is_not_given_as_a_figure(tmp_path: Path) -> None:
    rows = ("A,T,5,20", "A,C,2,22", "B,T,3,30", "B,C,8,30")
    said = " ".join(run(arms(tmp_path / "two.csv", *rows), "--method", "mh").output.split())
    assert "After Knapp and Hartung, which allows for few studies: cannot be told from 2" in said
    three = arms(tmp_path / "three.csv", *rows, "D,T,3,30", "D,C,1,30")
    said = " ".join(run(three).output.split())
    assert "The effect in a new study like these cannot be told from 3 studies." in said


def test_a_table_of_three_treatments_is_told_of_the_network(tmp_path: Path) -> None:
    path = arms(
        tmp_path / "y.csv", "A,T,5,20", "A,C,2,22", "B,T,3,20", "B,X,2,22", "D,X,3,20", "D,C,2,22"
    )
    said = run(path).output
    assert said.startswith("Studies in y.csv: T against C")
    assert "2 studies compare others of the 3 treatments; --network" in " ".join(said.split())


@pytest.mark.parametrize(
    "option", [["--derived"], ["--cohorts"], ["--parts"], ["--prefer", "confirm-hrs-reversal-any"]]
)
def test_what_chooses_among_the_curated_trials_is_refused_for_a_table(
    table: Path, option: list[str]
) -> None:
    with pytest.raises(InputError, match=f"{option[0]} is for the curated trials"):
        run(str(table), *option)


def test_a_table_that_mixes_deaths_and_survivors_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "study,treatment,events,total,outcome\n"
        "A,x,10,30,death\nA,y,3,30,death\nB,x,9,40,survival\nB,y,8,38,survival\n",
        encoding="utf-8",
    )
    for more in ([], ["--measure", "proportion"]):
        with pytest.raises(InputError, match="survivors are the total less the deaths"):
            run(str(path), *more)
    path.write_text(path.read_text().replace("survival", "death") + "C,x,1,9,\nC,y,2,9,\n")
    assert "Counted as events: death (A, B); not given (C)." in run(str(path)).output


@pytest.mark.parametrize(
    ("last", "says"),
    [("y", "--network uses all of them at once"), ("w", "no study links all of them")],
)
def test_a_network_is_offered_where_the_studies_link_it(
    tmp_path: Path, last: str, says: str
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "study,treatment,events,total\nA,x,10,30\nA,y,3,30\nB,x,9,40\nB,y,8,38\n"
        f"C,z,5,20\nC,{last},6,21\n",
        encoding="utf-8",
    )
    assert says in " ".join(run(str(path)).output.split())
