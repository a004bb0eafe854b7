"""JSON for the terminal: what could steer it is escaped, and nothing is lost."""

from __future__ import annotations

import json
import unicodedata
from typing import Any


def to_json(value: Any, *, indent: int | None = 2) -> str:
    """JSON that keeps readable characters as they are and escapes control and format ones."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    return "".join(char if char == "\n" or not _steers(char) else _escaped(char) for char in text)


def _steers(char: str) -> bool:
    return not char.isprintable() and unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1]
