"""What a check of the store reports."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """Errors cost evidence or answers; warnings will, or cost time; the rest is as it should be."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Check(msgspec.Struct, frozen=True):
    """What was looked at, how it is, and what to do about it."""

    name: str
    severity: Severity
    message: str
    remedy: str | None = None


def ok(name: str, message: str) -> Check:
    return Check(name, Severity.OK, message)


def warning(name: str, message: str, remedy: str) -> Check:
    return Check(name, Severity.WARNING, message, remedy)


def error(name: str, message: str, remedy: str | None) -> Check:
    return Check(name, Severity.ERROR, message, remedy)
