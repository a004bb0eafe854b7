"""Writes the generated pages of the guide: python -m docs.commands"""

from __future__ import annotations

import json
from pathlib import Path

import click

from hepatica.cli import main
from hepatica.render.saved import schema as answer_schema

FOLDER = Path(__file__).parent


def reference() -> str:
    """Every command with its help, as Markdown."""
    parts = ["# Commands\n", "Generated from the program by `make docs`.\n"]
    parts += _pages(main, "hepatica", None)
    return "\n".join(parts)


def _pages(command: click.Command, name: str, parent: click.Context | None) -> list[str]:
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        max_content_width=92,
        help_option_names=["-h", "--help"],
    )
    context.terminal_width = 92
    # Click keeps the help option of whoever asked first, with that one's names.
    command._help_option = None
    text = command.get_help(context).rstrip()
    pages = [f"## {context.command_path}\n", f"```\n{text}\n```\n"]
    if isinstance(command, click.Group):
        for sub in command.list_commands(context):
            each = command.get_command(context, sub)
            if each is not None:
                pages += _pages(each, sub, context)
    return pages


def schema() -> str:
    """The JSON Schema of a saved answer."""
    return json.dumps(answer_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / "commands.md").write_text(reference(), encoding="utf-8")
    (FOLDER / "answer.schema.json").write_text(schema(), encoding="utf-8")
