"""JSON read piece by piece: the elements of one long array, with little more in memory than one."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from hepatica.errors import InputError

CHUNK = 4 * 1024 * 1024
LONGEST = 256 * 1024 * 1024  # characters of one value; a resource is far smaller
_TAIL = 3  # "1", "1e" and "1e+" may all go on in the next piece as 1e+5
_SPACE = re.compile(r"[ \t\r\n]*")
_decode = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).raw_decode


def open_text(path: Path) -> IO[str]:
    """A file's text, unpacked where it is gzipped."""
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig")
    return path.open(encoding="utf-8-sig")


class Scanner:
    """Takes JSON values from a text one after the other; `line` is where the next one stands."""

    def __init__(self, file: IO[str], name: str) -> None:
        self._file, self._name = file, name
        self._buffer, self._at = "", 0
        self.line = 1

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while True:
            found = _SPACE.match(self._buffer, self._at)
            assert found is not None
            self._go(found.end())
            if self._at < len(self._buffer):
                return self._buffer[self._at]
            if not self._more():
                return ""

    def skip(self, expected: str) -> None:
        """Passes one character; InputError if another stands there."""
        if self.peek() != expected:
            raise self.broken(f"expected {expected!r}")
        self._go(self._at + 1)

    def value(self) -> str:
        """The text of the next value, checked to be JSON."""
        self.peek()
        while True:
            try:
                end = _decode(self._buffer, self._at)[1]
            except (ValueError, RecursionError) as error:
                reason = getattr(error, "msg", type(error).__name__)
                if len(self._buffer) - self._at > LONGEST or not self._more():
                    raise self.broken(reason) from None
                continue
            if end + _TAIL > len(self._buffer) and self._more():
                continue
            text = self._buffer[self._at : end]
            self._go(end)
            return text

    def elements(self) -> Iterator[str]:
        """The texts of an array's elements."""
        self.skip("[")
        if self.peek() == "]":
            self.skip("]")
            return
        while True:
            yield self.value()
            if self.peek() == "]":
                self.skip("]")
                return
            self.skip(",")

    def members(self) -> Iterator[str]:
        """The keys of an object; the caller takes the value of each before the next."""
        self.skip("{")
        if self.peek() == "}":
            self.skip("}")
            return
        while True:
            if self.peek() != '"':
                raise self.broken("expected a key")
            key: Any = json.loads(self.value())
            self.skip(":")
            yield key
            if self.peek() == "}":
                self.skip("}")
                return
            self.skip(",")

    def broken(self, reason: str) -> InputError:
        return InputError(f"{self._name}, line {self.line}: not FHIR JSON: {reason}")

    def _go(self, place: int) -> None:
        self.line += self._buffer.count("\n", self._at, place)
        self._at = place

    def _more(self) -> bool:
        chunk = self._file.read(CHUNK)
        if chunk:
            self._buffer, self._at = self._buffer[self._at :] + chunk, 0
        return bool(chunk)
