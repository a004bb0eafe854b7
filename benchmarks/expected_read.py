"""Which numbers of expected.yaml the checks read: what no check touches is listed, not assumed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["Watched", "leaves", "watch"]

Place = tuple[Any, ...]


class Watched(dict[Any, Any]):
    """A mapping that notes in `seen` the place of every value that is taken from it."""

    def __init__(self, data: dict[Any, Any], place: Place, seen: set[Place]) -> None:
        super().__init__({k: _watched(v, (*place, k), seen) for k, v in data.items()})
        self._place, self._seen = place, seen

    def __getitem__(self, key: Any) -> Any:
        self._seen.add((*self._place, key))
        return super().__getitem__(key)

    def get(self, key: Any, default: Any = None) -> Any:
        if key not in self:
            return default
        return self[key]

    def items(self) -> Any:
        return [(key, self[key]) for key in self]

    def values(self) -> Any:
        return [self[key] for key in self]


class _WatchedList(list[Any]):
    def __init__(self, data: list[Any], place: Place, seen: set[Place]) -> None:
        super().__init__(_watched(v, (*place, k), seen) for k, v in enumerate(data))
        self._place, self._seen = place, seen

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, int):
            self._seen.add((*self._place, key))
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[Any]:
        return (self[place] for place in range(len(self)))


def _watched(value: Any, place: Place, seen: set[Place]) -> Any:
    if isinstance(value, dict):
        return Watched(value, place, seen)
    return _WatchedList(value, place, seen) if isinstance(value, list) else value


def watch(data: dict[Any, Any]) -> tuple[Watched, set[Place]]:
    """`data` watched, and the set that fills with the places that are read."""
    seen: set[Place] = set()
    return Watched(data, (), seen), seen


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    """The places of all numbers in plain data."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from leaves(entry, (*place, key))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            yield from leaves(entry, (*place, number))
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield place
