"""An answer as plain text for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator

from hepatica.ask.answer import Answer, BenchLine, BenchPage, Disagreement, Reader, Statement
from hepatica.evidence.figures import in_words
from hepatica.render import bench, phrases

Style = Callable[[str], str]
Explain = Callable[[Statement | BenchLine], list[str]]


def _plain(text: str) -> str:
    return text


def render(
    answer: Answer,
    *,
    width: int = 88,
    heading: Style = _plain,
    explain: Explain | None = None,
) -> str:
    """The whole answer, wrapped to `width` columns; `heading` styles the titles.

    `explain` adds lines below a statement (the quote in its surroundings and why it was chosen).
    """
    page = _Page(answer, width, heading, explain)
    return "\n".join(page.lines()) + "\n"


class _Page:
    def __init__(
        self,
        answer: Answer,
        width: int,
        heading: Style,
        explain: Explain | None,
    ) -> None:
        self.answer, self.width, self.heading, self.explain = answer, width, heading, explain

    def lines(self) -> Iterator[str]:
        answer = self.answer
        yield from self._wrap(answer.question, style=self.heading)
        if answer.read_as:
            yield f"({answer.read_as})"
        if answer.abstained:
            yield ""
            yield from self._wrap(phrases.abstention(answer))
        if answer.bottom_line:
            yield from self._title("Bottom line")
            for statement in answer.bottom_line:
                yield from self._statement(statement, bullet="")
        if answer.seek_help:
            yield from self._title("When to get help")
            yield from self._wrap(answer.seek_help, indent="  ")
        if pages := bench.laboratory(answer):
            yield from self._bench(bench.TITLE, bench.note(answer.reader), pages)
        for section in answer.sections:
            yield from self._title(section.title)
            for statement in section.statements:
                yield from self._statement(statement, bullet="• ")
        if answer.disagreements:
            yield from self._title("Where sources disagree")
            for number, table in enumerate(answer.disagreements):
                yield from [""] if number else []
                yield from self._table(table)
        if pages := bench.definitions(answer):
            yield from self._bench(bench.DEFINITIONS, "", pages)
        yield from self._list("What was not found", [phrases.gap(g) for g in answer.not_found])
        if answer.fetch_hint:
            yield ""
            yield f"To look for more: {answer.fetch_hint}"
        yield from self._list("Words", [f"{term.name}: {term.definition}" for term in answer.terms])
        yield from self._references()
        title = "The nearest it does hold" if answer.abstained else "Related questions"
        yield from self._list(title, list(answer.related))
        yield from self._footer()

    def _title(self, title: str) -> Iterator[str]:
        yield ""
        yield self.heading(title)

    def _list(self, title: str, items: list[str]) -> Iterator[str]:
        if items:
            yield from self._title(title)
            for item in items:
                yield from self._wrap(item, indent="  • ", hang="    ")

    def _statement(self, statement: Statement, *, bullet: str) -> Iterator[str]:
        hang = "  " + " " * len(bullet)
        text = f"“{statement.text}”" if statement.verbatim else statement.text
        yield from self._wrap(
            f"{text} {phrases.marks(statement.refs)}", indent="  " + bullet, hang=hang
        )
        if bullet:
            notes = [phrases.origin(statement, self.answer.reader)]
            notes.append(f"! {statement.caveat}" if statement.caveat else "")
            for note in filter(None, notes):
                yield from self._wrap(note, indent=hang + "  ", hang=hang + "    ")
            if self.answer.reader is not Reader.PATIENT:
                yield from self._figures(statement, hang + "  ")
        else:
            notes = [f"! {statement.caveat}" if statement.caveat else ""]
            notes += [phrases.origin(statement, self.answer.reader)] if statement.verbatim else []
            for note in filter(None, notes):
                yield from self._wrap(note, indent=hang + "  ", hang=hang + "    ")
        for line in self.explain(statement) if self.explain else ():
            yield from self._wrap(line, indent=hang + "  ", hang=hang + "    ")

    def _figures(self, statement: Statement, indent: str) -> Iterator[str]:
        for figure in statement.figures:
            yield from self._wrap("= " + in_words(figure), indent=indent, hang=indent + "  ")
        for effect in statement.effects:
            yield from self._wrap(
                "≈ " + phrases.effect_words(effect), indent=indent, hang=indent + "  "
            )

    def _bench(self, title: str, note: str, pages: list[BenchPage]) -> Iterator[str]:
        yield from self._title(title)
        yield from self._wrap(note, indent="  ")
        for number, page in enumerate(pages):
            yield from [""] if number or note else []
            yield from self._wrap(bench.name(page), indent="  ", hang="    ")
            yield from self._page(page)
            yield f"    {bench.opens(page)}: {page.command}"

    def _page(self, page: BenchPage) -> Iterator[str]:
        for line in bench.about(page):
            yield from self._wrap(line.text, indent="    ")
            yield from self._explained(line, "      ")
        for block in bench.blocks(page):
            yield from self._wrap(block.heading, indent="    ", hang="      ")
            yield from self._wrap(block.note, indent="        ")
            for line, text, told in block.lines:
                yield from self._wrap(text, indent="      • ", hang="        ")
                yield from self._wrap(told, indent="          ", hang="            ")
                yield from self._explained(line, "          ")
        for statement in page.statements:
            yield from self._statement(statement, bullet="• ")

    def _explained(self, line: BenchLine, indent: str) -> Iterator[str]:
        for told in self.explain(line) if self.explain else ():
            yield from self._wrap(told, indent=indent, hang=indent + "  ")

    def _table(self, table: Disagreement) -> Iterator[str]:
        yield from self._wrap(f"{table.title}: {table.outcome}", indent="  ")
        for row in table.rows:
            head, details = phrases.row(row)
            yield from self._wrap(f"{head} {phrases.marks(row.refs)}", indent="  | ", hang="  |   ")
            for detail in details:
                yield from self._wrap(detail, indent="  |     ", hang="  |     ")
        yield from self._wrap(table.explanation or phrases.NO_CAUSE, indent="  ")

    def _references(self) -> Iterator[str]:
        if not self.answer.references:
            return
        yield from self._title("References")
        for reference in self.answer.references:
            head = f"[{reference.number}] "
            line = phrases.work(reference) + phrases.status_note(reference)
            yield from self._wrap(line, indent="  " + head, hang="  " + " " * len(head))
            links = [link or label for label, link in phrases.identifiers(reference)]
            if not links and reference.url:
                links = [reference.url]
            for link in links:
                yield "  " + " " * len(head) + link

    def _footer(self) -> Iterator[str]:
        answer = self.answer
        yield ""
        for line in answer.withheld:
            yield from self._wrap(f"Withheld: {line}")
        if answer.dropped:
            yield f"{answer.dropped} statement(s) failed verification and are not shown."
        if answer.reading_grade is not None:
            yield f"Reading grade: {answer.reading_grade}"
        yield from self._wrap(f"Review: {phrases.review_line(answer.review)}")
        yield f"Store version: {answer.store_version}"
        yield from self._wrap(answer.disclaimer)

    def _wrap(
        self, text: str, *, indent: str = "", hang: str | None = None, style: Style = _plain
    ) -> Iterator[str]:
        hang = indent if hang is None else hang
        for line in textwrap.wrap(
            text,
            self.width,
            initial_indent=indent,
            subsequent_indent=hang,
            break_long_words=False,
            break_on_hyphens=False,
        ):
            yield style(line)
