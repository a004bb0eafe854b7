"""What a comparison with a peer found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Difference:
    """One kind of disagreement: how often, an example, whom the source supports, and which."""

    what: str
    side: str
    source: str
    count: int = 0
    example: str = ""


@dataclass(slots=True)
class Comparison:
    """A peer on one data set: how many results were compared, and the kinds of disagreement."""

    peer: str
    data: str
    compared: int = 0
    differences: dict[str, Difference] = field(default_factory=dict)

    def differ(self, kind: Difference, example: str) -> None:
        found = self.differences.setdefault(kind.what, kind)
        found.count += 1
        found.example = found.example or example

    @property
    def agreeing(self) -> int:
        return self.compared - sum(item.count for item in self.differences.values())
