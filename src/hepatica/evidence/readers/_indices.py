"""What a superscript looks like in stored text, the same for every format."""

from __future__ import annotations

import re

_RAISED = str.maketrans("0123456789+-−=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾")
_SIGNED_NUMBER = re.compile(r"[+\-−]?[0-9]+[+\-−]?|[+\-−]")
_NUMBER_LIST = re.compile(r"[0-9\s,;–—\-()\[\]]*[0-9][0-9\s,;–—\-()\[\]]*")


def raised(content: str) -> str:
    """A superscript on the line; a number in superscript digits, which no number reader takes for
    a part of the number before it.

    >>> raised("9"), raised("-3"), raised("12,13"), raised("a"), raised("n+1")
    ('⁹', '⁻³', '¹²,¹³', '^a', '^(n+1)')
    """
    if _SIGNED_NUMBER.fullmatch(content):
        return content.translate(_RAISED)
    if _NUMBER_LIST.fullmatch(content):
        return "".join(c.translate(_RAISED) if c.isdecimal() else c for c in content)
    return f"^{content}" if len(content) == 1 else f"^({content})"
