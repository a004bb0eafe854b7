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
from pathlib import Path

import msgspec

from hepatica.clinic.concepts import Kind, by_code, by_word, concepts
from hepatica.clinic.inputs.plain import parse
from hepatica.clinic.observations import Unmapped
from hepatica.clinic.records import Record
from hepatica.errors import InputError


class UserMap(Record, frozen=True, kw_only=True):
    """What a user's mapping file says; its entries go before the built-in ones."""

    codes: Mapping[str, Mapping[str, str]] = {}
    words: Mapping[str, str] = {}


def user_map(path: Path) -> UserMap:
    """A user's mapping file; InputError where a concept does not exist."""
    data = parse(path.read_text("utf-8-sig"), name=path.name)
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
    """Finds concepts by code or name, and counts what it did not find."""

    user: UserMap = field(default_factory=UserMap)
    missed: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)

    def code(self, system: str, code: str) -> tuple[str, ...]:
        """The concepts of a code; system is loinc, rxnorm, atc, omop, icd10cm or a user's own."""
        own = self.user.codes.get(system, {}).get(code)
        return by_code(system).get(code, ()) if own is None else (own,)

    def word(self, text: str, kinds: tuple[Kind, ...]) -> str | None:
        """The concept of a name, by exact match of the whole name; of a drug's without strength."""
        folded = text.strip().lower()
        own = self.own_word(text)
        if own is not None:
            return own
        found = by_word(kinds).get(folded)
        if found is None and kinds == ("drug",):  # elsewhere "creatinine 24 h urine" is no drug
            return by_word(kinds).get(bare(folded))
        return found

    def own_word(self, text: str) -> str | None:
        """The concept of a name among the user's own."""
        folded = text.strip().lower()
        words = self.user.words.items()
        return next((name for written, name in words if written.strip().lower() == folded), None)

    def miss(self, system: str, code: str, display: str | None = None) -> None:
        self.missed[system, code, display] += 1

    def unmapped(self) -> list[Unmapped]:
        """What no mapping named, most frequent first."""
        return [
            Unmapped(system=system, code=code, display=display, count=count)
            for (system, code, display), count in self.missed.most_common()
        ]
