"""A result as text, Markdown, HTML, JSON or PDF. Every shape says the same."""

from __future__ import annotations

import html
import io
import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from hepatica.bench import wording
from hepatica.bench.result import AssayResult, Check, Estimate, Status, Verdict
from hepatica.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["as_html", "as_json", "as_markdown", "as_pdf", "as_text", "save_report"]

CAUTION = (
    "For research and teaching. Assay results describe the samples measured; they do not decide "
    "the treatment of a patient."
)
MOST_DIAGNOSTICS = 12
PORTRAIT, LANDSCAPE = 104, 154  # letters of 8 points across an A4 page
COMPUTED = ("plan", "model")  # their numbers follow from what was put in: no interval to miss
NO_INTERVAL = "no interval"
Row = tuple[str, ...]
HEAD: Row = ("quantity", "group", "estimate", "interval", "verdict", "method")


def as_json(result: AssayResult) -> str:
    """`result` as JSON; `msgspec.json.decode(..., type=AssayResult)` reads it back."""
    return msgspec.json.format(msgspec.json.encode(result), indent=2).decode() + "\n"


def as_text(result: AssayResult) -> str:
    """`result` for the terminal."""
    lines = [result.title, ""]
    lines += _aligned(HEAD[:5], [row[:5] for row in _rows(result)])
    for heading, entries in _sections(result):
        lines += ["", heading]
        lines += [
            textwrap.fill(entry, 96, initial_indent="  ", subsequent_indent="    ")
            for entry in entries
        ]
    return "\n".join([*lines, "", CAUTION, ""])


def as_markdown(result: AssayResult) -> str:
    """`result` as Markdown with a table of the estimates."""
    lines = [f"# {_md(result.title)}", "", "| " + " | ".join(HEAD) + " |"]
    lines.append("|" + "---|" * len(HEAD))
    lines += ["| " + " | ".join(_md(cell) for cell in row) + " |" for row in _rows(result)]
    for heading, entries in _sections(result):
        lines += ["", f"## {heading}", ""]
        lines += [f"- {_md(entry)}" for entry in entries]
    return "\n".join([*lines, "", CAUTION, ""])


def as_html(result: AssayResult) -> str:
    """`result` as one self-contained page with its figure inside."""
    parts = [f"<h1>{html.escape(result.title)}</h1>"]
    if result.panels:
        from hepatica.bench.figure import picture

        svg = picture(result, "svg").decode()
        svg = svg[svg.index("<svg") :]
        svg = re.sub(r'width="[\d.]+pt" height="[\d.]+pt"', 'role="img"', svg, count=1)
        parts.append(f"<figure>{svg}</figure>")
    head = "".join(f"<th>{name}</th>" for name in HEAD)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>"
        for row in _rows(result)
    )
    parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
    for heading, entries in _sections(result):
        items = "".join(f"<li>{html.escape(entry)}</li>" for entry in entries)
        parts.append(f"<h2>{heading}</h2><ul>{items}</ul>")
    parts.append(f"<p><small>{html.escape(CAUTION)}</small></p>")
    return _PAGE.format(title=html.escape(result.title), body="\n".join(parts))


def as_pdf(result: AssayResult) -> bytes:
    """`result` as PDF: pages of text, then the figure."""
    from hepatica.bench.figure import draw
    from hepatica.errors import MissingExtraError

    try:
        from matplotlib import rc_context
        from matplotlib.backends.backend_pdf import PdfPages
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingExtraError(what="a PDF report", extra="assay") from error
    rows = [row[:5] for row in _rows(result)]
    wide = max(map(len, _aligned(HEAD[:5], rows))) > PORTRAIT
    widest, long, size = (LANDSCAPE, 46, (11.69, 8.27)) if wide else (PORTRAIT, 66, (8.27, 11.69))
    table = _aligned(HEAD[:5], rows, widest)
    told = as_text(result).splitlines()[3 + len(rows) :]  # below the title and the table
    lines = [*textwrap.wrap(result.title, widest), "", *table]
    lines += [
        part
        for line in told
        for part in (textwrap.wrap(line, widest, subsequent_indent="    ") or [""])
    ]
    held = io.BytesIO()
    metadata = {"CreationDate": None, "Producer": "hepatica", "Creator": "hepatica"}
    with (
        rc_context({"pdf.fonttype": 42, "text.parse_math": False}),
        PdfPages(held, metadata=metadata) as pages,
    ):
        for start in range(0, len(lines), long):
            sheet = Figure(figsize=size)
            sheet.text(
                0.57 / size[0], 1 - 0.58 / size[1], "\n".join(lines[start : start + long]),
                family="DejaVu Sans Mono", fontsize=8, va="top", parse_math=False,
            )  # fmt: skip
            pages.savefig(sheet)
        if result.panels:
            pages.savefig(_titled(draw(result), result.title))
    return held.getvalue()


def _titled(figure: Figure, title: str) -> Figure:
    """`figure` with a line for its title above the panels."""
    width, height = (float(side) for side in figure.get_size_inches())
    share = height / (height + 0.35)
    margins = figure.subplotpars
    figure.subplots_adjust(top=margins.top * share, bottom=margins.bottom * share)
    figure.set_size_inches(width, height + 0.35)
    cut = textwrap.shorten(title, int(width * 15), placeholder=" …")
    figure.text(0.02, 0.985, cut, fontsize=10, fontweight="bold", va="top", parse_math=False)
    return figure


def save_report(result: AssayResult, path: Path) -> None:
    """Write `result` to `path` in the format that its ending names, whole or not at all."""
    from hepatica.files import write_bytes

    match path.suffix.lower():
        case ".html" | ".htm":
            data = as_html(result).encode()
        case ".md":
            data = as_markdown(result).encode()
        case ".json":
            data = as_json(result).encode()
        case ".txt":
            data = as_text(result).encode()
        case ".pdf":
            data = as_pdf(result)
        case ending:
            raise InputError(
                f"no report format {ending!r}; end the file in .html, .md, .pdf, .json or .txt"
            )
    write_bytes(data, path)


def _rows(result: AssayResult) -> list[Row]:
    bare = result.assay not in COMPUTED
    return [
        (
            entry.name,
            entry.group or "",
            wording.reading(entry),
            _interval(entry) or (NO_INTERVAL if bare and entry.value is not None else ""),
            str(entry.verdict),
            entry.method,
        )
        for entry in result.estimates
    ]


def _interval(entry: Estimate) -> str:
    text = wording.interval(entry)
    return f"{text} ({100 * entry.level:g} %)" if text else ""


def _sections(result: AssayResult) -> Iterable[tuple[str, list[str]]]:
    why: dict[tuple[str, str, str], list[str]] = {}
    for entry in result.estimates:
        if entry.verdict is not Verdict.OK:
            key = (entry.name, str(entry.verdict), str(entry.reason))
            why.setdefault(key, []).append(entry.group or "")
    reasons = [
        f"{name}{_of(groups)}: {verdict}: {reason}"
        for (name, verdict, reason), groups in why.items()
    ]
    yield from _if_any("Why some estimates are no plain numbers", reasons)
    yield from _if_any("Warnings", result.warnings)
    yield from _if_any("Quality control", _checks(result))
    yield from _if_any("Models compared", [wording.comparison(c) for c in result.comparisons])
    shown = [
        f"{name}: {wording.plain(value) if isinstance(value, float) else value}"
        for name, value in result.diagnostics.items()
    ]
    if len(shown) > MOST_DIAGNOSTICS:
        shown = [f"{len(shown)} figures, in the JSON report"]
    yield from _if_any("Diagnostics", shown)
    yield from _if_any("Methods", result.methods)
    yield from _if_any("Notes", result.notes)


def _checks(result: AssayResult) -> list[str]:
    """Failed checks one by one and first; what passed in several curves in one line each."""
    lines = []
    for status in (Status.FAILED, Status.PASSED, Status.NOT_ASSESSED):
        alike: dict[tuple[str, str], list[Check]] = {}
        for check in result.checks:
            if check.status is status:
                alike.setdefault((check.name, check.criterion), []).append(check)
        for (name, criterion), checks in alike.items():
            if len(checks) > 1 and status is not Status.FAILED:
                lines.append(f"{status}: {name} in {len(checks)} curves (criterion: {criterion})")
                continue
            lines += [_check(check) for check in checks]
    return lines


def _check(check: Check) -> str:
    value = wording.plain(check.value) if isinstance(check.value, float) else check.value
    where = f" ({check.group})" if check.group else ""
    text = f"{check.status}: {check.name}{where}"
    text += f": {value}" if value is not None else ""
    text += f" (criterion: {check.criterion})"
    return f"{text}. {check.note}" if check.note else text


def _of(groups: list[str]) -> str:
    named = [group for group in groups if group]
    return f" ({'; '.join(named)})" if named else ""


def _if_any(heading: str, entries: Iterable[str]) -> Iterable[tuple[str, list[str]]]:
    listed = list(entries)
    if listed:
        yield heading, listed


def _aligned(head: Row, rows: list[Row], widest: int | None = None) -> list[str]:
    """The table in columns; where it is wider than `widest` the group runs over several lines."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    spare = sum(widths) + 2 * (len(widths) - 1) - (widest or 10**6)
    if spare > 0:
        widths[1] = max(widths[1] - spare, 16)
    lines = []
    for row in [head, *rows]:
        first, *rest = textwrap.wrap(row[1], widths[1]) or [""]
        cells = (row[0], first, *row[2:])
        lines.append(
            "  ".join(c.ljust(width) for c, width in zip(cells, widths, strict=True)).rstrip()
        )
        lines += [" " * (widths[0] + 2) + part for part in rest]
    return lines


def _md(text: str) -> str:
    return re.sub(r"([\\`*_|<>\[\]])", r"\\\1", text)


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto;
  padding: 0 1rem; }}
table {{ border-collapse: collapse; width: 100%; }}
th, td {{ text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ddd; }}
figure {{ margin: 1rem 0; }}
figure svg {{ max-width: 100%; height: auto; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
