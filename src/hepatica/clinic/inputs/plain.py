"""YAML and JSON as plain texts: numbers stay as written, and nothing is expanded or executed."""

from __future__ import annotations

import json
from typing import Any

import yaml

from hepatica.errors import InputError

LIMIT = 64 * 1024 * 1024
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Every scalar is a text (1.30 stays 1.30); a repeated key is an error, not an overwrite."""


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if not isinstance(key, str):
            raise InputError(f"line {key_node.start_mark.line + 1}: a key must be a text")
        if key in found:
            raise InputError(f"line {key_node.start_mark.line + 1}: {key!r} stands twice")
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def parse(text: str, *, name: str) -> Any:
    """The data of a YAML or JSON text with every scalar as text; InputError names the line."""
    if len(text) > LIMIT:
        raise InputError(f"{name}: {len(text):,} characters, more than {LIMIT:,}: use FHIR or CSV")
    if not text.strip():
        raise InputError(f"{name}: the file is empty")
    try:
        if text.lstrip()[0] in "{[":
            return json.loads(
                text,
                parse_float=str,
                parse_int=str,
                parse_constant=str,
                object_pairs_hook=_pairs,
            )
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.AliasEvent):
                raise InputError(f"alias *{event.anchor}: aliases are not read")
        return yaml.load(text, Loader=_Loader)
    except InputError as error:
        raise InputError(f"{name}: {error}") from None
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"{name}: not YAML or JSON: {' '.join(str(error).split())}") from None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"{key!r} stands twice")
        found[key] = value if not isinstance(value, bool) else str(value).lower()
    return found


def scalar(value: Any) -> str | None:
    """A scalar's text; None for null, an empty text or nothing."""
    if value is None or (isinstance(value, str) and value.strip().lower() in ("", "null", "~")):
        return None
    return str(value).strip()
