"""Where in the tree of headings a text stands."""

from __future__ import annotations

import re

from hepatica.evidence.readers._text import TextBuilder, one_line

_REFERENCES = re.compile(
    r"(?:\d+\.?\s*)?(?:references|reference list|bibliography|literature cited|works cited)\W*",
    re.IGNORECASE,
)


class Sections:
    """The path of headings while a document is read from top to bottom.

    A heading that repeats the title is no section. What stands under a heading for references is
    left out: the titles of other works are not what this one says.
    """

    def __init__(self, title: str = "") -> None:
        self._title = one_line(title).casefold()
        self._headings: list[tuple[int, str]] = []
        self._references: int | None = None

    @property
    def path(self) -> tuple[str, ...]:
        """The headings above the present place, outermost first."""
        return tuple(heading for _, heading in self._headings)

    @property
    def left_out(self) -> bool:
        """Whether the present place is in a list of references."""
        return self._references is not None

    def enter(self, level: int, heading: str, builder: TextBuilder) -> None:
        """Go on under `heading` of `level` (1 the highest) and write it to the text."""
        heading = one_line(heading)
        if not heading:
            return
        if self._references is not None and level > self._references:
            return
        self._references = level if _REFERENCES.fullmatch(heading) else None
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        if heading.casefold() == self._title or self.left_out:
            return
        self._headings.append((level, heading))
        builder.add_heading(heading)
