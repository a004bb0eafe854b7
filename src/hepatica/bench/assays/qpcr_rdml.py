"""RDML, the exchange format of qPCR runs: wells with their Cq, or with their raw curves."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from pathlib import Path

from lxml import etree

from hepatica.bench.assays.qpcr_amplification import no_amplification, second_derivative_maxima
from hepatica.bench.assays.qpcr_files import Columns, role_of
from hepatica.errors import InputError, UnsafeSourceError

__all__ = ["RDML", "is_rdml", "read_rdml"]

LARGEST = 200_000_000  # bytes of RDML after unpacking
RDML = "{http://www.rdml.org}"
CALIBRATOR = "opt"  # RDML's word for an optical calibrator
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_rdml(path: Path, data: bytes) -> bool:
    """Whether the file is RDML: an archive or XML with that ending, or with that root."""
    return path.suffix.lower() in (".rdml", ".rdm") or b"http://www.rdml.org" in data[:4096]


def read_rdml(path: Path, data: bytes) -> tuple[Columns, tuple[str, ...]]:
    """The columns of an RDML file (1.0 to 1.4, zipped or plain XML), and notes on how it was read.

    A well is a reaction with one of its targets; a type or a quantity that a sample has for this
    target stands before the one for all. -1, RDML's word for no Cq, and a Cq beyond the
    last cycle that was read both mean none. Where the file has no Cq at all but raw fluorescence,
    the Cq are read from the curves. Wells marked `excl` keep their mark. No entity is expanded,
    nothing is fetched, size is bounded.
    """
    source = repr(str(path))
    root = _root(_xml(data, source), source)
    about: dict[str, tuple[dict[str, str], dict[str, str], str]] = {}
    for sample in root.iterchildren(f"{RDML}sample"):
        key = sample.get("id", "")
        words = (sample.findtext(f"{RDML}description") or "").strip()
        name = words if words and KEY.fullmatch(key) else key
        about[key] = (_by_target(sample, "type"), _by_target(sample, "quantity", "value"), name)
    names = ("sample", "gene", "cq", "role", "quantity", "replicate", "excluded")
    columns: Columns = {name: [] for name in names}
    curves: list[dict[float, float]] = []
    beyond = 0
    for react in root.iter(f"{RDML}react"):
        sample_id = _reference(react, "sample")
        roles, quantities, name = about.get(sample_id, ({}, {}, sample_id))
        for entry in react.iterchildren(f"{RDML}data"):
            target = _reference(entry, "tar")
            role = roles.get(target) or roles.get("") or "unkn"
            quantity = quantities.get(target) or quantities.get("") or ""
            cq = (entry.findtext(f"{RDML}cq") or "").strip()
            curve = _curve(entry)
            if curve and _number(cq) > max(curve):
                beyond, cq = beyond + 1, ""
            columns["cq"].append("" if cq in ("-1", "-1.0") else cq)
            columns["sample"].append(name)
            columns["gene"].append(target)
            columns["role"].append("sample" if role == CALIBRATOR else role_of(role, source))
            # some programs write 0 for the unknowns: a quantity belongs to a standard
            columns["quantity"].append(quantity if role == "std" else "")
            columns["replicate"].append(react.get("id", ""))
            columns["excluded"].append(_excluded(entry, role))
            curves.append(curve)
    if not columns["cq"]:
        raise InputError(f"{source} is RDML without reactions: export the run with its Cq values")
    notes = []
    if beyond:
        notes.append(f"{beyond} Cq beyond the last cycle that was read, taken as none")
    if not any(columns["cq"]) and not beyond and any(curves):
        columns["cq"] = _read_curves(curves, columns["excluded"])
        notes.append(
            "the file holds no Cq: read from the fluorescence, second derivative maximum of a "
            "five-parameter curve"
        )
    return columns, tuple(notes)


def _by_target(sample: etree._Element, name: str, part: str = "") -> dict[str, str]:
    """The words of a child of `sample` by their `targetId`, "" where they hold for all targets.

    RDML 1.3 and 1.4 give a sample several types and quantities; the one of a target stands before
    the one of all, and the first of several for the same target is taken (rdmlpython of the RDML
    consortium reads the type so).
    """
    found: dict[str, str] = {}
    for child in sample.iterchildren(f"{RDML}{name}"):
        text = child.findtext(f"{RDML}{part}") if part else child.text
        found.setdefault(child.get("targetId", ""), (text or "").strip())
    return found


def _excluded(entry: etree._Element, role: str) -> str:
    if role == CALIBRATOR:
        return "an optical calibrator, no sample"
    mark = entry.find(f"{RDML}excl")
    return "" if mark is None else (mark.text or "").strip() or "no reason given"


def _curve(entry: etree._Element) -> dict[float, float]:
    """Fluorescence by cycle; empty where there is none, or it holds what is no number."""
    found = {}
    for point in entry.iterchildren(f"{RDML}adp"):
        cycle = _number(point.findtext(f"{RDML}cyc") or "")
        light = _number(point.findtext(f"{RDML}fluor") or "")
        if cycle != cycle or light != light:
            return {}
        found[cycle] = light
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _read_curves(curves: list[dict[float, float]], excluded: list[str]) -> list[str]:
    """The Cq of every well as text, blank where its curve does not rise."""
    found = [""] * len(curves)
    alike: dict[tuple[float, ...], list[int]] = {}
    for place, curve in enumerate(curves):
        if not excluded[place] and not no_amplification(sorted(curve)):
            alike.setdefault(tuple(sorted(curve)), []).append(place)
    for cycles, places in alike.items():
        rows = [[curves[place][cycle] for cycle in cycles] for place in places]
        for place, cq in zip(places, second_derivative_maxima(cycles, rows), strict=True):
            found[place] = "" if cq is None else f"{cq:.2f}"
    return found


def _reference(element: etree._Element, name: str) -> str:
    child = element.find(f"{RDML}{name}")
    return "" if child is None else child.get("id") or (child.text or "").strip()


def _xml(data: bytes, source: str) -> bytes:
    if not data.startswith(b"PK"):
        return data
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".xml")]
            wanted = "rdml_data.xml" if "rdml_data.xml" in names else next(iter(names), None)
            if wanted is None:
                raise InputError(f"{source} holds no XML: it is no RDML archive")
            with archive.open(wanted) as stream:
                xml = stream.read(LARGEST + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise InputError(f"{source}: the archive is damaged: {error}") from error
    if len(xml) > LARGEST:
        raise UnsafeSourceError(f"{source}: unpacks to more than {LARGEST} bytes")
    return xml


def _root(xml: bytes, source: str) -> etree._Element:
    if b"<!DOCTYPE" in xml[:65536] or b"<!ENTITY" in xml[:65536]:
        raise UnsafeSourceError(f"{source}: an RDML file declares no document type")
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{source}: not well-formed XML: {error.msg}") from error
    if root.tag != f"{RDML}rdml":
        raise InputError(f"{source}: the root element is {root.tag!r}, expected RDML")
    return root
