"""The resources of FHIR files one at a time: Bundles, single resources, NDJSON, folders."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from hepatica.clinic.inputs.fhir_resources import Entry, Resource
from hepatica.clinic.inputs.json_stream import Scanner, open_text
from hepatica.errors import InputError

KINDS = re.compile(r"\.(json|ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_LINES = re.compile(r"\.(ndjson|jsonl)(\.gz)?$", re.IGNORECASE)
_entry = msgspec.json.Decoder(Entry).decode
_resource = msgspec.json.Decoder(Resource).decode


class Found(NamedTuple):
    """A resource and where it stood, or why it is none; its fullUrl where it is of a Bundle."""

    where: str
    resource: Resource | None
    url: str | None = None
    problem: str = ""


def files(path: Path) -> tuple[Path, ...]:
    """The FHIR files that a path stands for; those of medications first, which others refer to."""
    if not path.is_dir():
        return (path,) if KINDS.search(path.name) else ()
    found = [p for p in path.iterdir() if p.is_file() and KINDS.search(p.name)]
    return tuple(sorted(found, key=lambda p: (not p.name.startswith("Medication."), p.name)))


def resources(path: Path) -> Iterator[Found]:
    """Every resource of a file, decoded one by one; InputError where the text is no JSON."""
    if not path.exists():
        raise InputError(f"{path.name!r}: there is no such file")
    try:
        with open_text(path) as file:
            if _LINES.search(path.name):
                yield from _lines(file, path.name)
            else:
                yield from _values(Scanner(file, path.name), path.name)
    except UnicodeDecodeError:
        raise InputError(f"{path.name!r}: not a text in UTF-8") from None
    except (EOFError, zlib.error, OSError) as error:
        raise InputError(f"{path.name!r}: cannot be read: {error}") from None


def is_resource(path: Path) -> bool:
    """Whether a JSON file is a resource, wherever in it `resourceType` stands."""
    with open_text(path) as file:
        scanner = Scanner(file, path.name)
        try:
            for key in scanner.members():
                if key == "resourceType":
                    return True
                if key == "entry" and scanner.peek() == "[":
                    for _ in scanner.elements():
                        pass
                else:
                    scanner.value()
        except InputError:  # whoever reads the file says what is wrong with it
            return False
    return False


def _lines(file: Iterator[str], name: str) -> Iterator[Found]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield Found(f"line {number}", _resource(line))
        except msgspec.ValidationError as error:
            yield Found(f"line {number}", None, problem=str(error))
        except msgspec.DecodeError as error:
            raise InputError(f"{name}, line {number}: not FHIR JSON: {error}") from None


def _values(scanner: Scanner, name: str) -> Iterator[Found]:
    number = 0
    while scanner.peek():
        number += 1
        line = scanner.line
        fields: dict[str, str] = {}
        entries = False
        for key in scanner.members():
            if key == "entry" and scanner.peek() == "[":
                entries = True
                for index, text in enumerate(scanner.elements()):
                    yield from _of_entry(f"entry[{index}]", text)
            else:
                fields[key] = scanner.value()
        kind = fields.get("resourceType", "null").strip('"')
        if kind == "Bundle" and "entry" in fields:
            raise InputError(f"{name}: not a FHIR R4 Bundle: its entry is no array")
        if kind == "Bundle":
            continue
        if entries:
            raise InputError(f"{name}: not a FHIR R4 Bundle: its resourceType is {kind}")
        where = name if number == 1 else f"line {line}"
        text = "{" + ",".join(f"{msgspec.json.encode(k).decode()}:{v}" for k, v in fields.items())
        yield _whole(where, text + "}")


def _of_entry(where: str, text: str) -> Iterator[Found]:
    try:
        found = _entry(text)
    except msgspec.MsgspecError as error:
        yield Found(where, None, problem=str(error))
        return
    if found.resource is None:
        yield Found(where, None, problem="the entry holds no resource")
    else:
        yield Found(where, found.resource, found.fullUrl or "")


def _whole(where: str, text: str) -> Found:
    try:
        return Found(where, _resource(text))
    except msgspec.MsgspecError as error:
        return Found(where, None, problem=str(error))
