"""A number and its unit written together: "185umol/L", "2.6 mg/dL", "7.5 10^9/L"."""

from __future__ import annotations

import re

_QUANTITY = re.compile(r"\s*([<>≤≥~]?=?\s*[+\u2212-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)(.*)")


def split(text: str) -> tuple[str, str | None]:
    """The number's text and the unit's text (None if there is none) of a written quantity.

    A text that starts with no number comes back whole, without unit.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None or match[2][:1] == ",":
        return text.strip(), None
    return match[1].replace(" ", ""), match[2].strip() or None
