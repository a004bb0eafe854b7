"""The command line as its user meets it: output, errors in one line, exit codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hepatica.cli import main

Run = Callable[..., Result]
QUESTION = "What are the treatment options for hepatorenal syndrome?"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("cli")
    environment = {"HEPATICA_STORE": str(folder / "store")}

    def command(*arguments: str, stdin: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=stdin, env=environment)

    return command


def test_an_answer_in_tiers_with_references_and_the_disclaimer_once(run: Run) -> None:
    result = run("ask", QUESTION)
    assert result.exit_code == 0, result.output
    titles = [
        "Bottom line",
        "From the guidelines",
        "From the drug label",
        "From the research",
        "Where sources disagree",
        "References",
        "Related questions",
    ]
    places = [result.output.index(f"\n{title}\n") for title in titles]
    assert places == sorted(places)
    assert " ".join(result.output.split()).count("not a medical device") == 1
    assert "0.85 mg every 6 h" in " ".join(result.output.split())
    marks = set(re.findall(r"\[(\d+)\]", result.output))
    listed = set(re.findall(r"^  \[(\d+)\] ", result.output, flags=re.MULTILINE))
    assert marks == listed


def test_a_saved_answer_verifies_and_cites(run: Run, tmp_path: Path) -> None:
    saved = tmp_path / "answer.json"
    assert run("ask", QUESTION, "--format", "json", "-o", str(saved)).exit_code == 0
    verified = run("verify", str(saved))
    assert verified.exit_code == 0
    assert "0 fault(s)" in verified.output
    for style, start in (("bibtex", "@"), ("ris", "TY  - "), ("csl-json", "[")):
        result = run("cite", str(saved), "--style", style)
        assert result.exit_code == 0
        assert result.output.startswith(start)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda s: s["citations"][0].update(quote="Give 9 mg."), "the quote is"),
        (lambda s: s.update(text="Give 987654 mg."), "stand in none of the passages"),
        (lambda s: s.update(refs=[99]), "reference numbers"),
        (lambda s: s.update(citations=[]), "cites nothing"),
        (lambda s: s["citations"][0].update(source_id="nowhere"), "holds no source"),
    ],
)
def test_a_tampered_answer_does_not_verify(
    run: Run, tmp_path: Path, change: Callable[[dict[str, object]], None], reason: str
) -> None:
    saved = tmp_path / "answer.json"
    run("ask", QUESTION, "--format", "json", "-o", str(saved))
    data = json.loads(saved.read_text())
    change(data["sections"][0]["statements"][0])
    saved.write_text(json.dumps(data))
    result = run("verify", str(saved))
    assert result.exit_code == 1
    assert "1 fault(s)" in result.output
    assert reason in " ".join(result.output.split())


def test_a_follow_up_keeps_the_subject_and_stores_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEPATICA_STORE", str(tmp_path))
    first = "How is terlipressin given in hepatorenal syndrome? Mrs Xyzzy, 62"
    assert CliRunner().invoke(main, ["ask", first]).exit_code == 0
    result = CliRunner().invoke(main, ["ask", "--follow", "and if she is hypoxic?"])
    assert result.exit_code == 0
    assert "90%" in result.output
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"xyzzy" not in kept.lower()


def test_questions_one_after_the_other(run: Run) -> None:
    result = run("ask", stdin="terlipressin dose\n\n")
    assert result.exit_code == 0
    assert "From the drug label" in result.output


def test_a_question_from_standard_input(run: Run) -> None:
    assert "Bottom line" in run("ask", "-", stdin="what is ACLF").output


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (("ask", ""), None, 2, "empty"),
        (("ask", "-"), b"\xff\xfe\x00\x01", 2, "no UTF-8 text"),
        (("ask", "-"), b"a\x00b", 2, "binary"),
        (("ask", "-"), b"word " * 200_000, 2, "characters"),
        (("ask", "x", "--for", "nobody"), None, 2, "nobody"),
        (("ask", "x", "-o", "/nowhere/at/all.json"), None, 2, "cannot write"),
        (("verify", "/nowhere.json"), None, 2, "cannot read"),
        (("cite", "pyproject.toml"), None, 2, "not a saved answer"),
        (("review", "no-such-topic"), None, 2, "unknown"),
        (("review", "hrs-definition", "--status", "approved"), None, 2, "--reviewer"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(
    run: Run, arguments: tuple[str, ...], stdin: bytes | None, code: int, said: str
) -> None:
    result = run(*arguments, stdin=stdin)
    assert result.exit_code == code
    assert said in result.output
    assert "Traceback" not in result.output


def test_escapes_in_a_question_never_reach_the_terminal(run: Run) -> None:
    result = run("ask", "terlipressin \x1b[31mred\x1b]0;title\x07 dose")
    assert "\x1b" not in result.output
    assert "\x07" not in result.output


def test_a_review_is_recorded_and_lapses_with_the_content(run: Run) -> None:
    topic = "hrs-definition"
    assert "no clinician has reviewed" in run("review", topic).output
    decided = run("review", topic, "--status", "approved", "--reviewer", "A. Reviewer, hepatology")
    assert "approved by A. Reviewer, hepatology" in decided.output


def test_every_command_has_help(run: Run) -> None:
    listed = run("--help").output
    for name in re.findall(r"^  ([a-z]+)  ", listed, flags=re.MULTILINE):
        result = run(name, "--help")
        assert result.exit_code == 0, name
        assert result.output.startswith("Usage:")
