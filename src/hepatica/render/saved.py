"""An answer as JSON, and its published schema."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any

import msgspec

from hepatica.ask.answer import Answer, Reference
from hepatica.errors import InputError
from hepatica.evidence.model import Citation, CitationRecord

SCHEMA_ID = "hepatica-answer-1"


def dump(answer: Answer, *, indent: int = 2) -> str:
    """`answer` as JSON text; `schema` describes it."""
    data = {"schema": SCHEMA_ID, **msgspec.to_builtins(answer, enc_hook=_encode)}
    return msgspec.json.format(msgspec.json.encode(data), indent=indent).decode() + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of what `dump` writes."""
    described = msgspec.json.schema(Answer, schema_hook=_describe)
    for part in described["$defs"].values():
        if "description" in part:  # some versions of msgspec keep the indentation
            part["description"] = cleandoc(part["description"])
    answer = described["$defs"]["Answer"]
    answer["properties"] = {"schema": {"const": SCHEMA_ID}, **answer["properties"]}
    answer["required"] = ["schema", *answer["required"]]
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def _encode(value: Any) -> Any:
    if isinstance(value, Citation):
        return msgspec.to_builtins(value.record)
    raise NotImplementedError(type(value))


def _describe(kind: type) -> dict[str, Any]:
    if kind is not Citation:
        raise NotImplementedError(kind)
    described = msgspec.json.schema(CitationRecord)
    record: dict[str, Any] = described["$defs"]["CitationRecord"]
    return record


class _References(msgspec.Struct):
    references: tuple[Reference, ...]


def load_references(data: bytes) -> tuple[Reference, ...]:
    """The references of a saved answer, on one line each part and without what could steer a
    terminal; InputError when `data` is none."""
    try:
        return _cleaned(msgspec.json.decode(data, type=_References)).references
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(
            f"not a saved answer: {error}; expected what `hepatica ask --format json` writes"
        ) from error


def _cleaned(saved: _References) -> _References:
    from hepatica.evidence.readers._text import one_line

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return one_line(value)
        if isinstance(value, (list, tuple)):
            return [clean(part) for part in value]
        return (
            {name: clean(part) for name, part in value.items()}
            if isinstance(value, dict)
            else value
        )

    return msgspec.convert(clean(msgspec.to_builtins(saved)), type=_References)
