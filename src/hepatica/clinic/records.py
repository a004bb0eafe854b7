"""Reads the curated YAML files of the clinic; unknown keys are refused with their path."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from hepatica.errors import InputError, KnowledgeError

T = TypeVar("T")
ROOT = Path(__file__).parents[1] / "knowledge"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Record(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Base of the clinic's curated records."""


def read(folder: str, name: str, kind: type[T]) -> T:
    """The record in `knowledge/<folder>/<name>.yaml`; KnowledgeError where it breaks its schema."""
    path = ROOT / folder / f"{name}.yaml"
    try:
        data = yaml.load(path.read_text("utf-8"), Loader=_Loader)
        return msgspec.convert(data, kind)
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        reason = " ".join(str(error).split())
        raise KnowledgeError(f"{folder}/{name}.yaml: {reason}") from None


@cache
def names(folder: str) -> tuple[str, ...]:
    """The ids of all files of a folder, sorted."""
    return tuple(sorted(path.stem for path in (ROOT / folder).glob("*.yaml")))


def require(folder: str, name: str, what: str) -> None:
    """Raises InputError with the nearest names unless the folder has such a file."""
    if name in names(folder):
        return
    from difflib import get_close_matches

    near = get_close_matches(name, names(folder), n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else f"one of {', '.join(names(folder))}"
    raise InputError(f"no {what} is called {name!r}: {hint}")
