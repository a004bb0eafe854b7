"""`--set NAME=VALUE` and other pairs as they are typed."""

from __future__ import annotations

from hepatica.errors import InputError


def pairs(texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keys and values of "key=value" texts; InputError for another text, or a key given twice."""
    found: list[tuple[str, str]] = []
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise InputError(f"{text!r}: expected key=value, such as creatinine=185umol/L")
        if key.strip() in dict(found):
            raise InputError(f"{key.strip()!r} is given twice")
        found.append((key.strip(), value.strip()))
    return found


def setting(text: str) -> str | int | float | bool:
    """The value of a parameter: yes or no, a number, or a word."""
    if text.lower() in ("true", "yes", "false", "no"):
        return text.lower() in ("true", "yes")
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
