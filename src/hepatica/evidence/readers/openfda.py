"""Drug labels in openFDA's JSON: the API's answers and its download files.

openFDA flattens a label. Each section is one string that repeats its coded subsections, and tables
stand in it as a row of words and once more as markup. Here each stretch of text stands once, under
its own code, and tables have rows again. What openFDA lost stays lost: "10<sup>3</sup>" arrives as
"10 3". Where both are at hand, the SPL file is the better text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.readers import _json
from hepatica.evidence.readers._label import checked_set_id, label_source
from hepatica.evidence.readers._openfda_text import add_sections
from hepatica.evidence.readers._text import TextBuilder, one_line

NAME = "openfda"

_KEYS = re.compile(rb'"(?:set_id|spl_product_data_elements|spl_set_id)"')
_META = re.compile(rb'\s*(?:\xef\xbb\xbf)?\{\s*"meta"\s*:')


class _Label(msgspec.Struct):
    """The fields that every record has; sections are read apart from them."""

    set_id: str
    effective_time: str | None = None
    version: str | int | None = None
    openfda: dict[str, Any] = {}


def matches(head: bytes, name: str) -> bool:
    """Whether the JSON looks like openFDA's drug labels."""
    if not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return False
    api = (
        _META.match(head) is not None and b"open.fda.gov" in head and b"safetyreportid" not in head
    )
    return api or _KEYS.search(head) is not None


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """Each label, `spl:<set id>` as the SPL reader gives it, so that both are versions of one work.

    Raises SourceError and UnsafeSourceError.
    """
    number = 0
    for record in _json.objects(
        stream, origin=origin, expected="openFDA drug labels", key="results"
    ):
        if isinstance(record, Rejection):
            yield record
            continue
        number += 1
        try:
            yield _document(record)
        except UnsafeSourceError:
            raise
        except (SourceError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            yield Rejection(where=f"{origin}: label {number}", reason=one_line(str(error)))


def _document(record: bytes) -> Document:
    label = msgspec.json.decode(record, type=_Label, strict=False)
    sections: dict[str, Any] = msgspec.json.decode(record)
    set_id = checked_set_id(label.set_id)
    brands = _names(label.openfda, "brand_name")
    generics = _names(label.openfda, "generic_name")
    title = _title(brands, generics, sections) or f"Drug label {set_id}"
    builder = TextBuilder()
    builder.add(title, kind="title")
    add_sections(sections, builder)
    names = (*brands, *generics, *_names(label.openfda, "substance_name"))
    source = label_source(
        set_id=set_id,
        title=title,
        text=builder.text,
        labeler=next(iter(_names(label.openfda, "manufacturer_name")), None),
        effective=label.effective_time,
        version=None if label.version is None else str(label.version),
        applications=_names(label.openfda, "application_number"),
        subjects=tuple({name.casefold(): name for name in reversed(names)}.values())[::-1],
    )
    return Document(source=source, passages=builder.passages)


def _names(openfda: dict[str, Any], field: str) -> tuple[str, ...]:
    values = openfda.get(field)
    values = [values] if isinstance(values, str) else values
    if not isinstance(values, list):
        return ()
    return tuple(one_line(value) for value in values if isinstance(value, str) and value.strip())


def _title(brands: tuple[str, ...], generics: tuple[str, ...], sections: dict[str, Any]) -> str:
    if brands or generics:
        generic = ", ".join(generics).lower()
        named = f"{brands[0]} ({generic})" if brands and generic else (brands or (generic,))[0]
        return one_line(named)
    elements = _names(sections, "spl_product_data_elements")
    return elements[0][:80].rsplit(" ", 1)[0] if elements else ""
