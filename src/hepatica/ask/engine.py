"""Asks the store a question and gives back a verified Answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from hepatica.ask import abstain, compose, definitions, spans
from hepatica.ask.answer import Answer, Reader, Section, Statement
from hepatica.ask.bench_compose import at_the_bench
from hepatica.ask.bench_match import as_meant, has_a_clinical_side, match, unknown_at_the_bench
from hepatica.ask.bottom_line import bottom_line, in_plain_words
from hepatica.ask.context import disagreements, not_found, related, review_state, terms
from hepatica.ask.meaning import Meaning
from hepatica.ask.narrowing import Narrowing
from hepatica.ask.plainness import readable, reading_grade
from hepatica.ask.prepared import FORMAT, Prepared, pack, unpack
from hepatica.ask.question import Question, follow, read
from hepatica.ask.references import number
from hepatica.ask.retrieve import Curated, retrieve
from hepatica.ask.select import select
from hepatica.ask.texts import Texts
from hepatica.ask.verify import keep_true
from hepatica.errors import StoreError
from hepatica.evidence.curated import Topic
from hepatica.evidence.model import Status, Tier
from hepatica.evidence.store.analysis import analyse
from hepatica.evidence.store.store import Store

TITLES = {
    Tier.GUIDELINE: "From the guidelines",
    Tier.LABEL: "From the drug label",
    Tier.RESEARCH: "From the research",
}
_STATEMENTS = {
    Reader.CLINICIAN: 14,
    Reader.RESEARCHER: 14,
    Reader.LEARNER: 12,
    Reader.PATIENT: 7,
}
_PASSAGES = 40
_SPANS = 8
_SPANS_BESIDE_CLAIMS = 3
_SPAN_SHARE = 0.62


class Engine:
    """Answers questions from one store. Deterministic: same question, same store, same answer."""

    def __init__(self, store: Store, *, meaning: Meaning | None = None) -> None:
        """`meaning` adds retrieval by meaning to that by words; see `hepatica.ask.meaning`."""
        blob = store.knowledge()
        if blob is None:
            raise StoreError(
                f"{store.folder}: the store holds no curated knowledge; run hepatica doctor"
            )
        self.store = store
        self.meaning = meaning
        self.prepared: Prepared = unpack(blob, analyse)

    def ask(
        self,
        text: str,
        *,
        reader: Reader = Reader.CLINICIAN,
        tiers: Collection[Tier] | None = None,
        since: int | None = None,
        subject: Sequence[str] = (),
    ) -> Answer:
        """The answer to `text`, in the words of `reader`.

        `tiers` and `since` (a year) narrow the sources. `subject` is that of the answer before in
        this conversation (`Answer.subject`), which a follow-up keeps. Raises InputError for a
        question that is empty, too long or no text.
        """
        prepared = self.prepared
        question = read(text, prepared.lexicon, known=prepared.known)
        question = follow(question, subject, prepared.lexicon)
        hits = match(question, prepared)
        if hits:
            question = as_meant(question, prepared)
        curated = retrieve(question, prepared)
        texts = Texts(self.store, prepared)
        sentences, retracted = self._sentences(question, tiers, since)
        held = max((sentence.coverage for sentence in sentences), default=0.0)
        verdict = abstain.judge(question, curated, prepared, spans=held)
        pages, torn = at_the_bench(
            hits, reader=reader, prepared=prepared, texts=texts, tiers=tiers, since=since
        )
        names = [] if pages else definitions.named(question, prepared)
        defined, untold = definitions.definitions(
            names, reader=reader, prepared=prepared, texts=texts
        )
        # Criteria define a condition, of which topics speak; a score may be the whole question.
        about_scores = any(page.kind == "score" for page in defined) and definitions.is_all(
            question, prepared
        )
        if not verdict.answer and not pages and not about_scores:
            return self._abstention(question, reader, curated, verdict, retracted)
        if about_scores:
            curated = definitions.narrowed(curated, question, prepared)
        from_claims = verdict.from_claims and (
            not pages or has_a_clinical_side(question, hits, prepared)
        )
        chosen, withheld = (
            select(curated.claims, prepared.knowledge, tiers=tiers, since=since)
            if from_claims
            else ([], [])
        )
        chosen = chosen[: _STATEMENTS[reader]]
        body = [compose.from_claim(item, reader=reader, texts=texts) for item in chosen]
        most = _SPANS_BESIDE_CLAIMS if chosen else _SPANS
        good = [sentence for sentence in sentences if sentence.coverage >= abstain.SPAN_FLOOR]
        if chosen:
            good = [sentence for sentence in good if sentence.stems & self._named(question)]
        quotes = spans.choose(good, texts.source, most=most, floor=_SPAN_SHARE)
        body += [compose.from_span(span) for span in quotes]
        body, dropped = keep_true(body, texts)
        narrowing = Narrowing.to(tiers, since)
        spoken = narrowing.lines(curated, prepared.knowledge)
        lines, lost = keep_true(
            bottom_line(body, chosen, spoken, reader=reader, prepared=prepared, texts=texts), texts
        )
        if reader is Reader.PATIENT:
            told = in_plain_words(lines, chosen, spoken, prepared=prepared, texts=texts)
            told, untrue = keep_true(told, texts)
            body = readable(lines, [*told, *body])
            lost += untrue
        matched = [found.topic for found in curated.topics] if from_claims else []
        rows = disagreements(chosen, matched, prepared) if reader is not Reader.PATIENT else []
        rows = narrowing.tables(rows, prepared.knowledge)
        pages += defined
        lines, body, rows, pages, references = number(lines, body, rows, texts, pages)
        shown = [*lines, *body]
        unknown = self._nowhere(verdict)
        if pages and not defined:
            unknown = unknown_at_the_bench(unknown, prepared)
        return Answer(
            question=question.text,
            reader=reader,
            abstained=not shown and not pages,
            bottom_line=tuple(lines),
            sections=_sections(body),
            disagreements=tuple(rows),
            not_found=not_found(matched, curated, unknown, prepared, reader=reader),
            references=references,
            related=related(matched, curated, prepared),
            review=review_state(matched, prepared, self.store),
            store_version=self.store.version,
            subject=question.concepts,
            read_as=_read_as(question),
            seek_help=_seek_help(matched, reader),
            terms=terms(
                [*shown, *(line for p in pages for line in p.lines)], prepared, reader=reader
            ),
            bench=tuple(pages),
            reading_grade=reading_grade(shown) if shown and reader is Reader.PATIENT else None,
            dropped=dropped + lost + torn + untold,
            withheld=(*withheld, *retracted),
        )

    def _sentences(
        self, question: Question, tiers: Collection[Tier] | None, since: int | None
    ) -> tuple[list[spans.Sentence], list[str]]:
        """Sentences of ingested sources, best first, and a line for each retracted source that
        would have spoken to the question."""
        hits = self.store.search(
            question.text,
            k=_PASSAGES,
            tiers=list(tiers) if tiers is not None else None,
            since=since,
            include_curated=False,
        )
        if self.meaning is not None:
            hits = self.meaning.fuse(question.text, hits, k=_PASSAGES)
        if not hits:
            return [], []
        passages = [
            passage
            for passage in self.store.passages([hit.passage_id for hit in hits])
            if not passage.curated
            and (tiers is None or passage.design.tier in tiers)
            and (since is None or (passage.year or 0) >= since)
        ]
        stems = [term for term in question.weights if not term.startswith("#")]
        ranked = spans.rank(
            question, passages, hits, lexicon=self.prepared.lexicon, rarity=self.store.rarity(stems)
        )
        retracted = {
            f"{sentence.passage.title} ({sentence.passage.source_id}) was retracted; not used": None
            for sentence in ranked
            if _is_retracted(sentence) and sentence.coverage >= abstain.SPAN_FLOOR
        }
        return [sentence for sentence in ranked if not _is_retracted(sentence)], list(retracted)

    def _named(self, question: Question) -> frozenset[str]:
        """The stems of what the question is about, one of which a sentence beside claims holds."""
        return frozenset(
            token.stem
            for subject in question.subjects
            for token in self.prepared.lexicon.tokens(subject.words)
        )

    def _nowhere(self, verdict: abstain.Verdict) -> tuple[str, ...]:
        """The unknown words of a question that no ingested passage holds either."""
        return tuple(
            words
            for words in verdict.unknown
            if not self.store.held([token.stem for token in self.prepared.lexicon.tokens(words)])
        )

    def _abstention(
        self,
        question: Question,
        reader: Reader,
        curated: Curated,
        verdict: abstain.Verdict,
        retracted: list[str],
    ) -> Answer:
        return Answer(
            question=question.text,
            reader=reader,
            abstained=True,
            bottom_line=(),
            sections=(),
            disagreements=(),
            not_found=not_found([], curated, self._nowhere(verdict), self.prepared, reader=reader),
            references=(),
            related=tuple(found.topic.question for found in curated.topics),
            review=review_state([], self.prepared, self.store),
            store_version=self.store.version,
            subject=question.concepts,
            read_as=_read_as(question),
            seek_help=_seek_help([], reader),
            fetch_hint=f'hepatica ingest "pubmed:{_search_words(question)}"',
            withheld=tuple(retracted),
        )


def _is_retracted(sentence: spans.Sentence) -> bool:
    return sentence.passage.status is Status.RETRACTED


def _sections(body: list[Statement]) -> tuple[Section, ...]:
    return tuple(
        Section(tier=tier, title=TITLES[tier], statements=tuple(s for s in body if s.tier is tier))
        for tier in Tier
        if any(statement.tier is tier for statement in body)
    )


def _search_words(question: Question) -> str:
    return " ".join(subject.words for subject in question.subjects) or question.text


def _read_as(question: Question) -> str | None:
    return "; ".join(f"{word} read as {term}" for word, term in question.read_as.items()) or None


def _seek_help(matched: Sequence[Topic], reader: Reader) -> str | None:
    leading = matched[0].seek_help if matched else None
    match reader:
        case Reader.PATIENT:
            return leading or SEEK_HELP
        case Reader.LEARNER:
            return leading
        case _:
            return None


SEEK_HELP = (
    "Call your care team or emergency services at once for trouble breathing, chest pain, new "
    "confusion, vomiting blood, black stools, very little urine, or fever."
)


def sync(store: Store) -> bool:
    """Put the curated knowledge that ships with this version into `store`; False if it is there."""
    from hepatica.evidence.knowledge import documents, fingerprint, load

    current = f"{fingerprint()}-{FORMAT}"
    if store.knowledge_fingerprint == current:
        return False
    knowledge = load()
    store.put_knowledge(pack(knowledge, analyse), documents(knowledge), fingerprint=current)
    return True
