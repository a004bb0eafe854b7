"""Guides, protocols and markers as Markdown and HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from hepatica.bench.guides.claims import claim_line
from hepatica.bench.guides.diagram import pathway_svg, workflow_svg
from hepatica.bench.guides.records import (
    Guide,
    Marker,
    Node,
    Protocol,
    Setting,
    markers,
    pathway,
)
from hepatica.bench.guides.walk import Pace
from hepatica.bench.hypotheses import hypotheses, measures

__all__ = ["guide_markdown", "html_page", "markers_markdown", "node_text", "protocol_markdown",
           "trail_markdown"]  # fmt: skip


def node_text(node: Node) -> list[str]:
    """What a node says beside its question, one line each."""
    lines = []
    if node.cause:
        lines.append(f"Potential cause: {node.cause}")
    if node.hypothesis:
        hypothesis = hypotheses()[node.hypothesis]
        lines.append(f"Hypothesis ({hypothesis.status}): {hypothesis.statement}")
    if node.measure:
        measure = measures()[node.measure]
        lines.append(f"Measure: {measure.name} ({measure.method})")
    if node.investigate:
        lines.append(f"Investigation: {node.investigate}")
    if node.why:
        lines.append(f"Why: {node.why}")
    if node.source:
        lines.append(f"Source: {node.source}")
    return [*lines, *(f"Claim: {claim_line(name)}" for name in node.claims)]


def guide_markdown(guide: Guide) -> str:
    """The whole tree: every question with cause, hypothesis, investigation and outcomes."""
    lines = [f"# {guide.title}", "", guide.issue, "", f"*{guide.scope}*", ""]
    for node in guide.nodes:
        lines += [f"## {node.id}: {node.ask}", ""]
        lines += [f"- {line}" for line in node_text(node)]
        for outcome in node.outcomes:
            onward = f" Next: {outcome.next}." if outcome.next else ""
            onward += f" Go on with `{outcome.investigate}`." if outcome.investigate else ""
            lines.append(f"- **{outcome.answer}**: {outcome.means}{onward}")
        lines.append("")
    return "\n".join(lines)


def trail_markdown(guide: Guide, paces: Sequence[Pace], waiting: Node | None) -> str:
    """The path that was walked, and the question that waits with what each answer would mean."""
    lines = [f"# {guide.title}", "", f"*{guide.scope}*", ""]
    for number, pace in enumerate(paces, 1):
        lines += [f"{number}. {pace.node.ask}"]
        lines += [f"   - {line}" for line in node_text(pace.node)]
        lines.append(f"   - **{pace.outcome.answer}**: {pace.outcome.means}")
        if pace.outcome.investigate:
            lines.append(f"   - Go on with `{pace.outcome.investigate}`.")
    if waiting is not None:
        lines += ["", f"Next question ({waiting.id}): {waiting.ask}"]
        lines += [f"   - {line}" for line in node_text(waiting)]
        lines += ["", "Answers:", ""]
        lines += [f"{n}. **{o.answer}**: {o.means}" for n, o in enumerate(waiting.outcomes, 1)]
    return "\n".join([*lines, ""])


def protocol_markdown(protocol: Protocol) -> str:
    """The protocol with its settings in place, defaults marked, and the sources of the others."""
    measure = measures()[protocol.measure]
    lines = [f"# {protocol.title}", "", protocol.purpose, "",
             f"Measure: {measure.name}. Analysis: `{protocol.analyse}`", ""]  # fmt: skip
    if protocol.gaps_filled:
        lines += ["## What this adds to the usual protocol", ""]
        lines += [f"- {text}" for text in protocol.gaps_filled] + [""]
    for number, step in enumerate(protocol.parts, 1):
        lines += [f"## {number}. {step.title}", ""]
        lines += [f"- {protocol.filled(text)}" for text in step.do]
        lines += [f"- Source: {step.source}"] if step.source else []
        lines.append("")
    lines += ["## Figures", "", "| setting | value | status | source |", "|---|---|---|---|"]
    for name, setting in protocol.settings.items():
        lines.append(f"| {name} | {setting.text} | {setting.status} | {_origin(setting)} |")
    if protocol.pitfalls:
        lines += ["", "## Pitfalls", ""]
        lines += [f"- {entry.text} Source: {entry.source}." for entry in protocol.pitfalls]
    claims = [setting.claim for setting in protocol.settings.values() if setting.claim]
    claims += [entry.claim for entry in protocol.pitfalls if entry.claim]
    if claims:
        lines += ["", "## Claims", ""]
        lines += [f"- {name}: {claim_line(name)}" for name in dict.fromkeys(claims)]
    return "\n".join([*lines, ""])


def _origin(setting: Setting) -> str:
    source = setting.source or "set by the laboratory"
    if setting.status == "laboratory-default" and setting.source:
        source = f"starts from {setting.source}"
    claim = f" (claim {setting.claim})" if setting.claim else ""
    return f"{source}{claim}" + (f" {setting.url}" if setting.url else "")


def markers_markdown() -> str:
    """The table of markers with expected change, method, status and source."""
    lines = ["# Markers of terlipressin resistance", "",
             "None was measured in patients with hepatorenal syndrome; `assumed` means modelled or "
             "proposed.", "",
             "| marker | expected in non-responders | method | status | source |",
             "|---|---|---|---|---|"]  # fmt: skip
    lines += [_row(marker) for marker in markers().values()]
    return "\n".join([*lines, ""])


def _row(marker: Marker) -> str:
    method = marker.method + (f" (protocol {marker.protocol})" if marker.protocol else "")
    method += f", `{marker.analyse}`" if marker.analyse else ""
    return f"| {marker.name} | {marker.change} | {method} | {marker.status} | {marker.source} |"


def html_page(markdown: str, guide: Guide | None) -> str:
    """`markdown` of this module as one page, with the workflow of `guide` and the pathway drawn."""
    title = markdown.splitlines()[0].removeprefix("# ")
    drawn = [workflow_svg(guide)] if guide is not None else []
    # A wide tree scrolls: shrunk to the page nobody could read it.
    figures = "".join(f"<div>{figure}</div>" for figure in (*drawn, pathway_svg(pathway())))
    body = _html(markdown)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>body{{font:16px/1.5 system-ui,sans-serif;"
        "max-width:62rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}"
        "th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #ddd}"
        "div{overflow-x:auto;margin:1rem 0}svg{display:block}</style></head><body>\n"
        f"{body}{figures}</body></html>\n"
    )


def _html(markdown: str) -> str:
    parts: list[str] = []
    for block in re.split(r"\n{2,}", markdown.strip()):
        lines = block.split("\n")
        if lines[0].startswith("|"):
            rows = [line.strip("|").split("|") for line in lines if not line.startswith("|---")]
            cells = [
                "<tr>" + "".join(f"<{tag}>{_inline(c.strip())}</{tag}>" for c in row) + "</tr>"
                for tag, row in zip(["th", *["td"] * len(rows)], rows, strict=False)
            ]
            parts.append(f"<table>{''.join(cells)}</table>")
        elif match := re.match(r"(#+) (.*)", lines[0]):
            level = len(match.group(1))
            parts.append(f"<h{level}>{_inline(match.group(2))}</h{level}>")
        elif all(re.match(r"\s*(-|\d+\.) ", line) for line in lines):
            items = "".join(
                f"<li>{_inline(re.sub(r'^ *(-|[0-9]+[.]) ', '', x))}</li>" for x in lines
            )
            parts.append(f"<ul>{items}</ul>")
        else:
            parts.append(f"<p>{_inline(' '.join(lines))}</p>")
    return "\n".join(parts)


def _inline(text: str) -> str:
    text = escape(text)
    text = re.sub(r"`([^`]+)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", text)
    return re.sub(r"(?<!\*)\*([^*]+)\*(?!\*)", r"<em>\1</em>", text)
