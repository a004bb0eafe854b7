"""The shipped model as a file for other tools, every parameter with what is known of it."""

from __future__ import annotations

from lxml import etree

from hepatica.bench.hypotheses import KNOWLEDGE
from hepatica.bench.mechanism.readouts import CAVEAT, PELLET, provenance, shipped

__all__ = ["antimony", "sbml"]

CORE = "{http://www.sbml.org/sbml/level3/version2/core}"
XHTML = "http://www.w3.org/1999/xhtml"
NAME = "v1a_terlipressin"


def antimony() -> bytes:
    """The Antimony text; its comments mark what is seen, derived and assumed."""
    return (KNOWLEDGE / "models" / f"{NAME}.ant").read_bytes()


def sbml() -> bytes:
    """SBML Level 3 with notes: on the model what it is for, on every parameter its standing."""
    tree = etree.fromstring((KNOWLEDGE / "models" / f"{NAME}.xml").read_bytes())
    model = tree.find(f"{CORE}model")
    assert model is not None
    _note(model, CAVEAT)
    for entry in model.iter(f"{CORE}parameter"):
        name = entry.get("id", "")
        if name in shipped().constants:
            _note(entry, provenance(name))
        elif name == "Bmax_membrane":
            _note(entry, f"assumed: {PELLET}")
    for entry in model.iter(f"{CORE}species"):
        name = entry.get("id", "")
        if name in shipped().constants:
            _note(entry, provenance(name))
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    return written + b"\n"


def _note(element: etree._Element, text: str) -> None:
    notes = etree.Element(f"{CORE}notes")
    body = etree.SubElement(notes, f"{{{XHTML}}}p")
    body.text = text
    element.insert(0, notes)
