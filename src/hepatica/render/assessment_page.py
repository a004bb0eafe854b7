"""An assessment as a page of parts and lines, which text, Markdown and HTML all write from."""

from __future__ import annotations

from typing import Literal

import msgspec

from hepatica.clinic.assess.model import Assessment
from hepatica.evidence.cited import Cited
from hepatica.render.phrases import LINKS, NAMES

Kind = Literal["plain", "item", "first", "note", "missing", "strong"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line: "first" must be read before the line it precedes, "missing" says what to find."""

    text: str
    kind: Kind = "plain"
    refs: tuple[int, ...] = ()
    depth: int = 0


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """A table; every row has as many cells as there are headers."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Section(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    blocks: tuple[Line | Grid, ...]
    level: int = 2


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What a source is quoted with: the stored statement, its figures, where it was read."""

    claim: str
    text: str
    figures: tuple[str, ...]
    strength: str | None = None
    caveat: str | None = None


class Reference(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    work: str
    links: tuple[tuple[str, str | None], ...]
    quotes: tuple[Quote, ...]


class Page(msgspec.Struct, frozen=True, kw_only=True):
    title: str
    lead: tuple[Line, ...]
    sections: tuple[Section, ...]
    references: tuple[Reference, ...]
    footer: tuple[str, ...]


class Numbers:
    """Numbers sources in the order in which a reader meets them."""

    def __init__(self, found: Assessment) -> None:
        self._evidence = found.evidence
        self._order: dict[str, int] = {}
        self._claims: dict[str, dict[str, None]] = {}

    def of(self, claims: tuple[str, ...]) -> tuple[int, ...]:
        """The reference numbers of claims."""
        numbers = []
        for claim in claims:
            source = self._evidence[claim].source_id
            numbers.append(self._order.setdefault(source, len(self._order) + 1))
            self._claims.setdefault(source, {})[claim] = None
        return tuple(dict.fromkeys(numbers))

    def references(self) -> tuple[Reference, ...]:
        """Every source that was named, with the claims that it was named for."""
        found = []
        for source, number in self._order.items():
            cited = [self._evidence[claim] for claim in self._claims[source]]
            found.append(
                Reference(
                    number=number,
                    work=work(cited[0]),
                    links=links(cited[0]),
                    quotes=tuple(_quote(one) for one in cited),
                )
            )
        return tuple(found)


def _quote(one: Cited) -> Quote:
    return Quote(
        claim=one.claim,
        text=one.citation.quote,
        figures=one.figures,
        strength=one.strength,
        caveat=one.caveat,
    )


def work(one: Cited) -> str:
    """A source in one line: title, where it appeared or who issued it, year, status."""
    parts = [one.title, one.container or one.issuer]
    line = ". ".join(part.rstrip(".") for part in parts if part)
    line = f"{line}, {one.year}." if one.year else f"{line}."
    return line if one.status == "current" else f"{line} ({one.status})"


def links(one: Cited) -> tuple[tuple[str, str | None], ...]:
    """(label, link) of each identifier; the page it was read on where there is none."""
    found: list[tuple[str, str | None]] = []
    for key, value in one.identifiers.items():
        scheme = key.split("-")[0]  # a second identifier of one scheme is filed as "doi-2"
        label = (
            value if value.startswith(scheme.upper()) else f"{NAMES.get(scheme, scheme)} {value}"
        )
        found.append((label, LINKS[scheme].format(value) if scheme in LINKS else None))
    if not found and one.url and one.url.startswith(("http://", "https://")):
        found.append((one.url, one.url))
    return tuple(found)


def marks(refs: tuple[int, ...]) -> str:
    """Reference marks as they stand behind a sentence."""
    return "".join(f"[{ref}]" for ref in refs)
