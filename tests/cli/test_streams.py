"""Output that cannot be written, and streams that are closed: one line, never a traceback."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

Shell = Callable[[str], "subprocess.CompletedProcess[str]"]
QUESTION = "How is terlipressin dosed?"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {**os.environ, "HEPATICA_STORE": str(tmp_path_factory.mktemp("home") / "store")}


@pytest.fixture
def shell(tmp_path: Path, environment: dict[str, str]) -> Shell:
    program = f"{shlex.quote(sys.executable)} -c 'from hepatica.cli import main; main()'"

    def run(line: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "-c", line.replace("hepatica", program, 1)],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [f"ask '{QUESTION}'", "--help", "sources --help"])
def test_a_full_disk_behind_the_output_is_one_line(shell: Shell, arguments: str) -> None:
    result = shell(f"hepatica {arguments} >/dev/full")
    assert result.returncode == 2
    assert result.stderr.startswith("hepatica: cannot write the output: No space left on device")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"hepatica ask '{QUESTION}' >&-", 0),
        ("hepatica ask - <&-", 2),
        ("hepatica ask <&-", 0),
        ("hepatica ask '' 2>&-", 2),
    ],
)
def test_a_closed_stream_is_no_fault_of_the_program(shell: Shell, line: str, code: int) -> None:
    result = shell(line)
    assert result.returncode == code
    assert "Traceback" not in result.stderr


def test_what_is_no_regular_file_is_written_to_and_not_replaced(
    shell: Shell, tmp_path: Path
) -> None:
    result = shell(f"hepatica ask '{QUESTION}' -o link")
    assert result.returncode == 0, result.stderr
    (tmp_path / "other").symlink_to("link")
    assert shell(f"hepatica ask '{QUESTION}' -o other --format json").returncode == 0
    assert (tmp_path / "other").is_symlink()
    assert (tmp_path / "link").read_text("utf-8").startswith("{")


def test_an_interruption_is_one_line_with_its_own_code(environment: dict[str, str]) -> None:
    # A pipe without an end, from which the question is awaited.
    with subprocess.Popen(
        [sys.executable, "-c", "from hepatica.cli import main; main()", "ask", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        # Where the tests run in the background, children ignore the signal.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:
        for _ in range(10):  # Python drops a signal that comes while it starts
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=3)
                break
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said == "hepatica: interrupted; nothing is lost: run the same command again\n"


@pytest.mark.parametrize(
    "setting",
    ["PYTHONIOENCODING=latin-1", "PYTHONIOENCODING=cp1252", "PYTHONUTF8=0 LC_ALL=C"],
)
def test_every_character_is_written_whatever_the_locale(shell: Shell, setting: str) -> None:
    result = shell(f"{setting} hepatica ask 'Who should not receive terlipressin?'")
    assert result.returncode == 0, result.stderr
    assert "≥5 mg/dL" in result.stdout
    typed = shell(f"{setting} hepatica ask 'β-blockers for varices'")
    assert typed.stdout.startswith("β-blockers for varices\n")


def test_options_that_need_a_question_say_so(shell: Shell) -> None:
    result = shell("hepatica ask -o answer.html --format html")
    assert result.returncode == 2
    assert result.stderr == (
        "hepatica: -o, --format and --follow need a QUESTION; without one it asks for them\n"
    )
