"""Formulas on one line: MathML and TeX as text in which no two numbers ever touch."""

from __future__ import annotations

import re

from lxml import etree

from hepatica.evidence.readers._indices import raised
from hepatica.evidence.readers._xml import entity_text, local_name

_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.S)
_TEX_DELIMITERS = re.compile(r"^\s*(?:\$\$?|\\[\[(])|(?:\$\$?|\\[\])])\s*$")
_TOKENS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
_SPACED = frozenset("=<>≤≥≈±×·+−-/∝→")
_SIGNS = frozenset("+-−±")


def mathml(math: etree._Element) -> str:
    """A MathML element as text: a fraction as (a)/(b), an exponent as x² or a^b, an index as a_b.

    >>> mathml(etree.fromstring("<math><mn>10</mn><mo>=</mo><mfrac><mi>a</mi><mn>2</mn></mfrac>"
    ...                         "</math>"))
    '10 = a/2'
    """
    return " ".join(_node(math).split())


def tex(source: str) -> str:
    """The TeX between its document and display delimiters, else as written."""
    body = _TEX_BODY.search(source)
    text = " ".join((body.group(1) if body else source).split())
    return _TEX_DELIMITERS.sub("", _TEX_DELIMITERS.sub("", text)).strip()


def _node(node: etree._Element) -> str:
    if node.tag is etree.Entity:
        return entity_text(node)
    if not isinstance(node.tag, str):
        return ""
    name = local_name(node)
    if name in _TOKENS:
        text = (node.text or "").strip() + "".join(_node(child) for child in node)
        return f" {text} " if name == "mo" and text in _SPACED else text
    parts = [_node(child) for child in node]
    if name in ("annotation", "annotation-xml"):
        return ""
    if name == "mfrac" and len(parts) == 2:
        return f"{_group(parts[0])}/{_group(parts[1])}"
    if name in ("msup", "mover") and len(parts) == 2:
        return f"{parts[0]}{_power(parts[1])}"
    if name in ("msub", "munder") and len(parts) == 2:
        return f"{parts[0]}_{_group(parts[1])}"
    if name in ("msubsup", "munderover") and len(parts) == 3:
        return f"{parts[0]}_{_group(parts[1])}{_power(parts[2])}"
    if name == "msqrt":
        return f"sqrt({_join(parts)})"
    if name == "mroot" and len(parts) == 2:
        return f"root_{_group(parts[1])}({parts[0]})"
    if name == "mfenced":
        separated = ", ".join(parts)
        return f"{node.get('open', '(')}{separated}{node.get('close', ')')}"
    if name == "mtr":
        return ", ".join(parts) + "; "
    return _join(parts)


def _join(parts: list[str]) -> str:
    """The parts side by side, with a space wherever two numbers or names would touch."""
    text = ""
    for part in parts:
        if part.strip() in _SIGNS and (not text or text[-1] in "([{"):
            text += part.strip()
            continue
        touching = text[-1:].isalnum() and part[:1].isalnum()
        text += f" {part}" if touching else part
    return text


def _power(part: str) -> str:
    number = re.fullmatch(r"[+\-−]?\s*[0-9]+", part.strip())
    return raised("".join(part.split())) if number else f"^{_group(part)}"


def _group(part: str) -> str:
    part = part.strip()
    simple = re.fullmatch(r"[\w.,′'*∞]+|[−-]?\d+(?:\.\d+)?", part)
    return part if simple else f"({part})"
