"""The study file: what the numbers of a table mean. YAML; unknown keys are refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec
import yaml

from hepatica.errors import InputError

__all__ = ["Study", "read_study", "study_from"]

LARGEST = 1_000_000  # bytes: a study file is written by hand


class Study(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every assay may be told; each assay adds its own keys in a subclass.

    `columns` maps the names used here to the headers of the table, `units` gives the unit of a
    column whose header does not, `decimal` is the decimal mark of the table, `level` that of the
    intervals, `control` the group that the others are compared with.
    """

    title: str | None = None
    columns: dict[str, str] = {}
    units: dict[str, str] = {}
    decimal: Literal[".", ","] = "."
    level: float = 0.95
    control: str | None = None
    about: str | None = None

    def __post_init__(self) -> None:
        if not 0.5 <= self.level <= 0.999:
            raise ValueError(f"level {self.level!r}: expected 0.5 to 0.999, such as 0.95")


_WORDS = {
    "float": "a number", "int": "a whole number", "str": "text", "bool": "yes or no", "null": "",
    "array": "a list", "object": "'key: value' lines", "date": "a date such as 2026-01-31",
}  # fmt: skip

S = TypeVar("S", bound=Study)


def read_study(path: Path | None, kind: type[S]) -> S:
    """The study in the file `path`, or the defaults without one; InputError names what is wrong."""
    if path is None:
        return study_from(None, kind)
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{str(path)!r}: a study file has at most {LARGEST} bytes")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read study {str(path)!r}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{str(path)!r}: a study file is UTF-8 text") from error
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = getattr(error, "problem", None) or "not YAML"
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise InputError(f"{str(path)!r}{line}: {problem}; expected 'key: value' lines") from error
    except RecursionError as error:
        raise InputError(f"{str(path)!r}: nested too deeply for a study file") from error
    return study_from(data, kind, source=repr(str(path)))


def study_from(
    data: Mapping[str, Any] | Study | None, kind: type[S], *, source: str = "study"
) -> S:
    """`data` as a study of `kind`; InputError for unknown keys or values of the wrong type."""
    if isinstance(data, kind):
        return data
    if data is not None and not isinstance(data, Mapping):
        raise InputError(f"{source}: expected 'key: value' lines, not {data!r:.60}")
    try:
        return msgspec.convert(dict(data or {}), kind)
    except msgspec.ValidationError as error:
        raise InputError(f"{source}: {_told(str(error), data or {}, kind)}") from error


def _told(problem: str, data: Mapping[str, Any], kind: type[Study]) -> str:
    """What msgspec found wrong, in the words of whoever wrote the file: the key and its value."""
    what, _, path = problem.partition(" - at `$")
    key = path.rstrip("`").lstrip(".")
    where = f"{key}: " if key else ""
    if unknown := re.search(r"unknown field `(.*)`", what):
        keys = ", ".join(field.name for field in msgspec.structs.fields(kind))
        hint = "" if key else f" (keys are: {keys})"
        return f"{where}unknown key {unknown[1]!r}{hint}"
    if needed := re.search(r"missing required field `(.*)`", what):
        return f"{where}the key {needed[1]!r} is missing"
    types = re.match(r"Expected `(.*?)`, got `(.*?)`", what)
    if types is None:
        return f"{where}{what}"
    wanted = dict.fromkeys(_WORDS.get(one.strip(), one.strip()) for one in types[1].split("|"))
    wanted.pop("", None)
    given = _value(data, key)
    return f"{where}expected {' or '.join(wanted)}, not {given!r:.60}{_hint(given, wanted)}"


def _value(data: Any, path: str) -> Any:
    """The entry of `data` at msgspec's path, such as 'groups[0].fold'."""
    for name, place in re.findall(r"([^.\[\]]+)|\[(\d+|\.\.\.)\]", path):
        try:
            data = data[name] if name else data[int(place)]
        except (KeyError, IndexError, TypeError, ValueError):
            return data
    return data


def _hint(given: Any, wanted: Collection[str]) -> str:
    """How to write a number that YAML takes to be text."""
    if not isinstance(given, str) or not {"a number", "a whole number"} & set(wanted):
        return ""
    text = given.strip()
    if re.fullmatch(r"-?\d+,\d+", text):
        return f": write {text.replace(',', '.')}"
    if re.fullmatch(r"\d+(\.\d+)?\s*%", text):
        return f": write {float(text.rstrip('% ')) / 100:g}"
    if re.fullmatch(r"-?\d+(\.\d+)?[eE][-+]?\d+", text):
        number = float(text)
        plain = f"{number:.0f}" if 1 <= abs(number) < 1e15 else f"{number:.1e}"
        return f": write {plain}"
    return ""
