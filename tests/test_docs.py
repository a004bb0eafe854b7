"""Docs that cannot lie: commands, settings, links and examples are those that exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from hepatica.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")])
EXAMPLE = re.compile(r"^\$ (hepatica .+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)\)")
OFFLINE = re.compile(r"pubmed:|pmid:|dailymed:|openfda:|ctgov:|pmc:|dense (build|download)")


def examples() -> list[str]:
    found = [line for page in PAGES for line in EXAMPLE.findall(page.read_text(encoding="utf-8"))]
    return [line for line in dict.fromkeys(found) if not OFFLINE.search(line)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("docs")


def run(line: str, folder: Path) -> None:
    """Runs an example, and before it the one that writes the file it reads."""
    arguments = shlex.split(line)[1:]
    for at, argument in enumerate(arguments):
        if arguments[at - 1] == "-o":
            arguments[at] = str(folder / argument)
        elif argument.endswith(".json") and not Path(argument).exists():
            if not (folder / argument).exists():
                run(next(one for one in examples() if f"-o {argument}" in one), folder)
            arguments[at] = str(folder / argument)
    result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("line", examples())
def test_the_examples_of_the_guide_run(
    line: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEPATICA_STORE", str(folder / "store"))
    monkeypatch.chdir(ROOT / "docs" / "examples")
    run(line, folder)


def test_there_are_examples() -> None:
    assert len(examples()) >= 10


def test_the_command_reference_is_what_the_program_says() -> None:
    from docs.commands import reference

    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == reference()


def test_the_answer_schema_is_what_the_program_writes() -> None:
    from docs.commands import schema

    assert (ROOT / "docs" / "answer.schema.json").read_text(encoding="utf-8") == schema()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_command_is_in_the_readme_or_the_guide() -> None:
    text = "\n".join(
        page.read_text(encoding="utf-8") for page in PAGES if page.name != "commands.md"
    )
    missing = [name for name in COMMANDS if f"hepatica {name}" not in text]
    assert missing == []


def test_every_setting_is_documented_and_every_documented_setting_exists() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src").rglob("*.py"))
    read = set(re.findall(r"HEPATICA_[A-Z_]+", code))
    guide = (ROOT / "docs" / "quick-start.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`(HEPATICA_[A-Z_]+)`", guide)) == read


def test_every_option_has_help() -> None:
    def options(command: click.Command, name: str) -> list[str]:
        if isinstance(command, click.Group):
            context = click.Context(command)
            subcommands = (
                (sub, command.get_command(context, sub)) for sub in command.list_commands(context)
            )
            return [o for sub, each in subcommands if each for o in options(each, f"{name} {sub}")]
        return [
            f"{name} {parameter.opts[0]}"
            for parameter in command.params
            if isinstance(parameter, click.Option) and not parameter.help and not parameter.hidden
        ]

    assert options(main, "hepatica") == []


def test_every_exit_code_is_documented() -> None:
    from hepatica import errors

    codes = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.HepaticaError)
    }
    shown = CliRunner().invoke(main, ["--help"]).output
    assert all(re.search(rf"\b{code}\s", shown) for code in codes)
