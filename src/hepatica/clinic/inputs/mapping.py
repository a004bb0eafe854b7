"""From codes and names to concepts, extensible by a user's own file.

codes:
  loinc: {1234-5: creatinine}
  local: {CREA: creatinine}
words:
  creatinine, serum: creatinine
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TypeVar

import msgspec

from hepatica.clinic.concepts import Kind, by_code, by_word, concepts
from hepatica.clinic.inputs.fhir_states import Rules
from hepatica.clinic.inputs.plain import parse
from hepatica.clinic.observations import Report, Unmapped
from hepatica.clinic.records import Record, read
from hepatica.errors import InputError

Key = TypeVar("Key", str, tuple[str, str])
_SHOWN = 5  # entries that a note names


class UserMap(Record, frozen=True, kw_only=True, dict=True):
    """What a user's mapping file says; its entries go before the built-in ones."""

    codes: Mapping[str, Mapping[str, str]] = {}
    words: Mapping[str, str] = {}

    @cached_property
    def by_code(self) -> Mapping[tuple[str, str], str]:
        """Concept by code system, whichever of its names is used, and code."""
        return {
            (system_of(system), code): target
            for system, table in self.codes.items()
            for code, target in table.items()
        }

    @cached_property
    def by_word(self) -> Mapping[str, str]:
        """Concept by name, whatever its case."""
        return {word.strip().lower(): target for word, target in self.words.items()}

    @cached_property
    def by_source(self) -> Mapping[str, str]:
        """Concept by code alone, where all systems that have it mean the same."""
        found: dict[str, set[str]] = {}
        for (_, code), target in self.by_code.items():
            found.setdefault(code, set()).add(target)
        return {code: next(iter(one)) for code, one in found.items() if len(one) == 1}


@cache
def _uris() -> Mapping[str, str]:
    return {uri.lower(): name for uri, name in read("mappings", "fhir", Rules).systems.items()}


def system_of(written: str) -> str:
    """A code system's one name: loinc for LOINC and http://loinc.org."""
    folded = written.strip().lower()
    return _uris().get(folded.rstrip("/"), folded)


def user_map(path: Path) -> UserMap:
    """A user's mapping file; InputError where a concept does not exist."""
    try:
        data = parse(path.read_text("utf-8-sig"), name=path.name)
    except UnicodeDecodeError:
        raise InputError(f"{path.name!r}: not a text in UTF-8") from None
    try:
        found = msgspec.convert(data, UserMap)
    except msgspec.ValidationError as error:
        raise InputError(f"{path.name}: {error}") from None
    targets = [
        *found.words.values(),
        *(c for table in found.codes.values() for c in table.values()),
    ]
    for target in targets:
        if target not in concepts():
            raise InputError(f"{path.name}: no concept is called {target!r}")
    return found


def bare(drug: str) -> str:
    """A drug's name without strength, salt and form: "ibuprofen" of "Ibuprofen 400 mg tablet".

    What stands before the first number is the name. Other words stay, for they may make it another
    drug.
    """
    words = drug.lower().split()
    first = next((place for place, word in enumerate(words) if word[0].isdigit()), len(words))
    words = words[:first]
    while len(words) > 1 and words[-1].strip(",()") in _FORMS:
        words.pop()
    return " ".join(words).rstrip(",")


_FORMS = frozenset(
    "acetate bitartrate hcl hydrochloride tartrate sodium tablet tablets capsule capsules "
    "injection infusion solution oral iv".split()
)


@dataclass(slots=True)
class Mapper:
    """Finds concepts by code or name; counts what it did not find, and which of the user's entries
    it used."""

    user: UserMap = field(default_factory=UserMap)
    missed: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)
    used: set[str | tuple[str, str]] = field(default_factory=set)

    def code(self, system: str, code: str) -> tuple[str, ...]:
        """The concepts of a code; system is loinc, rxnorm, atc, omop, icd10cm or a user's own."""
        own = self.own_code(system, code)
        return by_code(system_of(system)).get(code, ()) if own is None else (own,)

    def own_code(self, system: str, code: str) -> str | None:
        """The concept of a code among the user's own."""
        return self._own(self.user.by_code, (system_of(system), code))

    def own_source(self, code: str) -> str | None:
        """The concept of a code among the user's own whose system the source does not say."""
        found = self.user.by_source.get(code)
        if found is not None:
            self.used.update(key for key in self.user.by_code if key[1] == code)
        return found

    def own_word(self, text: str) -> str | None:
        """The concept of a name among the user's own."""
        return self._own(self.user.by_word, text.strip().lower())

    def word(self, text: str, kinds: tuple[Kind, ...]) -> str | None:
        """The concept of a name, by exact match of the whole name; of a drug's without strength."""
        folded, own = text.strip().lower(), self.own_word(text)
        found = by_word(kinds).get(folded) if own is None else own
        if found is None and kinds == ("drug",):  # elsewhere "creatinine 24 h urine" is no drug
            return by_word(kinds).get(bare(folded))
        return found

    def _own(self, table: Mapping[Key, str], key: Key) -> str | None:
        found = table.get(key)
        if found is not None:
            self.used.add(key)
        return found

    def miss(self, system: str, code: str, display: str | None = None) -> None:
        self.missed[system, code, display] += 1

    def tell(self, report: Report) -> None:
        """Adds what no mapping named, and the entries of the user's that named nothing."""
        report.unmapped.extend(self.unmapped())
        if self.user.by_code or self.user.by_word:
            report.unused = frozenset(
                [f"{key[0]} {key[1]}" for key in self.user.by_code if key not in self.used]
                + [repr(word) for word in self.user.by_word if word not in self.used]
            )

    def unmapped(self) -> list[Unmapped]:
        """What no mapping named, most frequent first."""
        return [
            Unmapped(system=system, code=code, display=display, count=count)
            for (system, code, display), count in self.missed.most_common()
        ]


def unused(entries: frozenset[str]) -> str:
    """The note on entries of a user's mapping file that name nothing in an input."""
    shown = sorted(entries)[:_SHOWN]
    more = f" and {len(entries) - len(shown)} more" if len(entries) > len(shown) else ""
    what = (
        "entry of the mapping file names"
        if len(entries) == 1
        else "entries of the mapping file name"
    )
    return f"{len(entries)} {what} nothing in this input: {', '.join(shown)}{more}"
