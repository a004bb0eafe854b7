"""Reads curated YAML files into records, with errors that name file, key, value and expectation."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from hepatica.errors import KnowledgeError

T = TypeVar("T")

_PLACE = re.compile(r"^(?P<problem>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_STEP = re.compile(r"\.(?P<key>[^.\[\]]+)|\[(?P<index>\d+|\.\.\.)\]")
_SHOWN = 80


class _Loader(yaml.CSafeLoader):
    """Safe YAML that refuses a key given twice instead of keeping the last value."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    seen: set[str] = set()
    for key, _ in node.value:
        if key.value in seen:
            raise yaml.constructor.ConstructorError(
                None, None, f"key {key.value!r} is given twice", key.start_mark
            )
        seen.add(key.value)
    return loader.construct_mapping(node, deep=True)


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def files(folder: Path) -> Iterator[Path]:
    """The YAML files under `folder` in the order of their names; none when it does not exist."""
    yield from sorted(folder.rglob("*.yaml"))


def read(path: Path, shape: type[T], *, root: Path) -> T:
    """The record in `path`, checked against `shape`; KnowledgeError says what is wrong and where.

    `root` is the knowledge folder, so that the error names the file relative to it.
    """
    where = path.relative_to(root).as_posix()
    return _convert(_parse(path, where), shape, where)


def read_table(path: Path, shape: type[T], *, root: Path) -> dict[str, T]:
    """The records in `path` by key, or nothing when there is no such file; errors as in `read`."""
    where = path.relative_to(root).as_posix()
    if not path.is_file():
        return {}
    rows = _convert(_parse(path, where), dict[str, object], where)
    return {key: _convert(row, shape, f"{where}: {key}") for key, row in rows.items()}


def _parse(path: Path, where: str) -> object:
    try:
        return yaml.load(path.read_bytes(), _Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise KnowledgeError(f"{where}, line {line}: not valid YAML: {error.problem}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        problem = " ".join(str(error).split())
        raise KnowledgeError(f"{where}: not valid YAML in UTF-8: {problem}") from None


def _convert(raw: object, shape: type[T], where: str) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        raise KnowledgeError(f"{where}: {_explain(str(error), raw)}") from None


def _explain(message: str, raw: object) -> str:
    match = _PLACE.match(message)
    if match is None:
        return message
    path = match["path"] or ""
    key = path.lstrip(".") or "the whole entry"
    shown = repr(_at(raw, path))
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    return f"{key}: {match['problem'].strip()}; the value is {shown}"


def _at(raw: Any, path: str) -> object:
    """The value at a msgspec path such as ".figures[0].name"; as far as it can be followed."""
    for step in _STEP.finditer(path):
        try:
            raw = raw[step["key"] if step["key"] else int(step["index"])]
        except (KeyError, IndexError, TypeError, ValueError):
            break
    return raw
