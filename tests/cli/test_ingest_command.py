from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hepatica.cli import main
from hepatica.cli._targets import files_in


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEPATICA_STORE", str(tmp_path / "store"))
    return tmp_path


def run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args])


def write(folder: Path, **texts: str) -> Path:
    papers = folder / "papers"
    papers.mkdir(exist_ok=True)
    for name, text in texts.items():
        (papers / f"{name}.md").write_text(f"# {name.title()}\n\n{text}\n", encoding="utf-8")
    return papers


def test_a_folder_is_read_once_and_then_unchanged(folder: Path) -> None:
    papers = write(folder, one="Albumin expands plasma.", two="Terlipressin constricts vessels.")
    first = run("ingest", papers)
    assert first.exit_code == 0, first.output
    assert "new                      2" in first.stdout
    assert first.stderr == ""
    again = json.loads(run("ingest", papers, "--format", "json").stdout)
    assert (again["new"], again["unchanged"], again["rejected"], again["lag"]) == (0, 2, 0, 0)
    assert again["store_version"] in first.stdout


def test_hidden_files_links_and_the_store_itself_are_passed_over(folder: Path) -> None:
    papers = write(folder, b="x", a="x")
    (papers / ".hidden.md").write_text("x")
    (papers / ".git").mkdir()
    (papers / ".git" / "c.md").write_text("x")
    (papers / "loop").symlink_to(papers)
    (papers / "sub").mkdir()
    (papers / "sub" / "c.md").write_text("x")
    (papers / "store").mkdir()
    (papers / "store" / "evidence.sqlite").write_text("x")
    found = files_in(papers, without=papers / "store")
    named = [path.relative_to(papers).as_posix() for path in found if isinstance(path, Path)]
    assert named == ["a.md", "b.md", "sub/c.md"]


def test_what_is_no_file_is_named_and_does_not_stop_the_folder(folder: Path) -> None:
    papers = write(folder, a="Albumin.", z="Terlipressin.")
    os.mkfifo(papers / "m")
    with open(os.fsencode(papers) + b"/bad\xffname.md", "w") as file:  # noqa: PTH123
        file.write("# Head\n\nMidodrine.\n")
    with open(os.fsencode(papers) + b"/empty\xff.md", "w"):  # noqa: PTH123
        pass
    result = run("ingest", papers)
    assert result.exit_code == 3
    assert "new                      3" in result.stdout
    assert "papers/m: no file and no folder; expected one of them" in result.stderr
    assert "empty\ufffd.md: the file is empty" in result.stderr


def test_what_is_rejected_is_named_and_the_rest_is_kept(folder: Path) -> None:
    papers = write(folder, one="Albumin expands plasma.")
    (papers / "broken.xml").write_text("<PubmedArticleSet><PubmedArticle>")
    (papers / "empty.pdf").write_bytes(b"")
    result = run("ingest", papers)
    assert result.exit_code == 3
    assert "new                      1" in result.stdout
    assert "rejected                 2" in result.stdout
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith(f"rejected {papers}") for line in lines)
    quiet = run("ingest", papers, "--quiet")
    assert (quiet.exit_code, quiet.stdout, len(quiet.stderr.splitlines())) == (3, "", 2)


def test_escapes_in_names_and_texts_do_not_reach_the_terminal(folder: Path) -> None:
    papers = folder / "papers"
    papers.mkdir()
    name = "a\x1b]0;owned\x07.xml"
    (papers / name).write_text("<PubmedArticleSet>\x1b[2J")
    (papers / "b.md").write_text("# Title \x9b31m \u202e reversed\n\nText \x1b[31m red.\n")
    for args in (
        ("ingest", papers),
        ("ingest", papers, "--format", "json"),
        ("sources", "list"),
        ("sources", "list", "--format", "json"),
    ):
        output = run(*args).output
        assert output
        assert not set(output) & {"\x1b", "\x9b", "\x07", "\u202e"}


def test_a_target_that_is_not_there_stops_before_anything_is_read(folder: Path) -> None:
    papers = write(folder, one="x")
    result = run("ingest", papers, folder / "nowhere")
    assert result.exit_code == 2
    assert "is no file or folder and no query" in result.stderr
    assert not (folder / "store").exists()


def test_limit_counts_the_records_of_each_target(folder: Path) -> None:
    papers = write(folder, **{f"p{n}": f"Text {n}." for n in range(9)})
    assert "new                      4" in run("ingest", papers, "--limit", "4").stdout


def test_a_folder_that_cannot_hold_a_store_is_one_line(folder: Path) -> None:
    papers = write(folder, one="x")
    (folder / "file").write_text("")
    result = run("ingest", papers, "--store", folder / "file" / "store")
    assert result.exit_code == 5
    assert len(result.stderr.splitlines()) == 1


COUNT = 3000


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT")
def test_ctrl_c_says_what_is_kept_and_the_next_run_goes_on(folder: Path) -> None:
    papers = write(folder, **{f"p{n}": f"Albumin {n} expands plasma." for n in range(COUNT)})
    script = "from hepatica.cli import main; main()"
    command = [sys.executable, "-c", script, "ingest", str(papers)]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
        preexec_fn=heed,
    ) as child:
        deadline = time.monotonic() + 30
        while not held(folder / "store") and time.monotonic() < deadline:
            time.sleep(0.005)
        child.send_signal(signal.SIGINT)
        output, errors = child.communicate(timeout=30)
    assert child.returncode == 130, errors
    assert "interrupted" in errors
    assert "are kept" in errors
    assert "Traceback" not in errors
    kept = held(folder / "store")
    assert 0 < kept < COUNT
    assert f"{kept} sources were added" in errors
    assert f"new             {kept:>10,}" in output
    again = json.loads(run("ingest", papers, "--format", "json").stdout)
    assert (again["unchanged"], again["new"]) == (kept, COUNT - kept)


def heed() -> None:
    """Hears Ctrl-C also where the tests run in the background, which makes children ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def held(store: Path) -> int:
    record = store / "evidence.sqlite"
    if not record.exists():
        return 0
    connection = sqlite3.connect(record)
    try:
        return int(connection.execute("SELECT count(*) FROM sources").fetchone()[0])
    finally:
        connection.close()
