"""Records of a JSON file, whatever its layout, its chunks and its end."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hepatica.errors import SourceError, UnsafeSourceError
from hepatica.evidence.model import Rejection
from hepatica.evidence.readers import _json


def records(data: bytes) -> list[Any]:
    found = _json.objects(io.BytesIO(data), origin="file", expected="records", key="results")
    return [one if isinstance(one, Rejection) else json.loads(one) for one in found]


@pytest.fixture(params=[1, 3, 64, 1 << 18])
def chunk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_json, "_CHUNK", request.param)


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"results": [{"a": 1}, {"b": [{"c": 2}]}]}', [{"a": 1}, {"b": [{"c": 2}]}]),
        (b'{"meta": {"results": [{"no": 1}]}, "results": [{"a": 1}]}', [{"a": 1}]),
        (b'{"results": [{"a": 1}], "more": {"x": {"y": 1}}}', [{"a": 1}]),
        (b'{"x": "results", "y": [{"no": 1}]}', [{"x": "results", "y": [{"no": 1}]}]),
        (b'{"results": [{"a": "}]\\"{["}]}', [{"a": '}]"{['}]),
        (b'{"results": []}', []),
        (b'\xef\xbb\xbf [{"a": 1}, {"b": 2}]\n', [{"a": 1}, {"b": 2}]),
        (b'{"a": 1}', [{"a": 1}]),
        (b"{}", [{}]),
    ],
)
def test_layouts(data: bytes, expected: list[Any]) -> None:
    assert records(data) == expected


@pytest.mark.usefixtures("chunk")
@pytest.mark.parametrize("cut", range(13, 40))
def test_a_break_leaves_what_was_complete(cut: int) -> None:
    data = b'{"results": [{"a": "x"}, {"b": "y"}, {"c": "z"}]}'
    found = records(data[:cut])
    assert isinstance(found[-1], Rejection)
    assert found[:-1] == [{"a": "x"}, {"b": "y"}][: len(found) - 1]
    assert found[-1].where == f"file: after record {len(found) - 1}"


@pytest.mark.parametrize("data", [b"", b" \n", b"nothing", b'"text"', b"<a/>", b"7"])
def test_what_is_no_object_or_array_is_a_source_error(data: bytes) -> None:
    with pytest.raises(SourceError, match="expected records"):
        records(data)


def test_depth_and_size_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnsafeSourceError, match="deeper than 200"):
        records(b'{"a":' * 201)
    monkeypatch.setattr(_json, "MAX_RECORD_BYTES", 1 << 20)
    with pytest.raises(UnsafeSourceError, match="larger than 1048576"):
        records(b'{"results": [{"a": "' + b"x" * 5_000_000 + b'"}]}')
    many = b'{"results": [' + b",".join(b'{"a": "%s"}' % (b"x" * 1_000) for _ in range(5_000))
    assert len(records(many + b"]}")) == 5_000


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.lists(st.dictionaries(st.text(), VALUES, max_size=5), max_size=5), st.booleans())
def test_every_object_comes_back(objects: list[dict[str, Any]], plain: bool) -> None:
    wrapped: Any = {"meta": {"skip": 0}, "results": objects, "end": None}
    assert records(json.dumps(wrapped, ensure_ascii=plain).encode()) == objects
