"""Guides, protocols and diagrams: every path ends, every figure has a source, files are whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from hepatica.bench.guides.claims import claim_line
from hepatica.bench.guides.diagram import WIDE, pathway_svg, workflow_svg
from hepatica.bench.guides.records import Guide, guides, markers, pathway, protocols
from hepatica.bench.guides.render import guide_markdown, html_page, protocol_markdown
from hepatica.bench.guides.walk import walk
from hepatica.bench.hypotheses import KNOWLEDGE, hypotheses, measures
from hepatica.cli import main
from hepatica.errors import InputError, KnowledgeError
from hepatica.evidence.laboratory_files import read_guides, read_protocols


def trails(guide: Guide) -> list[list[str]]:
    found: list[list[str]] = []

    def go(name: str, answers: list[str]) -> None:
        for outcome in guide.node(name).outcomes:
            if outcome.next is None:
                found.append([*answers, outcome.answer])
            else:
                go(outcome.next, [*answers, outcome.answer])

    go(guide.first, [])
    return found


@pytest.mark.parametrize("name", list(guides()))
def test_every_path_ends_with_a_meaning(name: str) -> None:
    guide = guides()[name]
    for answers in trails(guide):
        paces, waiting = walk(guide, answers)
        assert waiting is None
        assert paces[-1].outcome.means


def test_every_hypothesis_is_asked_about() -> None:
    named = {node.hypothesis for guide in guides().values() for node in guide.nodes}
    assert set(hypotheses()) <= named
    own = {node.hypothesis for node in guides()["no-improvement"].nodes}
    assert set(hypotheses()) <= own


@pytest.mark.parametrize("name", list(guides()))
def test_every_end_says_what_to_do_next(name: str) -> None:
    for node in guides()[name].nodes:
        for outcome in node.outcomes:
            if outcome.next is None:
                assert outcome.investigate or len(outcome.means.split()) >= 10, node.id


@pytest.mark.parametrize("name", list(guides()))
def test_the_way_to_a_node_leads_to_it(name: str) -> None:
    guide = guides()[name]
    for node in guide.nodes:
        _, waiting = walk(guide, guide.answers_to(node.id))
        assert waiting == node


def test_claims_and_commands_of_guides_exist() -> None:
    known = {path.stem for path in (KNOWLEDGE / "claims").rglob("*.yaml")}
    commands = set(re.findall(r"hepatica bench (\w+)", str(list(guides().values()))))
    for guide in guides().values():
        for node in guide.nodes:
            assert set(node.claims) <= known, node.id
    for protocol in protocols().values():
        for setting in protocol.settings.values():
            assert setting.claim is None or setting.claim in known
    for command in commands:
        done = CliRunner().invoke(main, ["bench", command, "--help"])
        assert done.exit_code == 0, command


def test_protocols_mark_their_defaults_and_name_their_sources() -> None:
    for protocol in protocols().values():
        text = protocol_markdown(protocol)
        assert "[laboratory default]" in text
        for setting in protocol.settings.values():
            assert (setting.source or "set by the laboratory") in text
    assert set(protocols()) == {"v1a-mrna-qpcr", "v1a-binding", "inositol-phosphate"}
    assert all(m.protocol is None or m.protocol in protocols() for m in markers().values())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("first: which", "first: moon"), "first"),
        (("next: counts", "next: moon"), "no node 'moon'"),
        (("next: top", "next: which"), "goes round"),
        (("next: template", "next: counts"), "never reached"),
        (("claims: [mech-jamil-ki]", "hypothesis: moon"), "no hypothesis 'moon'"),
        (("source: abstract of PMID 39661185", ""), "ligand: a figure without a source"),
    ],
)
def test_a_broken_guide_is_refused(tmp_path: Path, edit: tuple[str, str], message: str) -> None:
    text = (KNOWLEDGE / "guides" / "weak-signal.yaml").read_text(encoding="utf-8")
    assert edit[0] in text
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "weak-signal.yaml").write_text(text.replace(*edit), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=message):
        read_guides(tmp_path, hypotheses(), measures())


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (("Filter fast", "Filter 3 times fast"), "a figure outside the settings"),
        (("Filters without membrane", "6 filters"), "a figure outside the settings"),
        (("{depletion}", "{moon}"), "is used and not set"),
        (("wells a point, status: laboratory-default", "wells, status: sourced"), "sourced means"),
    ],
)
def test_a_protocol_figure_without_a_source_is_refused(
    tmp_path: Path, edit: tuple[str, str], message: str
) -> None:
    text = (KNOWLEDGE / "protocols" / "v1a-binding.yaml").read_text(encoding="utf-8")
    assert edit[0] in text
    (tmp_path / "protocols").mkdir()
    (tmp_path / "protocols" / "v1a-binding.yaml").write_text(
        text.replace(*edit, 1), encoding="utf-8"
    )
    with pytest.raises(KnowledgeError, match=message):
        read_protocols(tmp_path, measures())


def test_protocols_are_complete_and_end_in_a_command_that_exists() -> None:
    for protocol in protocols().values():
        assert protocol.materials
        assert protocol.controls
        assert protocol.replicates
        assert protocol.accept
        assert protocol.pitfalls
        words = protocol.analyse.split()
        assert words[:2] == ["hepatica", "bench"]
        assert CliRunner().invoke(main, [*words[1:3], "--help"]).exit_code == 0


def test_diagrams_are_svg_that_shows_every_node() -> None:
    for guide in guides().values():
        text = workflow_svg(guide)
        root = etree.fromstring(text.encode())
        width, height = float(root.get("width", "0")), float(root.get("height", "0"))
        boxes = [r for r in root.iter("{*}rect") if r.get("x") is not None]
        assert len(boxes) >= len(guide.nodes)
        for box in boxes:
            assert 0 <= float(box.get("x", "0")) <= width - float(box.get("width", "0"))
            assert 0 <= float(box.get("y", "0")) <= height - float(box.get("height", "0"))
        assert text == workflow_svg(guide)
    drawn = etree.fromstring(pathway_svg(pathway()).encode())
    said = " ".join(str(text) for text in drawn.itertext())
    assert all(hypothesis.name in said for hypothesis in hypotheses().values())
    assert all(node.text.split()[0] in said for node in pathway().nodes)


@pytest.mark.parametrize("name", list(guides()))
def test_every_answer_is_written_in_full_before_its_box(name: str) -> None:
    root = etree.fromstring(workflow_svg(guides()[name]).encode())
    boxes = [
        (float(r.get("x", "0")), float(r.get("y", "0")), float(r.get("height", "0")))
        for r in root.iter("{*}rect")
        if r.get("x") is not None
    ]
    labels = [t for t in root.iter("{*}text") if t.get("text-anchor") == "end"]
    words = " ".join(str(label.text) for label in labels).split()
    answers = [o.answer for node in guides()[name].nodes for o in node.outcomes]
    assert sorted(words) == sorted(" ".join(answers).split())
    for label in labels:
        x, y = float(label.get("x", "0")), float(label.get("y", "0"))
        left = x - 6 * len(str(label.text))
        assert not any(
            bx < x and bx + WIDE > left and by < y < by + high for bx, by, high in boxes
        ), label.text


def test_html_holds_the_diagrams_and_escapes_text() -> None:
    guide = guides()["no-improvement"]
    page = html_page(guide_markdown(guide), guide)
    assert page.count("<div><svg") == 2
    assert "overflow-x:auto" in page
    assert "<script" not in html_page("# a <script>x</script>\n\ntext", None)


def test_command(tmp_path: Path) -> None:
    runner = CliRunner()
    listed = runner.invoke(main, ["guide"])
    assert "no-improvement" in listed.output
    assert "v1a-binding" in listed.output
    walked = runner.invoke(main, ["guide", "no-improvement", "--answers", "yes,2,low"])
    assert walked.exit_code == 0, walked.output
    assert "Next question (bmax-low)" in walked.output
    for name, ending in (("no-improvement", "html"), ("v1a-binding", "md"), ("pathway", "svg")):
        target = tmp_path / f"x.{ending}"
        done = runner.invoke(main, ["guide", name, "--export", str(target)])
        assert done.exit_code == 0, done.output
        assert target.stat().st_size > 500


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["moon"], "no guide 'moon'"),
        (["no-improvement", "--answers", "maybe"], "has no answer 'maybe'"),
        (["no-improvement", "--answers", "no,yes"], "left over"),
        (["v1a-binding", "--answers", "yes"], "no questions"),
        (["v1a-binding", "--export", "x.svg"], "no diagram"),
        (["pathway", "--export", "x.md"], "diagram"),
        (["markers", "--export", "x.pdf"], "ends in"),
        (["--answers", "yes"], "name a guide"),
    ],
)
def test_bad_command(args: list[str], message: str) -> None:
    done = CliRunner().invoke(main, ["guide", *args])
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_claims_are_told_with_their_source_and_how_they_were_read() -> None:
    text = guide_markdown(guides()["weak-signal"])
    assert "Claim: " in text
    assert "mech-" not in text
    assert "120 times more weakly" in claim_line("mech-colson-affinity")
    assert "tertiary page" in claim_line("mech-v1a-arrestin")
    assert "mech-jamil-ki: " in protocol_markdown(protocols()["inositol-phosphate"])
    with pytest.raises(KnowledgeError, match="no claim 'moon'"):
        claim_line("moon")


def test_an_answer_that_a_node_lacks_lists_those_it_has() -> None:
    with pytest.raises(InputError, match="1 yes, 2 no"):
        walk(guides()["no-improvement"], ["perhaps"])


def test_missing_conversion_is_told_by_the_donors_own_peptidase() -> None:
    """One that is added to all cells makes up for the loss, so it rescues and cannot differ."""
    guide = guides()["no-improvement"]
    way = guide.answers_to("conversion")
    assert "own peptidase" in guide.node("conversion").ask
    last = {}
    for answers in (["only in controls", "yes"], ["only in controls", "no"], ["in both groups"]):
        paces, waiting = walk(guide, [*way, *answers])
        assert waiting is None
        last[tuple(answers)] = paces[-1].outcome.means
    assert "supports missing conversion" in last["only in controls", "yes"]
    assert "does not explain" in last["only in controls", "no"]
    assert "No mechanism of the receptor" in last["in both groups",]
    assert "added to the cells of both groups" in guide.node("rescue").ask
    assert "own peptidase" in measures()["peptidase_ec50"].name
    text = protocol_markdown(protocols()["inositol-phosphate"])
    assert "with that of the same donor" in text
    assert "assumed to carry" in text
