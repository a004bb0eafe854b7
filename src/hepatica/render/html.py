"""An answer as one self-contained HTML page: every sentence opens to the quote it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from hepatica.ask.answer import Answer, BenchLine, BenchPage, Disagreement, Reader, Statement
from hepatica.evidence.figures import in_words
from hepatica.evidence.model import CitationRecord
from hepatica.render import bench, phrases

_STYLE = """
:root { color-scheme: light dark; --line: #8886; --soft: #8882; --warn: #b45309; }
body { font: 1.05rem/1.55 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto;
  padding: 0 1rem; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; } h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
.bottom { border-left: .3rem solid #2563eb; padding: .2rem 1rem; background: var(--soft); }
.help { border-left: .3rem solid #dc2626; padding: .2rem 1rem; margin-top: 1.2rem; }
.bottom h2, .help h2 { margin-top: .6rem; } body { overflow-wrap: anywhere; }
details { margin: .6rem 0; } summary { cursor: pointer; list-style: none; }
summary::before { content: "\\25B8  "; color: #888; } details[open] summary::before
  { content: "\\25BE  "; }
blockquote { margin: .4rem 0 .4rem 1.2rem; padding-left: .8rem;
  border-left: .15rem solid var(--line); font-size: .95rem; }
.note { color: #777; font-size: .88rem; } .caveat { color: var(--warn); font-size: .88rem; }
ul.figures { margin: .2rem 0 .2rem 1.2rem; font-size: .92rem; }
table { border-collapse: collapse; font-size: .92rem; width: 100%; overflow-wrap: normal; }
@media (max-width: 36rem) { table { display: block; overflow-x: auto; } td { min-width: 8rem; } }
th, td { border: 1px solid var(--line); padding: .35rem .5rem; text-align: left;
  vertical-align: top; }
footer { margin-top: 2.5rem; border-top: 1px solid var(--line); font-size: .88rem; color: #777; }
a { color: inherit; }
"""


def render(answer: Answer) -> str:
    """The page; no script, no request to anywhere."""
    return "\n".join(_page(answer)) + "\n"


def _page(answer: Answer) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{escape(answer.question)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{escape(answer.question)}</h1>"
    if answer.read_as:
        yield f'<p class="note">{escape(answer.read_as)}</p>'
    if answer.abstained:
        yield f"<p>{escape(phrases.abstention(answer))}</p>"
    if answer.bottom_line:
        yield '<section class="bottom"><h2>Bottom line</h2>'
        for statement in answer.bottom_line:
            yield from _statement(statement, answer.reader)
        yield "</section>"
    if answer.seek_help:
        yield f'<section class="help"><h2>When to get help</h2><p>{escape(answer.seek_help)}</p>'
        yield "</section>"
    if pages := bench.laboratory(answer):
        yield f"<section><h2>{bench.TITLE}</h2>"
        if note := bench.note(answer.reader):
            yield f'<p class="note">{escape(note)}</p>'
        for page in pages:
            yield from _bench(page, answer.reader)
        yield "</section>"
    for section in answer.sections:
        yield f"<section><h2>{escape(section.title)}</h2>"
        for statement in section.statements:
            yield from _statement(statement, answer.reader)
        yield "</section>"
    if answer.disagreements:
        yield "<section><h2>Where sources disagree</h2>"
        for table in answer.disagreements:
            yield from _table(table)
        yield "</section>"
    if pages := bench.definitions(answer):
        yield f"<section><h2>{bench.DEFINITIONS}</h2>"
        for page in pages:
            yield from _bench(page, answer.reader)
        yield "</section>"
    yield from _list("What was not found", [escape(phrases.gap(g)) for g in answer.not_found])
    if answer.fetch_hint:
        yield f"<p>To look for more: <code>{escape(answer.fetch_hint)}</code></p>"
    yield from _list(
        "Words", [f"<b>{escape(t.name)}</b>: {escape(t.definition)}" for t in answer.terms]
    )
    yield from _references(answer)
    title = "The nearest it does hold" if answer.abstained else "Related questions"
    yield from _list(title, [escape(question) for question in answer.related])
    yield from _footer(answer)
    yield "</body></html>"


def _marks(refs: tuple[int, ...]) -> str:
    return "".join(f'<a href="#ref-{ref}">[{ref}]</a>' for ref in refs)


def _statement(statement: Statement, reader: Reader) -> Iterator[str]:
    text = escape(statement.text)
    text = f"“{text}”" if statement.verbatim else text
    yield f"<details><summary>{text} {_marks(statement.refs)}"
    note = phrases.origin(statement, reader)
    if note:
        yield f'<br><span class="note">{escape(note)}</span>'
    if statement.caveat:
        yield f'<br><span class="caveat">{escape(statement.caveat)}</span>'
    yield "</summary>"
    for citation in statement.citations:
        yield from _quote(citation.record)
    yield "</details>"
    if reader is Reader.PATIENT or not (statement.figures or statement.effects):
        return
    yield '<ul class="figures">'
    yield from (f"<li>{escape(in_words(figure))}</li>" for figure in statement.figures)
    yield from (f"<li><i>{escape(phrases.effect_words(e))}</i></li>" for e in statement.effects)
    yield "</ul>"


def _quote(record: CitationRecord) -> Iterator[str]:
    where = " › ".join(record.section)
    yield f"<blockquote>{escape(record.quote)}<br>"
    yield f'<span class="note">{escape(record.source_id)}, {escape(where)}, characters '
    yield f"{record.start}–{record.end}, version {record.source_version}</span></blockquote>"


def _bench(page: BenchPage, reader: Reader) -> Iterator[str]:
    yield f"<h3>{escape(bench.name(page))}</h3>"
    for line in bench.about(page):
        yield from _bench_line(line, line.text, "")
    for block in bench.blocks(page):
        if block.heading:
            yield f"<h4>{escape(block.heading)}</h4>"
        if block.note:
            yield f'<p class="note">{escape(block.note)}</p>'
        for line, text, told in block.lines:
            yield from _bench_line(line, text, told)
    for statement in page.statements:
        yield from _statement(statement, reader)
    yield f"<p>{bench.opens(page)}: <code>{escape(page.command)}</code></p>"


def _bench_line(line: BenchLine, text: str, told: str) -> Iterator[str]:
    note = f'<br><span class="note">{escape(told)}</span>' if told else ""
    yield f"<details><summary>{escape(text)}{note}</summary>"
    yield from _quote(line.citation.record)
    yield "</details>"


def _table(table: Disagreement) -> Iterator[str]:
    yield f"<p><b>{escape(table.title)}</b>: {escape(table.outcome)}</p>"
    yield "<table><tr><th>figure<th>definition<th>population<th>source</tr>"
    for row in table.rows:
        caveat = f'<br><span class="caveat">{escape(row.caveat)}</span>' if row.caveat else ""
        yield f"<tr><td>{escape(row.figure)}<td>{escape(row.definition or '')}"
        yield f"<td>{escape(row.population or '')}"
        yield f"<td>{escape(row.source)} {_marks(row.refs)}{caveat}</tr>"
    cause = table.explanation or phrases.NO_CAUSE
    yield f'</table><p class="note">{escape(cause)}</p>'


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"<section><h2>{escape(title)}</h2><ul>"
        yield from (f"<li>{item}</li>" for item in items)
        yield "</ul></section>"


def _references(answer: Answer) -> Iterator[str]:
    if not answer.references:
        return
    yield "<section><h2>References</h2><ol>"
    for reference in answer.references:
        links = [
            f'<a href="{escape(link)}">{escape(label)}</a>' if link else escape(label)
            for label, link in phrases.identifiers(reference)
        ]
        if not links and reference.url and reference.url.startswith(("http://", "https://")):
            links = [f'<a href="{escape(reference.url)}">{escape(reference.url)}</a>']
        work = escape(phrases.work(reference) + phrases.status_note(reference))
        yield f'<li id="ref-{reference.number}">{work} {" · ".join(links)}</li>'
    yield "</ol></section>"


def _footer(answer: Answer) -> Iterator[str]:
    yield "<footer>"
    yield from (f"<p>Withheld: {escape(line)}</p>" for line in answer.withheld)
    if answer.dropped:
        yield f"<p>{answer.dropped} statement(s) failed verification and are not shown.</p>"
    if answer.reading_grade is not None:
        yield f"<p>Reading grade: {answer.reading_grade}</p>"
    yield f"<p>Review: {escape(phrases.review_line(answer.review))}<br>"
    yield f"Store version: <code>{escape(answer.store_version)}</code></p>"
    yield f"<p>{escape(answer.disclaimer)}</p></footer>"
