from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hepatica.cli import _progress
from hepatica.cli._json import to_json


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_gets_a_bar_and_no_raw_escape_of_ours(tmp_path: Path) -> None:
    import pty

    papers = tmp_path / "papers"
    papers.mkdir()
    for number in range(1200):
        (papers / f"p{number:04}[red]\x9b31m.md").write_text(f"# P{number}\n\nAlbumin {number}.\n")
    master, slave = pty.openpty()
    script = "from hepatica.cli import main; main()"
    command = [sys.executable, "-c", script, "ingest", str(papers)]
    environment = {**os.environ, "HEPATICA_STORE": str(tmp_path / "store"), "TERM": "xterm"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=slave, text=True, env=environment
    ) as child:
        os.close(slave)
        shown = _drain(master)
        assert child.stdout is not None
        output = child.stdout.read()
    assert child.returncode == 0
    assert "new                  1,200" in output
    assert " records" in shown
    assert "[red]" in shown
    assert "\x9b" not in shown


def _drain(master: int) -> str:
    parts = []
    while True:
        try:
            data = os.read(master, 65536)
        except OSError:  # Linux says so when the other side is closed
            break
        if not data:
            break
        parts.append(data)
    os.close(master)
    return b"".join(parts).decode()


def test_elsewhere_a_line_now_and_then(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(_progress, "EVERY_SECONDS", 0.0)
    with _progress.progress(quiet=False) as shown:
        shown.reading("a.xml")
        shown.settled(500)
    with _progress.progress(quiet=True) as shown:
        shown.settled(1000)
    assert capsys.readouterr().err == "500 records\n"


def test_json_keeps_letters_and_escapes_what_steers() -> None:
    assert to_json({"a": "≥ é"}, indent=None) == '{"a": "≥ é"}'
    assert to_json("\x1b\x9b\u202e\ud800\n", indent=None) == '"\\u001b\\u009b\\u202e\\ud800\\n"'
