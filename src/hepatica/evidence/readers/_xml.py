"""Safe, streaming XML: records one by one, and nothing that a file says is fetched or expanded.

No DTD is loaded, no entity is replaced, the network is never used. libxml2's own limits stay on:
256 levels of elements, 10 million characters in one text, bounded entity amplification.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html.entities import html5
from typing import Any, BinaryIO, Literal, cast

from lxml import etree

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Rejection

MAX_RECORD_BYTES = 12 << 20
_CHUNK = 1 << 16

# libxml2's XML_ERR_RESOURCE_LIMIT: depth, text length or entity amplification beyond its limits.
_RESOURCE_LIMIT = 114

# What libxml2 advises is for programmers, and would lift the limits.
_LIBRARY_ADVICE = re.compile(r",? (?:use|try) XML_PARSE_HUGE(?: option)?| \(<string>, line \d+\)")

# Possessive throughout: a prolog of many comments is read once, whatever follows it.
_PROLOG = re.compile(
    r"\s*+(?:<\?(?>.*?\?>)\s*+|<!--(?>.*?-->)\s*+"
    r"|<!DOCTYPE[^\[>]*+(?:\[(?>.*?\]\s*+>)|>)\s*+)*+(<[A-Za-z_][^>]*)",
    re.S,
)


def root_tag(head: bytes) -> str:
    """The root's start tag as written in the first bytes of a file, "" where there is none."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = head.decode("utf-16", "replace")
    else:
        text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    match = _PROLOG.match(text)
    return match.group(1) if match else ""


def records(
    stream: BinaryIO, *, origin: str, expected: str, tags: Mapping[str, Collection[str]]
) -> Iterator[etree._Element | Rejection]:
    """Every complete record of an XML stream, then a Rejection where the XML breaks off.

    `tags` maps each root element that the format may have to its records' tags; a root may be its
    own record. A yielded element is valid until the next one is asked for. `expected` names the
    format in errors. Raises SourceError for another root or no XML at all, UnsafeSourceError for
    declared entities and for depth or size beyond the limits.
    """
    start = _start(stream, origin=origin, expected=expected)
    root = _root(start, origin=origin, expected=expected)
    if root not in tags:
        raise SourceError(f"{origin}: the root element is {root!r}, expected {expected}")
    parser = _parser("end", tags[root])
    count = 0
    since_record = 0
    chunk: bytes | None = start
    while True:
        broken: Exception | None = None
        try:
            chunk = stream.read(_CHUNK) if chunk is None else chunk
            if chunk:
                parser.feed(chunk)
            else:
                parser.close()
        except UnsafeSourceError:
            raise
        except (etree.XMLSyntaxError, SourceError) as error:
            # A compressed stream that is cut short raises SourceError; what came before it counts.
            broken = error
        for element in _elements(parser):
            count += 1
            since_record = 0
            yield element
            _forget(element)
        if broken is not None:
            _refuse_unsafe(broken, origin=origin)
            yield Rejection(
                where=f"{origin}: after record {count}",
                reason=f"the file breaks off: {_first_line(broken)}",
            )
            return
        if not chunk:
            return
        since_record += len(chunk)
        chunk = None
        if since_record > MAX_RECORD_BYTES:
            raise UnsafeSourceError(
                f"{origin}: record {count + 1} is larger than {MAX_RECORD_BYTES} bytes; "
                "split the file or check where it comes from"
            )


def reason(error: Exception) -> str:
    """One line on why a record was rejected."""
    if isinstance(error, RecursionError):
        return "the record is nested deeper than any real one"
    return _first_line(error)


def local_name(node: etree._Element) -> str:
    """The tag without its namespace, "" for what is no element."""
    # Not etree.QName: it refuses names that the HTML parser lets pass.
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def entity_text(entity: etree._Element, *, where: str = "") -> str:
    """The character that a named entity stands for; raises SourceError for an unknown one.

    The DTD that declares it is not loaded, and to drop it could drop a "≤" or a "µ".
    """
    name = (entity.text or "").strip("&;")
    try:
        return html5[f"{name};"]
    except KeyError:
        raise SourceError(
            f"{where}unknown entity {entity.text!r}: its DTD is not loaded; "
            "replace it by the character"
        ) from None


def _parser(event: Literal["start", "end"], tags: Collection[str] = ()) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        (event,),
        tag=tuple(tags) or None,
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _start(stream: BinaryIO, *, origin: str, expected: str) -> bytes:
    """The first bytes of the stream, enough to meet the root element of any real file."""
    start = more = stream.read(_CHUNK)
    while more and len(start) < _CHUNK:
        try:
            more = stream.read(_CHUNK - len(start))
        except UnsafeSourceError:
            raise
        except SourceError:
            # Cut short; reading on meets the same error after what is there.
            break
        start += more
    if not start.strip():
        raise SourceError(f"{origin}: the file is empty, expected {expected}")
    return start


def _root(start: bytes, *, origin: str, expected: str) -> str:
    """The root's tag, from a probe that stops at the root; refuses declared entities."""
    probe = _parser("start")
    broken: etree.XMLSyntaxError | None = None
    try:
        probe.feed(start)
    except etree.XMLSyntaxError as error:
        broken = error
    for element in _elements(probe):
        declared: Any = element.getroottree().docinfo.internalDTD
        if declared is not None and any(True for _ in declared.iterentities()):
            raise UnsafeSourceError(
                f"{origin}: the file declares XML entities, which are never expanded; "
                "remove its internal DTD subset"
            )
        return str(element.tag)
    if broken is not None:
        _refuse_unsafe(broken, origin=origin)
        raise SourceError(f"{origin}: not XML ({_first_line(broken)}), expected {expected}")
    raise SourceError(f"{origin}: no element in the first {len(start)} bytes, expected {expected}")


def _elements(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        yield cast(etree._Element, element)


def _refuse_unsafe(error: Exception, *, origin: str) -> None:
    if getattr(error, "code", None) == _RESOURCE_LIMIT:
        raise UnsafeSourceError(
            f"{origin}: {_first_line(error)}; the file is deeper or larger than any real record"
        ) from None


def _first_line(error: Exception) -> str:
    return _LIBRARY_ADVICE.sub("", " ".join(str(error).split()))


def _forget(element: etree._Element) -> None:
    """Free a record and all siblings before it, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
