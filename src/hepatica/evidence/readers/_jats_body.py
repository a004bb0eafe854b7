"""The text of a JATS article: sections, tables, captions and formulas without its references."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from hepatica.evidence.readers._blocks import Block, emit
from hepatica.evidence.readers._formula import mathml, tex
from hepatica.evidence.readers._markup import Flow, Grammar, inline
from hepatica.evidence.readers._text import TextBuilder, one_line
from hepatica.evidence.readers._xml import local_name

_NO_ABSTRACT = frozenset(("graphical", "toc", "teaser", "video", "web-summary"))
_NO_SECTION_TYPES = frozenset(("supplementary-material", "data-availability", "ack", "ref-list"))
_NO_SECTION_TITLES = frozenset(
    (
        "acknowledgements",
        "acknowledgments",
        "authors' contributions",
        "authors’ contributions",
        "author contributions",
        "pre-publication history",
        "references",
        "supplementary material",
        "supplementary materials",
        "supporting information",
        "additional files",
    )
)


def add_text(article: etree._Element, builder: TextBuilder, *, language: str | None) -> None:
    """Append abstracts, body, appendices and floating tables to the text of an article."""
    meta = article.find("front/article-meta")
    for abstract in () if meta is None else meta:
        foreign = (abstract.get(_XML_LANG) or "").startswith("en") and language not in (None, "en")
        if abstract.tag == "abstract" or (abstract.tag == "trans-abstract" and foreign):
            _abstract(abstract, builder)
    for part in ("body", "back/app-group/app", "back/app", "back/sec"):
        for node in article.iterfind(part):
            _section(node, builder, path=())
    for floats in (*article.iterfind("floats-group"), *article.iterfind("floats-wrap")):
        flow = Flow(_GRAMMAR)
        flow.visit(floats)
        emit(flow.finish(), builder, section=("Figures and tables",))


def title_text(node: etree._Element | None) -> str:
    """A title on one line, without the marks of its footnotes."""
    return "" if node is None else one_line(inline(node, _TITLE_GRAMMAR))


def _abstract(abstract: etree._Element, builder: TextBuilder) -> None:
    kind = abstract.get("abstract-type") or ""
    if kind in _NO_ABSTRACT:
        return
    name = title_text(abstract.find("title")) or kind.replace("-", " ").capitalize() or "Abstract"
    builder.add_heading(name)
    _content(abstract, builder, path=(name.rstrip(" :."),))


def _section(section: etree._Element, builder: TextBuilder, *, path: tuple[str, ...]) -> None:
    label = title_text(section.find("label"))
    title = title_text(section.find("title"))
    name = title.casefold().strip(" :.")
    if section.get("sec-type") in _NO_SECTION_TYPES or name in _NO_SECTION_TITLES:
        return
    heading = one_line(f"{label} {title}") or ("Appendix" if section.tag == "app" else "")
    if heading:
        builder.add_heading(heading)
        path = (*path, heading.rstrip(" :."))
    _content(section, builder, path=path)


def _content(section: etree._Element, builder: TextBuilder, *, path: tuple[str, ...]) -> None:
    """What stands in a section: text up to each subsection in one go, so that lists stay joined."""
    flow = Flow(_GRAMMAR)
    for child in section:
        if child.tag == "sec":
            emit(flow.finish(), builder, section=path)
            flow = Flow(_GRAMMAR)
            _section(child, builder, path=path)
        elif child.tag not in ("title", "label"):
            flow.take(child)
    emit(flow.finish(), builder, section=path)


def _reference(flow: Flow, reference: etree._Element) -> None:
    kind = reference.get("ref-type")
    if kind == "bibr":
        flow.cite("".join(str(part) for part in reference.itertext()))
    elif kind in ("fn", "table-fn"):
        if next(reference.iterancestors("table-wrap"), None) is not None:
            flow.refer(flow.cell(reference).strip("^() "))
    else:
        flow.visit(reference)


def _table_wrap(flow: Flow, wrap: etree._Element) -> None:
    head = [part for part in (wrap.find("label"), wrap.find("caption")) if part is not None]
    foot = [note for part in wrap.iterfind("table-wrap-foot") for note in _notes(part)]
    tables = [table for table in wrap.iter("table") if _nearest(table, "table-wrap") is wrap]
    if not tables:
        _captioned(flow, wrap)
        return
    for table in tables:
        flow.table(
            table,
            head=head if table is tables[0] else (),
            foot=foot if table is tables[-1] else (),
        )


def _notes(foot: etree._Element) -> Iterable[etree._Element]:
    for part in foot:
        if part.tag == "fn-group":
            yield from part
        else:
            yield part


def _captioned(flow: Flow, figure: etree._Element) -> None:
    """The label and caption of a figure: the picture itself is left out."""
    flow.flush()
    label = "" if (node := figure.find("label")) is None else flow.cell(node).rstrip(".")
    caption = "" if (node := figure.find("caption")) is None else flow.cell(node)
    if label and caption:
        label += ". "
    if caption:
        flow.blocks.append(Block("text", f"{label}{caption}"))


def _label(flow: Flow, label: etree._Element) -> None:
    parent = label.getparent()
    text = flow.cell(label)
    if parent is not None and parent.tag == "fn":
        text = f"[{text.strip('^() ')}]"
    if text:
        flow.write(f"{text} ")


def _formula(flow: Flow, formula: etree._Element) -> None:
    for child in formula.iter():
        if local_name(child) == "math":
            flow.formula(mathml(child))
            return
    source = next(formula.iter("tex-math"), None)
    if source is not None:
        flow.formula(tex("".join(str(part) for part in source.itertext())))
        return
    text = flow.capture(formula)
    flow.formula(text or "[formula]")


def _definition(flow: Flow, definition: etree._Element) -> None:
    flow.write(" ")
    flow.write(flow.cell(definition))


def _term(flow: Flow, term: etree._Element) -> None:
    flow.write(flow.cell(term).rstrip(":"))
    flow.write(": ")


def _nearest(node: etree._Element, tag: str) -> etree._Element | None:
    return next(node.iterancestors(tag), None)


_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"

_INLINE = frozenset(
    "abbrev bold chem-struct email ext-link fixed-case inline-supplementary-material italic "
    "monospace named-content num overline overline-start private-char roman sans-serif sc strike "
    "styled-content target underline uri x abbr institution country".split()
)
_SKIP = frozenset(
    "alt-text bio citation element-citation graphic hr index-term inline-graphic long-desc media "
    "mixed-citation nlm-citation object-id permissions ref-list related-article related-object "
    "sec-meta subj-group supplementary-material tex-math-graphic kwd-group colgroup col".split()
)
_GRAMMAR = Grammar(
    inline=_INLINE,
    skip=_SKIP,
    items=frozenset(("list-item", "def-item")),
    breaks=frozenset(("break",)),
    notes=frozenset(("fn",)),
    special={
        "xref": _reference,
        "table-wrap": _table_wrap,
        "table": Flow.table,
        "fig": _captioned,
        "label": _label,
        "disp-formula": _formula,
        "inline-formula": _formula,
        "math": _formula,
        "tex-math": _formula,
        "def": _definition,
        "term": _term,
    },
)
_TITLE_GRAMMAR = Grammar(
    inline=_INLINE,
    skip=_SKIP | {"xref", "fn"},
    breaks=frozenset(("break",)),
    special={"inline-formula": _formula, "math": _formula},
)
