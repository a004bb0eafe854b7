"""Whether a body that is complete for HTTP is the answer that was asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Check = Callable[[bytes], None]


class RefusedError(Exception):
    """Raised by a check on a body in which the service says no, though the status was 200."""


class TryAgainError(Exception):
    """Raised by a check on a body that is complete for HTTP and yet no answer."""


def as_json(data: bytes) -> dict[str, Any]:
    """The JSON object in a body; raises TryAgainError when it is something else."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise TryAgainError(f"{_kind(data)} where JSON was expected") from None
    if not isinstance(found, dict):
        raise TryAgainError("JSON that is no object")
    return found


def as_count(value: object) -> int | None:
    """The number of records that a service states, as a number or as text; None for else."""
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 12 else None


def expect_xml(*roots: str) -> Check:
    """A check that the body is an XML document with one of these roots and with its end tag."""
    ends = tuple(f"</{root}>".encode() for root in roots)
    empty = tuple(f"<{root}/>".encode() for root in roots)

    def check(data: bytes) -> None:
        tail = data[-400:].rstrip()
        if any(tail.endswith(end) for end in ends + empty):
            return
        if any(f"<{root}".encode() in data[:4000] for root in roots):
            raise TryAgainError("XML that is cut short")
        raise TryAgainError(f"{_kind(data)} where XML was expected")

    return check


def _kind(data: bytes) -> str:
    start = data[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    return "something else" if start else "nothing"
