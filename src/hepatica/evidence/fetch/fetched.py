"""What a fetcher hands to the readers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """The bytes of one answer, the address that they came from (never a key), and their format.

    `total` is how many records the service says there are for the query, where it says so.
    """

    data: bytes
    name: str
    media: str
    total: int | None = None
