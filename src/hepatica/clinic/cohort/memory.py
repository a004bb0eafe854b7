"""How much memory a cohort may take, and how many rows at a time that allows."""

from __future__ import annotations

import re

from hepatica.errors import InputError

MOST, LEAST = 2_000_000, 20_000  # rows of a part
FLOOR = 500_000_000  # joining the results of all definitions takes about half of it
ROW = 2_000  # bytes that a row takes at most while everything is computed, measured
_SIZES = {"k": 1000, "ki": 1024, "m": 1000**2, "mi": 1024**2, "g": 1000**3, "gi": 1024**3,
          "t": 1000**4, "ti": 1024**4}  # fmt: skip


def size(memory: str) -> int:
    """Bytes of a size such as 4GiB or 800MB; InputError for other texts and below 200 MB."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]i?)b?", memory.strip().lower())
    if match is None:
        raise InputError(f"memory {memory!r}: expected a size such as 4GiB or 800MB")
    found = int(float(match[1]) * _SIZES[match[2]])
    if found < FLOOR:
        raise InputError(f"memory {memory!r}: at least {FLOOR // 10**6}MB are needed")
    return found


def rows(memory: str) -> int:
    """Rows that are computed at a time."""
    return max(LEAST, min(MOST, size(memory) // ROW))
