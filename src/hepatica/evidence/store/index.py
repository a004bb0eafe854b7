"""The search index: derived from the record, thrown away and rebuilt at will."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hepatica.errors import StoreError
from hepatica.evidence.model import Tier
from hepatica.evidence.store import ranking
from hepatica.evidence.store.analysis import ANALYZER, analyse, analyzer, fold, query_terms
from hepatica.evidence.store.change import Entry
from hepatica.evidence.store.filters import matching, only
from hepatica.evidence.store.mark import read_mark
from hepatica.evidence.store.mirror import Mirror, needs_mirror
from hepatica.evidence.store.records import Hit

if TYPE_CHECKING:
    import tantivy

__all__ = ["IndexBusyError", "PassageIndex", "analyse", "query_terms"]

WRITER_MEMORY = 50_000_000
EXACT_BELOW = 50_000
"""Above this number of passages only the best by repetition are ranked by both summands."""

SPARE_CANDIDATES = 50
"""How many more of them than asked for; on BioASQ the first ten are the same as without limit."""

SCORE_DIGITS = 4
"""Scores are sums of 32-bit floats whose last digits depend on the order of the segments."""


class IndexBusyError(StoreError):
    """Another process is writing the index, or nobody may."""


@contextmanager
def damage_as_error() -> Iterator[None]:
    """Tantivy panics on some damaged files; PyO3's PanicException, which is no Exception and can
    only be told by its name, becomes a ValueError like all others."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError(f"the index is damaged: {error}") from error


class PassageIndex:
    """An open index: searches one snapshot until `reload`."""

    @damage_as_error()
    def __init__(self, folder: Path) -> None:
        """Opens or makes the index. Raises ValueError when it is damaged or of another schema,
        OSError when the folder cannot be used."""
        import tantivy

        self.folder = folder
        self.schema = _schema()
        self._document = tantivy.Document
        self._mirror = Mirror(folder) if needs_mirror(folder) else None
        place = self._mirror.folder if self._mirror else folder
        place.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self.schema, path=str(place))
        self._index.register_tokenizer(ANALYZER, analyzer())
        self._index.config_reader("manual")
        self.reload()

    @damage_as_error()
    def reload(self) -> None:
        """Moves to the newest commit."""
        # The mark first: read afterwards it could belong to a newer commit than the snapshot.
        self.mark = read_mark(self.folder)
        if self._mirror:
            self._mirror.update()
        self._index.reload()
        self._searcher = self._index.searcher()

    @property
    def passages(self) -> int:
        """How many passages the snapshot holds."""
        return self._searcher.num_docs

    @damage_as_error()
    def writer(self) -> tantivy.IndexWriter:
        """The only writer. Raises IndexBusyError while another process has it."""
        if self._mirror:
            raise IndexBusyError(f"the index at {str(self.folder)!r} is read-only")
        try:
            # One thread: fewer segments, and the other cores stay with the reader and SQLite.
            return self._index.writer(WRITER_MEMORY, 1)
        except ValueError as error:
            if "LockBusy" in str(error):
                raise IndexBusyError(
                    f"the index at {str(self.folder)!r} is being written"
                ) from error
            raise

    def document(self, entry: Entry) -> tantivy.Document:
        """What the index keeps of a passage."""
        fields: dict[str, Any] = {
            "text": fold(entry.text),
            "passage": entry.passage,
            "order": entry.order,
            "source": entry.source,
            "kind": entry.kind,
            "tier": entry.tier,
            "curated": entry.curated,
        }
        if entry.year is not None:
            fields["year"] = entry.year
        return self._document.from_dict(fields, self.schema)

    @damage_as_error()
    def search(
        self,
        text: str,
        *,
        k: int,
        kinds: Sequence[str] | None = None,
        tiers: Sequence[Tier] | None = None,
        since: int | None = None,
        include_curated: bool = True,
    ) -> list[Hit]:
        """The best `k` passages for a question, best first; equal scores in an order that depends
        on the passages only."""
        terms = ranking.weigh(self._searcher, query_terms(text))
        if not terms or k < 1:
            return []
        filters = matching(
            self.schema,
            kinds=kinds,
            tiers=tiers,
            since=since,
            include_curated=include_curated,
        )
        if self.passages <= EXACT_BELOW:
            found = self._top(only(ranking.by_both(self.schema, terms), filters), k)
        else:
            found = self._top_of_candidates(terms, filters, k)
        return [Hit(key, -score) for score, _, key in found]

    @damage_as_error()
    def held(self, terms: Sequence[str]) -> frozenset[str]:
        """Those of the terms, as the index has them, that some passage holds."""
        return frozenset(term for term in terms if self._searcher.doc_freq("text", term))

    @damage_as_error()
    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """For each term as the index holds it, its inverse document frequency (as BM25 has it)."""
        return {term: ranking.rarity(self._searcher, term) for term in terms}

    def _top_of_candidates(
        self, terms: list[ranking.WeightedTerm], filters: list[tantivy.Query], k: int
    ) -> list[tuple[float, int, int]]:
        """The best `k` of those that are best by repetition alone, which Tantivy finds faster."""
        rough = ranking.by_repetition(self.schema, terms)
        count = k + SPARE_CANDIDATES
        # A filter in the query keeps Tantivy from skipping passages. Most filters let most
        # candidates through, so they are tried on those found without them.
        for query in (rough, only(rough, filters)):
            candidates = [key for _, _, key in self._top(query, count)]
            chosen = ranking.by_both(self.schema, terms, candidates)
            found = self._top(only(chosen, filters), count)
            if not filters or len(candidates) < count or len(found) >= k + SPARE_CANDIDATES // 2:
                break
        return found[:k]

    def _top(self, query: tantivy.Query, k: int) -> list[tuple[float, int, int]]:
        """Negative score, order among equals and key of the best `k` passages, sorted."""
        limit = k + 16
        while True:
            found = self._searcher.search(query, limit, count=False).hits
            scores = [-round(score, SCORE_DIGITS) for score, _ in found]
            # A tie that runs past the limit would be cut in the order of the segments.
            if len(found) < limit or scores[k - 1] < scores[-1]:
                break
            limit *= 4
        places = [place for _, place in found]
        orders = self._whole("order", places)
        keys = self._whole("passage", places)
        return sorted(zip(scores, orders, keys, strict=True))[:k]

    def _whole(self, field: str, places: list[tantivy.DocAddress]) -> list[int]:
        return [int(value or 0) for value in self._searcher.fast_field_values(field, places)]


def _schema() -> tantivy.Schema:
    """Integers are signed: deleting by a term on an unsigned field deletes nothing (0.27)."""
    import tantivy

    build = tantivy.SchemaBuilder()
    build.add_text_field("text", tokenizer_name=ANALYZER, index_option="position")
    build.add_integer_field("passage", indexed=True, fast=True)
    build.add_integer_field("order", fast=True)
    build.add_integer_field("source", indexed=True)
    build.add_integer_field("year", indexed=True, fast=True)
    build.add_text_field("kind", tokenizer_name="raw", index_option="basic")
    build.add_text_field("tier", tokenizer_name="raw", index_option="basic")
    build.add_boolean_field("curated", indexed=True)
    return build.build()
