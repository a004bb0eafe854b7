"""JSON in pieces: what is taken is what the text holds, wherever the pieces end."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.clinic.inputs import json_stream
from hepatica.clinic.inputs.fhir_files import resources
from hepatica.clinic.inputs.json_stream import Scanner
from hepatica.errors import InputError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6)
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=12,
)  # fmt: skip


class Slow(io.StringIO):
    """A file that gives a few characters at a time."""

    def __init__(self, text: str, size: int) -> None:
        super().__init__(text)
        self._size = size

    def read(self, _: int | None = -1, /) -> str:
        return super().read(self._size)


@given(st.lists(VALUES, max_size=6), st.integers(1, 9), st.sampled_from([None, 1]))
def test_elements_are_those_of_the_text(items: list[object], size: int, indent: int | None) -> None:
    scanner = Scanner(Slow(json.dumps(items, indent=indent), size), "x")
    assert [json.loads(text) for text in scanner.elements()] == items
    assert scanner.peek() == ""


@given(st.dictionaries(st.text(max_size=4), VALUES, max_size=5), st.integers(1, 9))
def test_members_are_those_of_the_text(item: dict[str, object], size: int) -> None:
    scanner = Scanner(Slow(json.dumps(item), size), "x")
    assert {key: json.loads(scanner.value()) for key in scanner.members()} == item


@pytest.mark.parametrize(
    ("text", "line"),
    [("[1, 2", 1), ("[1 2]", 1), ("[\n1,\n]", 3), ('[\n\n"a', 3), ("{}", 1), ("[tru]", 1)],
)
def test_broken_text_says_its_line(text: str, line: int) -> None:
    with pytest.raises(InputError, match=f"x, line {line}: not FHIR JSON"):
        list(Scanner(Slow(text, 3), "x").elements())


def many(path: Path, count: int) -> None:
    entry = {"resourceType": "Observation", "code": {"text": "x" * 400}}
    with path.open("w") as file:
        file.write('{"resourceType": "Bundle", "entry": [')
        file.write(",\n".join([json.dumps({"resource": entry})] * count))
        file.write("]}")


def test_memory_does_not_follow_the_size_of_a_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_stream, "CHUNK", 64 * 1024)
    peaks = []
    for count in (2_000, 40_000):
        path = tmp_path / f"{count}.json"
        many(path, count)
        tracemalloc.start()
        assert sum(1 for _ in resources(path)) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert (tmp_path / "40000.json").stat().st_size > 15_000_000
    assert peaks[1] < 2 * peaks[0] < 4_000_000


def test_gzipped_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "b.json.gz"
    path.write_bytes(gzip.compress(b'{"resourceType": "Patient", "id": "a"}'))
    assert [one.resource.id for one in resources(path) if one.resource] == ["a"]
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(InputError, match="cannot be read"):
        list(resources(path))
