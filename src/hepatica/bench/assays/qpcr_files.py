"""Files of qPCR instruments: plate exports as text, and RDML."""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from pathlib import Path

from lxml import etree

from hepatica.errors import InputError, UnsafeSourceError

__all__ = ["RDML", "export_columns", "is_rdml", "read_rdml"]

LARGEST = 200_000_000  # bytes of RDML after unpacking
RDML = "{http://www.rdml.org}"
# Headers of results exports (Applied Biosystems StepOne and QuantStudio, Bio-Rad CFX, Roche).
HEADERS = {
    "sample": ("sample name", "sample"),
    "gene": ("target name", "target", "detector", "detector name", "gene", "assay"),
    "cq": ("ct", "cq", "cт", "cp", "c(t)"),
    "role": ("task", "content", "type", "sample type"),
    "quantity": ("quantity", "starting quantity (sq)", "sq", "concentration"),
    "group": ("biogroup name", "biological group", "biological set name", "group"),
    "replicate": ("well position", "well", "pos"),
    "excluded": ("omit", "excluded"),
}
ROLES = {
    "unkn": "sample", "unknown": "sample", "sample": "sample",
    "pos ctrl": "sample", "pos": "sample",
    "std": "standard", "standard": "standard",
    "ntc": "ntc", "neg ctrl": "ntc", "negative": "ntc",
    "nrt": "nrt", "nrtc": "nrt", "nac": "ntc", "ntp": "ntc",
}  # fmt: skip

Columns = dict[str, list[str]]


def is_rdml(path: Path, data: bytes) -> bool:
    """Whether the file is RDML: an archive or XML with that ending, or with that root."""
    return path.suffix.lower() in (".rdml", ".rdm") or b"http://www.rdml.org" in data[:4096]


def export_columns(text: str, source: str) -> Columns | None:
    """The columns of a results export, or None where `text` is no such export.

    The header line is the first one that names a sample, a target and a Cq in an instrument's own
    words; what stands above it describes the run and is passed over.
    """
    lines = text.splitlines()
    for start, line in enumerate(lines):
        for delimiter in "\t,;":
            if line.count(delimiter) < 2:
                continue
            header = [
                cell.strip().lower() for cell in next(csv.reader([line], delimiter=delimiter))
            ]
            places = _places(header)
            if {"sample", "gene", "cq"} <= places.keys():
                if "cq" in header and "gene" in header and "sample" in header and start == 0:
                    return None  # the tidy table of this bench
                return _rows(lines[start + 1 :], delimiter, places, source)
    return None


def _places(header: list[str]) -> dict[str, int]:
    places = {}
    for name, words in HEADERS.items():
        for word in words:
            if word in header:
                places[name] = header.index(word)
                break
    return places


def _rows(lines: list[str], delimiter: str, places: dict[str, int], source: str) -> Columns:
    columns: Columns = {name: [] for name in places}
    last = max(places.values())
    for cells in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter):
        if not any(cell.strip() for cell in cells):
            if columns["sample"]:
                break  # a blank line ends the results; what follows is another section
            continue
        if len(cells) <= last:
            break
        row = {name: cells[place].strip() for name, place in places.items()}
        role = _role(row.get("role", ""), source)
        if not row["gene"] or (not row["sample"] and role not in ("ntc", "standard")):
            if row["cq"] and re.fullmatch(r"[\d.,]+", row["cq"]):
                raise InputError(
                    f"{source}: a well with the Cq {row['cq']!r} names no sample or no target; "
                    "name it on the plate and export again"
                )
            continue  # an empty position of the plate
        row["sample"] = row["sample"] or role
        if "role" in row:
            row["role"] = role
        for name, cell in row.items():
            columns[name].append(cell)
    if not columns["sample"]:
        raise InputError(f"{source}: the export has a header but no wells")
    return columns


def _role(cell: str, source: str) -> str:
    word = re.sub(r"-?\d+$", "", cell.strip().lower()).strip()  # CFX numbers them: Unkn-01
    if word in ("", "nan"):
        return "sample"
    if word not in ROLES:
        raise InputError(
            f"{source}: the task {cell!r} of a well is not known; expected one of "
            + ", ".join(sorted(ROLES))
        )
    return ROLES[word]


def read_rdml(path: Path, data: bytes) -> Columns:
    """The columns of an RDML file (1.0 to 1.3, zipped or plain XML).

    A well is a reaction with one of its targets; -1 is RDML's word for no Cq. Wells marked `excl`
    keep their mark. No entity is expanded, nothing is fetched, size is bounded.
    """
    source = repr(str(path))
    root = _root(_xml(data, source), source)
    about: dict[str, tuple[str, str]] = {}
    for sample in root.iterchildren(f"{RDML}sample"):
        name = sample.get("id", "")
        role = sample.findtext(f"{RDML}type") or "unkn"
        quantity = sample.findtext(f"{RDML}quantity/{RDML}value") or ""
        about[name] = (_role(role, source), quantity)
    names = ("sample", "gene", "cq", "role", "quantity", "replicate", "excluded")
    columns: Columns = {name: [] for name in names}
    for react in root.iter(f"{RDML}react"):
        sample_id = _reference(react, "sample")
        for entry in react.iterchildren(f"{RDML}data"):
            cq = (entry.findtext(f"{RDML}cq") or "").strip()
            role, quantity = about.get(sample_id, ("sample", ""))
            columns["cq"].append("" if cq in ("-1", "-1.0") else cq)
            columns["sample"].append(sample_id)
            columns["gene"].append(_reference(entry, "tar"))
            columns["role"].append(role)
            columns["quantity"].append(quantity)
            columns["replicate"].append(react.get("id", ""))
            excluded = entry.find(f"{RDML}excl")
            reason = "" if excluded is None else (excluded.text or "").strip() or "no reason given"
            columns["excluded"].append(reason)
    if not columns["cq"]:
        raise InputError(f"{source} is RDML without reactions: export the run with its Cq values")
    return columns


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
