"""Names and dates as references print them."""

from __future__ import annotations

import re
from collections.abc import Sequence

MAX_AUTHORS = 25

_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
_YEAR = re.compile(r"(?:1[5-9]|2[01])\d\d")

# ISO 639-2, as MEDLINE writes languages, to ISO 639-1, as everyone else does; others stay.
_LANGUAGES = {
    "eng": "en",
    "fre": "fr",
    "ger": "de",
    "spa": "es",
    "ita": "it",
    "jpn": "ja",
    "chi": "zh",
    "rus": "ru",
    "por": "pt",
    "pol": "pl",
    "dut": "nl",
    "dan": "da",
    "swe": "sv",
    "kor": "ko",
    "tur": "tr",
}


def authors(names: Sequence[str]) -> str | None:
    """ "Wong F, Pappas SC": all names up to 25, then "et al."; None without any."""
    if not names:
        return None
    if len(names) > MAX_AUTHORS:
        return f"{', '.join(names[:MAX_AUTHORS])}, et al."
    return ", ".join(names)


def iso(year: str | None, month: str | None = None, day: str | None = None) -> str | None:
    """A date as "2018-05-17", as far as it is known; months as numbers or English names."""
    if not year or not _YEAR.fullmatch(year.strip()):
        return None
    word = (month or "").strip()
    number = word.zfill(2) if word.isdecimal() else _MONTHS.get(word[:3].casefold(), "")
    if not number or not 1 <= int(number) <= 12:
        return year.strip()
    date = (day or "").strip().zfill(2)
    known = date.isdecimal() and 1 <= int(date) <= 31
    return f"{year.strip()}-{number}-{date}" if known else f"{year.strip()}-{number}"


def year_of(date: str | None) -> int | None:
    """The first plausible year in a date, however it is written ("1998 Dec-1999 Jan")."""
    match = _YEAR.search(date or "")
    return int(match.group()) if match else None


def language(code: str | None) -> str | None:
    """The two-letter code of a MEDLINE language code, else the code as it stands."""
    return _LANGUAGES.get(code, code) if code else None
