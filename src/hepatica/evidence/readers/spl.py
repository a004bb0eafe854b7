"""Drug labels in HL7 Structured Product Labeling (SPL), the XML that DailyMed ships.

The highlights (`excerpt`) are left out: by their own words they "do not include all the
information needed to use" the drug, and the full text says the same with its conditions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from lxml import etree

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Document, Rejection
from hepatica.evidence.numbers import numbers
from hepatica.evidence.readers import _loinc, _xml
from hepatica.evidence.readers._blocks import Block, emit
from hepatica.evidence.readers._label import checked_set_id, label_source
from hepatica.evidence.readers._markup import Flow, Grammar, inline
from hepatica.evidence.readers._text import TextBuilder, one_line

NAME = "spl"

_NS = "urn:hl7-org:v3"
_ROOT = f"{{{_NS}}}document"
_V = {"v": _NS}
_APPROVAL_ROOT = "2.16.840.1.113883.3.150"
_BOILERPLATE = re.compile(r"These highlights do not include|^Initial U\.?S\.? Approval|^\W*$")
_EMPHASIS = re.compile(r"bold|italics|underline|emphasis", re.I)


def matches(head: bytes, name: str) -> bool:
    """Whether the file's root is an SPL document."""
    tag = _xml.root_tag(head)
    return re.match(r"<(?:\w+:)?document\b", tag) is not None and _NS in tag


def read(stream: BinaryIO, *, origin: str) -> Iterator[Document | Rejection]:
    """The label, `spl:<set id>`, its sections' LOINC codes on the passages.

    A section without a code of its own has the code of the section around it. `revision` is the
    label's version number. Raises SourceError and UnsafeSourceError.
    """
    for label in _xml.records(
        stream, origin=origin, expected="an SPL drug label", tags={_ROOT: (_ROOT,)}
    ):
        if isinstance(label, Rejection):
            yield label
            continue
        try:
            yield _document(label)
        except UnsafeSourceError:
            raise
        except (SourceError, RecursionError) as error:
            yield Rejection(where=origin, reason=_xml.reason(error))


def _document(label: etree._Element) -> Document:
    set_id = checked_set_id(_attribute(label, "v:setId", "root"))
    products = _products(label)
    title = _title(label, products) or _product_title(label, products) or f"Drug label {set_id}"
    builder = TextBuilder()
    builder.add(title, kind="title")
    for section in label.iterfind("v:component/v:structuredBody/v:component/v:section", _V):
        _section(section, builder, path=(), code=None)
    source = label_source(
        set_id=set_id,
        title=title,
        text=builder.text,
        labeler=_text(label.find("v:author/v:assignedEntity/v:representedOrganization/v:name", _V)),
        effective=_attribute(label, "v:effectiveTime", "value"),
        version=_attribute(label, "v:versionNumber", "value"),
        applications=_applications(label),
        subjects=products,
    )
    return Document(source=source, passages=builder.passages)


def _section(
    section: etree._Element, builder: TextBuilder, *, path: tuple[str, ...], code: str | None
) -> None:
    own = _attribute(section, "v:code", "code")
    if own in _loinc.PRODUCT_DATA:
        return
    heading: str | None = _text(section.find("v:title", _V))
    if not heading and not path and own != _loinc.UNCLASSIFIED:
        heading = _loinc.NAMES.get(own or "")
    code = _loinc.section_code(own, titled=bool(heading), around=code)
    text = section.find("v:text", _V)
    flow = Flow(GRAMMAR)
    if text is not None:
        flow.visit(text)
    blocks = flow.finish()
    nested = section.findall("v:component/v:section", _V)
    if heading and path and not blocks and not nested:
        # "4.1 Active liver disease": a contraindication that stands in its title alone.
        builder.add(heading, section=path, code=code)
        return
    if heading:
        builder.add_heading(heading)
        path = (*path, heading)
    emit(blocks, builder, section=path, code=code)
    for inner in nested:
        _section(inner, builder, path=path, code=code)


def _title(label: etree._Element, products: tuple[str, ...]) -> str:
    """The title without its boilerplate, "" when it names none of the label's products."""
    title = label.find("v:title", _V)
    if title is None:
        return ""
    lines = Flow(GRAMMAR).capture(title).split("\n")
    text = one_line(" ".join(line for line in lines if not _BOILERPLATE.search(line)))
    named = any(product.casefold() in text.casefold() for product in products)
    return text if named or not products else ""


def _product_title(label: etree._Element, names: tuple[str, ...]) -> str:
    form = label.find(".//v:manufacturedProduct/v:manufacturedProduct/v:formCode", _V)
    kind = (form.get("displayName") or "").lower() if form is not None else ""
    return one_line(f"{', '.join(names[:2])} {kind}") if names else ""


def _products(label: etree._Element) -> tuple[str, ...]:
    """Brand, generic and active substance names, each once whatever its case."""
    names: dict[str, str] = {}
    for path in (
        "v:name",
        "v:asEntityWithGeneric/v:genericMedicine/v:name",
        "v:ingredient/v:ingredientSubstance/v:activeMoiety/v:activeMoiety/v:name",
    ):
        for product in label.iterfind(".//v:manufacturedProduct/v:manufacturedProduct", _V):
            for node in product.iterfind(path, _V):
                name = _text(node)
                names.setdefault(name.casefold(), name)
    names.pop("", None)
    return tuple(names.values())


def _applications(label: etree._Element) -> tuple[str, ...]:
    nodes = label.iterfind(".//v:subjectOf/v:approval/v:id", _V)
    found = (node.get("extension") for node in nodes if node.get("root") == _APPROVAL_ROOT)
    return tuple(dict.fromkeys(number for number in found if number))


def _attribute(node: etree._Element, path: str, attribute: str) -> str | None:
    found = node.find(path, _V)
    return (found.get(attribute) or None) if found is not None else None


def _text(node: etree._Element | None) -> str:
    return "" if node is None else one_line(inline(node, GRAMMAR))


def _paragraph(flow: Flow, paragraph: etree._Element) -> None:
    flow.flush()
    before = len(flow.blocks)
    flow.block(paragraph)
    new = flow.blocks[before:]
    if len(new) == 1 and new[0].kind == "text" and _is_emphasised(paragraph, new[0].text):
        # A line with a quantity is never only a heading, but the one above it ends here.
        kind = "break" if numbers(new[0].text) else "heading"
        flow.blocks[before] = Block(kind, new[0].text)


def _is_emphasised(paragraph: etree._Element, text: str) -> bool:
    """A short line, emphasised as a whole and no sentence, heads what follows it."""
    children = [child for child in paragraph if isinstance(child.tag, str)]
    return (
        len(children) == 1
        and _EMPHASIS.search(children[0].get("styleCode") or "") is not None
        and not (paragraph.text or "").strip()
        and not (children[0].tail or "").strip()
        and len(text) <= 100
        and text[-1] not in ".;,!?"
    )


def _table(flow: Flow, table: etree._Element) -> None:
    flow.table(table, head=[c for c in table if _xml.local_name(c) == "caption"])


def _footnote_reference(flow: Flow, reference: etree._Element) -> None:
    target = reference.get("IDREF") or ""
    if mark := flow.note_marks.get(target):
        flow.refer(mark)
        return
    for note in reference.getroottree().iterfind(f".//{{{_NS}}}footnote"):
        if note.get("ID") == target:
            flow.note(note)
            return


#: What the elements of a label's text mean; openFDA gives tables in the same markup.
GRAMMAR = Grammar(
    inline=frozenset(("content", "linkHtml", "linkhtml", "caption")),
    skip=frozenset(("renderMultiMedia", "rendermultimedia", "observationMedia", "col", "colgroup")),
    items=frozenset(("item",)),
    breaks=frozenset(("br",)),
    notes=frozenset(("footnote",)),
    special={
        "paragraph": _paragraph,
        "table": _table,
        "footnoteRef": _footnote_reference,
        "footnoteref": _footnote_reference,
    },
)
