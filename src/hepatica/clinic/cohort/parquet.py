"""Joins Parquet files of one schema into one, row group by row group, without decoding a value.

Encoding is most of the work of writing a Parquet file and the libraries do it in one thread. So
each thread writes a file of its own in memory, and here their row groups are put behind each other
under one footer, in which the offsets of the later ones are moved. The footer is a Thrift struct in
the compact protocol; fields are numbered as in parquet.thrift of the Parquet format 2.11.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MAGIC = b"PAR1"
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_ROWS, _GROUPS = 3, 4  # of FileMetaData
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7  # of RowGroup
_FILE_OFFSET, _META, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6  # of ColumnChunk
_PAGES = (9, 10, 11, 14)  # of ColumnMetaData: data, index and dictionary page, Bloom filter

Fields = dict[int, tuple[int, Any]]  # number of a field -> its type and value


def joined(files: Sequence[Any], out: Path) -> None:
    """Writes complete Parquet files of one schema, given as bytes, as one file, in their order."""
    whole: Fields = {}
    with out.open("wb") as target:
        target.write(_MAGIC)
        for file in files:
            size = int.from_bytes(file[-8:-4], "little")
            footer, _ = _struct(bytes(file[-8 - size : -8]), 0)
            groups = footer[_GROUPS][1][1]
            by = target.tell() - len(_MAGIC)
            target.write(file[len(_MAGIC) : -8 - size])
            for group in groups:
                _move(group, by)
            if not whole:
                whole = footer
                continue
            whole[_ROWS] = (_I64, whole[_ROWS][1] + footer[_ROWS][1])
            whole[_GROUPS][1][1].extend(groups)
        for place, group in enumerate(whole[_GROUPS][1][1]):
            if _ORDINAL in group:
                group[_ORDINAL] = (_I16, place)
        data = bytearray()
        _write_struct(data, whole)
        target.write(data + len(data).to_bytes(4, "little") + _MAGIC)


def _move(group: Fields, by: int) -> None:
    _shift(group, (_GROUP_OFFSET,), by)
    for column in group[_COLUMNS][1][1]:
        _shift(column, (_FILE_OFFSET, _OFFSET_INDEX, _COLUMN_INDEX), by)
        _shift(column[_META][1], _PAGES, by)


def _shift(fields: Fields, numbers: Sequence[int], by: int) -> None:
    for number in numbers:
        kind, offset = fields.get(number, (0, 0))
        if offset:  # 0 says that there is none: a file begins with its magic
            fields[number] = (kind, offset + by)


def _struct(data: bytes, at: int) -> tuple[Fields, int]:
    fields: Fields = {}
    number = 0
    while head := data[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _signed(data, at)
        value, at = _value(data, at, head & 15)
        fields[number] = (head & 15, value)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    match kind:
        case 1 | 2:
            return kind == _TRUE, at
        case 3:
            return data[at], at + 1
        case 4 | 5 | 6:
            return _signed(data, at)
        case 7:
            return data[at : at + 8], at + 8
        case 8:
            size, at = _number(data, at)
            return data[at : at + size], at + size
        case 9 | 10:
            return _list(data, at)
        case 12:
            return _struct(data, at)
    raise ValueError(f"{kind} is no type of a value in a Parquet footer")


def _list(data: bytes, at: int) -> tuple[tuple[int, list[Any]], int]:
    kind, count = data[at] & 15, data[at] >> 4
    at += 1
    if count == 15:
        count, at = _number(data, at)
    values = []
    for _ in range(count):
        # A truth value in a list is a byte of its own.
        value, at = _value(data, at, _BYTE if kind in (_TRUE, _FALSE) else kind)
        values.append(value)
    return (kind, values), at


def _number(data: bytes, at: int) -> tuple[int, int]:
    found = shift = 0
    while data[at] & 128:
        found |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
    return found | data[at] << shift, at + 1


def _signed(data: bytes, at: int) -> tuple[int, int]:
    found, at = _number(data, at)
    return (found >> 1) ^ -(found & 1), at


def _write_struct(data: bytearray, fields: Fields) -> None:
    last = 0
    for number, (kind, value) in sorted(fields.items()):
        step = number - last
        last = number
        if 0 < step < 16:
            data.append(step << 4 | kind)
        else:
            data.append(kind)
            _write_number(data, number << 1)
        _write_value(data, kind, value)
    data.append(0)


def _write_value(data: bytearray, kind: int, value: Any) -> None:
    match kind:
        case 1 | 2:
            return  # the type says it
        case 3:
            data.append(value)
        case 4 | 5 | 6:
            _write_number(data, (value << 1) ^ (value >> 63))
        case 7:
            data += value
        case 8:
            _write_number(data, len(value))
            data += value
        case 9 | 10:
            kind, values = value
            data.append(min(len(values), 15) << 4 | kind)
            if len(values) > 14:
                _write_number(data, len(values))
            for each in values:
                _write_value(data, _BYTE if kind in (_TRUE, _FALSE) else kind, each)
        case _:
            _write_struct(data, value)


def _write_number(data: bytearray, number: int) -> None:
    while number > 127:
        data.append(number & 127 | 128)
        number >>= 7
    data.append(number)
