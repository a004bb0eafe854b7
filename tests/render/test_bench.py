"""The bench in every format and for every reader: named, marked, and opened by its command."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from hepatica.ask.answer import Answer, Reader
from hepatica.ask.engine import Engine
from hepatica.cli import main
from hepatica.render import bench, html, markdown, saved, text
from hepatica.render.explain import explainer

TROUBLE = "my qPCR shows high Cq in the no-template control, what do I do?"
PROTOCOL = "What buffer should I use to make receptor membranes?"
BRANCH = "receptor number normal but IP response low: what does it mean?"
COMMANDS = re.compile(r"hepatica guide (\S+?)(?: --answers \"([^\"]*)\")?$", re.MULTILINE)


def flat(page: str) -> str:
    return " ".join(page.split())


@pytest.fixture(params=[TROUBLE, PROTOCOL, BRANCH])
def answer(request: pytest.FixtureRequest, engine: Engine) -> Answer:
    return engine.ask(request.param)


@pytest.mark.parametrize("reader", list(Reader))
@pytest.mark.parametrize("question", [TROUBLE, PROTOCOL, BRANCH])
def test_every_format_names_the_page_and_the_command(
    engine: Engine, question: str, reader: Reader
) -> None:
    answer = engine.ask(question, reader=reader)
    page = answer.bench[0]
    for written in (text.render(answer), markdown.render(answer)):
        assert bench.TITLE in written
        assert page.title in flat(written)
        assert page.command in written
    web = html.render(answer)
    assert page.title in web
    assert page.command.replace('"', "&quot;") in web
    assert json.loads(saved.dump(answer))["bench"][0]["command"] == page.command


def test_the_commands_open_what_they_name(answer: Answer) -> None:
    for page in answer.bench:
        name, way = COMMANDS.findall(page.command)[0]
        done = CliRunner().invoke(main, ["guide", name, *(["--answers", way] if way else [])])
        assert done.exit_code == 0, done.output
        if page.kind == "guide":
            waiting = done.output.rsplit("Next question", 1)[1]
            asked = [line.text for line in page.lines if line.role == "question"]
            assert any(question in waiting for question in asked)


def test_what_is_ours_is_said_before_it(answer: Answer) -> None:
    for written in (text.render(answer), markdown.render(answer), html.render(answer)):
        whole = flat(written)
        assert whole.index("not evidence, and no treatment of a patient") < whole.index(
            answer.bench[0].title
        )


def test_sources_and_standing_stand_with_the_line(engine: Engine) -> None:
    written = flat(text.render(engine.ask(BRANCH), width=10_000))
    assert "Hypothesis (assumed): A receptor kinase" in written
    assert "Evidence (seen): In cirrhotic rat mesenteric artery" in written
    assert "seen: Chen W et al. HBPD Int 2013" in written
    assert "assumed: mechanism model" in written
    protocol = flat(text.render(engine.ask(PROTOCOL), width=10_000))
    assert "50 mM Tris-HCl [laboratory default]" in protocol
    assert "set by the laboratory, starting from vendor page" in protocol


def test_a_source_that_lines_share_is_named_once(engine: Engine) -> None:
    written = flat(
        text.render(engine.ask("Which unlabelled ligand and concentration defines NSB?"))
    )
    assert written.count("GraphPad, What is nonspecific binding?") == 1


def test_html_opens_every_line_to_its_quote(answer: Answer) -> None:
    page = html.render(answer)
    lines = sum(len(shown.lines) for shown in answer.bench)
    questions = sum(line.role == "question" for shown in answer.bench for line in shown.lines)
    assert page.count("<blockquote>") >= lines - questions
    assert "<script" not in page


def test_explained_lines_show_where_they_stand(engine: Engine) -> None:
    answer = engine.ask(TROUBLE)
    written = flat(text.render(answer, explain=explainer(engine.store)))
    assert "hepatica-guide-weak-signal" in written
    assert "⟦Potential cause: Contamination" in written


def test_an_answer_at_the_bench_can_be_saved_verified_and_cited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEPATICA_STORE", str(tmp_path / "store"))
    target, runner = tmp_path / "bench.json", CliRunner()
    asked = runner.invoke(main, ["ask", BRANCH, "--format", "json", "-o", str(target)])
    assert asked.exit_code == 0, asked.output
    checked = runner.invoke(main, ["verify", str(target)])
    assert checked.exit_code == 0, checked.output
    assert "0 fault(s)" in checked.output
    assert runner.invoke(main, ["cite", str(target), "--style", "ris"]).exit_code == 0
    body = json.loads(target.read_text(encoding="utf-8"))
    body["bench"][0]["lines"][0]["text"] += " Give 1 mg."
    target.write_text(json.dumps(body), encoding="utf-8")
    assert runner.invoke(main, ["verify", str(target)]).exit_code == 1
