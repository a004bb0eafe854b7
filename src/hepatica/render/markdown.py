"""An answer as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from hepatica.ask.answer import Answer, BenchPage, Disagreement, Reader, Statement
from hepatica.evidence.figures import in_words
from hepatica.render import bench, phrases


def render(answer: Answer) -> str:
    """The whole answer as one Markdown document."""
    return "\n".join(_lines(answer)) + "\n"


def _lines(answer: Answer) -> Iterator[str]:
    yield f"# {_text(answer.question)}"
    if answer.read_as:
        yield f"\n*{_text(answer.read_as)}*"
    if answer.abstained:
        yield f"\n{phrases.abstention(answer)}"
    if answer.bottom_line:
        yield "\n## Bottom line\n"
        for statement in answer.bottom_line:
            where = phrases.origin(statement, answer.reader) if statement.verbatim else ""
            yield f"{_sentence(statement)}{_aside(statement.caveat)}{_aside(where)}\n"
    if answer.seek_help:
        yield f"## When to get help\n\n{_text(answer.seek_help)}"
    if pages := bench.laboratory(answer):
        yield f"\n## {bench.TITLE}\n"
        note = bench.note(answer.reader)
        yield from [f"*{_text(note)}*"] if note else []
        for page in pages:
            yield from _bench(page, answer.reader)
    for section in answer.sections:
        yield f"\n## {section.title}\n"
        for statement in section.statements:
            yield from _item(statement, answer.reader)
    if answer.disagreements:
        yield "\n## Where sources disagree"
        for table in answer.disagreements:
            yield from _table(table)
    if pages := bench.definitions(answer):
        yield f"\n## {bench.DEFINITIONS}\n"
        for page in pages:
            yield from _bench(page, answer.reader)
    yield from _list("What was not found", [_text(phrases.gap(g)) for g in answer.not_found])
    if answer.fetch_hint:
        yield f"\nTo look for more: `{answer.fetch_hint}`"
    words = [f"**{_text(term.name)}**: {_text(term.definition)}" for term in answer.terms]
    yield from _list("Words", words)
    yield from _references(answer)
    title = "The nearest it does hold" if answer.abstained else "Related questions"
    yield from _list(title, [_text(question) for question in answer.related])
    yield "\n---\n"
    yield from (f"Withheld: {_text(line)}  " for line in answer.withheld)
    if answer.dropped:
        yield f"{answer.dropped} statement(s) failed verification and are not shown.  "
    if answer.reading_grade is not None:
        yield f"Reading grade: {answer.reading_grade}  "
    yield f"Review: {phrases.review_line(answer.review)}  "
    yield f"Store version: `{answer.store_version}`\n"
    yield f"*{answer.disclaimer}*"


def _text(text: str) -> str:
    """`text` with the characters escaped that Markdown or HTML inside it would read as markup."""
    for char in "\\`*_[]<>|#":
        text = text.replace(char, "\\" + char)
    return text


def _sentence(statement: Statement) -> str:
    text = _text(statement.text)
    return f"{f'“{text}”' if statement.verbatim else text} {phrases.marks(statement.refs)}"


def _aside(caveat: str | None) -> str:
    return f" *({_text(caveat)})*" if caveat else ""


def _item(statement: Statement, reader: Reader) -> Iterator[str]:
    yield f"- {_sentence(statement)}"
    note = phrases.origin(statement, reader)
    if note or statement.caveat:
        yield f"  <br>{_text(note)}{_aside(statement.caveat)}"
    if reader is Reader.PATIENT:
        return
    for figure in statement.figures:
        yield f"  - {_text(in_words(figure))}"
    for effect in statement.effects:
        yield f"  - *{_text(phrases.effect_words(effect))}*"


def _bench(page: BenchPage, reader: Reader) -> Iterator[str]:
    yield f"\n### {_text(bench.name(page))}\n"
    yield from (f"{_text(line.text)}\n" for line in bench.about(page))
    for block in bench.blocks(page):
        if block.heading:
            yield f"**{_text(block.heading)}**{_aside(block.note)}\n"
        yield from (f"- {_text(text)}{_aside(told)}" for _, text, told in block.lines)
        yield ""
    for statement in page.statements:
        yield from _item(statement, reader)
    yield f"\n{bench.opens(page)}: `{page.command}`"


def _table(table: Disagreement) -> Iterator[str]:
    yield f"\n**{_text(table.title)}**: {_text(table.outcome)}\n"
    yield "| figure | definition | population | source |"
    yield "|---|---|---|---|"
    for row in table.rows:
        source = f"{_text(row.source)} {phrases.marks(row.refs)}{_aside(row.caveat)}"
        cells = (
            _text(row.figure),
            _text(row.definition or ""),
            _text(row.population or ""),
            source,
        )
        yield f"| {' | '.join(cells)} |"
    yield f"\n{_text(table.explanation or phrases.NO_CAUSE)}"


def _list(title: str, items: list[str]) -> Iterator[str]:
    if items:
        yield f"\n## {title}\n"
        yield from (f"- {item}" for item in items)


def _references(answer: Answer) -> Iterator[str]:
    if not answer.references:
        return
    yield "\n## References\n"
    for reference in answer.references:
        links = [
            f"[{label}]({link})" if link else label
            for label, link in phrases.identifiers(reference)
        ]
        if not links and reference.url:
            links = [f"<{reference.url}>"]
        work = _text(phrases.work(reference) + phrases.status_note(reference))
        yield f"{reference.number}. {work} {' · '.join(links)}"
