"""The columns of a study's results tables, and the registry's comments in their cells."""

from __future__ import annotations

from collections.abc import Sequence

from hepatica.evidence.readers import _ctgov_schema as schema
from hepatica.evidence.readers._ctgov_words import paragraphs
from hepatica.evidence.readers._text import TextBuilder


def add_groups(
    groups: Sequence[schema.Group | schema.EventGroup],
    builder: TextBuilder,
    *,
    section: tuple[str, ...],
) -> None:
    """What each column is, where the registry says more than its title."""
    lines = [f"• {g.title}: {' '.join(paragraphs(g.description))}" for g in groups if g.description]
    if lines:
        builder.add("\n".join(("Groups:", *lines)), section=section)


def with_comment(text: str, comment: str) -> str:
    """The text with a comment of the registry in brackets."""
    return f"{text} [{comment}]" if comment else text
