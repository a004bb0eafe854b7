"""Results exports of qPCR instruments as text, and what their words mean."""

from __future__ import annotations

import csv
import io
import re

from hepatica.errors import InputError

__all__ = ["Columns", "export_columns", "role_of"]

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
    "pos ctrl": "positive", "positive": "positive", "pos": "positive",
    "std": "standard", "standard": "standard",
    "ntc": "ntc", "neg ctrl": "ntc", "negative": "ntc",
    "nrt": "nrt", "nrtc": "nrt", "nac": "ntc", "ntp": "ntc",
}  # fmt: skip

NAMELESS = ("ntc", "nrt", "standard", "positive")  # wells that need no sample's name

Columns = dict[str, list[str]]


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
        role = role_of(row.get("role", ""), source)
        if not row["gene"] or (not row["sample"] and role not in NAMELESS):
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


def role_of(cell: str, source: str) -> str:
    """What a well is for, from an instrument's word; InputError for a word that is not known."""
    word = re.sub(r"-?\d+$", "", cell.strip().lower()).strip()  # CFX numbers them: Unkn-01
    if word in ("", "nan"):
        return "sample"
    if word not in ROLES:
        raise InputError(
            f"{source}: the task {cell!r} of a well is not known; expected one of "
            + ", ".join(sorted(ROLES))
        )
    return ROLES[word]
