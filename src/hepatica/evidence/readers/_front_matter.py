"""The YAML block at the top of a Markdown file, as text by key with the line of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from hepatica.errors import SourceError, UnsafeSourceError

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*$", re.MULTILINE)
_LIMIT = 2**18


class Entry(NamedTuple):
    """What stands at a key: one text, or the texts of a list, exactly as written."""

    line: int
    values: tuple[str, ...]
    is_list: bool


def split(text: str, *, origin: str) -> tuple[Mapping[str, Entry], str]:
    """The entries of the front matter (empty when there is none) and the body after it.

    Values stay text: "10.1000" is no decimal here and "012" no octal. Nested values are left out.
    Raises SourceError naming the line when the block never ends, is no mapping or is not YAML.
    """
    opening = _OPENING.match(text)
    if not opening:
        return {}, text
    closing = _CLOSING.search(text, opening.end())
    if not closing:
        raise SourceError(
            f"{origin}: line 1 opens front matter with '---' and no line closes it; expected '---' "
            "on a line of its own after the last key"
        )
    block = text[opening.end() : closing.start()]
    if len(block) > _LIMIT:
        raise UnsafeSourceError(
            f"{origin}: front matter of {len(block)} characters, at most {_LIMIT} are read"
        )
    return _entries(block, origin), text[closing.end() :]


def _entries(block: str, origin: str) -> Mapping[str, Entry]:
    import yaml

    try:
        root = yaml.compose(block, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark else 1
        raise SourceError(
            f"{origin}: line {line}: front matter is not YAML ({error.problem}); expected "
            "'key: value' lines"
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        nested = isinstance(error, RecursionError)
        reason = "nested too deeply" if nested else " ".join(str(error).split())
        raise SourceError(
            f"{origin}: front matter cannot be read ({reason}); expected 'key: value' lines"
        ) from error
    if root is None:
        return {}
    if not isinstance(root, yaml.MappingNode):
        raise SourceError(f"{origin}: line 2: front matter is no mapping; expected 'key: value'")
    entries: dict[str, Entry] = {}
    for key, value in root.value:
        if not isinstance(key, yaml.ScalarNode):
            continue
        line = key.start_mark.line + 2
        if key.value in entries:
            raise SourceError(
                f"{origin}: line {line}: the key {key.value!r} stands twice in the front matter"
            )
        if isinstance(value, yaml.ScalarNode):
            entries[key.value] = Entry(line, (value.value,), is_list=False)
        elif isinstance(value, yaml.SequenceNode):
            texts = (part.value for part in value.value if isinstance(part, yaml.ScalarNode))
            entries[key.value] = Entry(line, tuple(texts), is_list=True)
    return entries
