"""TensorFlow's checkpoint files, read in Python: TensorFlow's own reader ends the process on a damaged index.

An index is a sorted table (LevelDB's format, uncompressed) from names to entries, an entry says where in a data file an
array lies. Arrays are not copied, they are views of the bytes.
"""

from __future__ import annotations

import math
import struct

import numpy as np
from google.protobuf.message import DecodeError
from tensorflow.core.protobuf.tensor_bundle_pb2 import BundleEntryProto, BundleHeaderProto

_MAGIC = 0xDB4775248B80FB57
_FOOTER, _TRAILER = 48, 5  # bytes; a block's trailer is its compression and a checksum
_LONGEST_NAME = 4096
_MOST_SIDES = 16
_STRING = 7
_TYPES = {1: "<f4", 2: "<f8", 3: "<i4", 4: "u1", 5: "<i2", 6: "i1", 9: "<i8", 10: "?", 19: "<f2"}


class Damaged(ValueError):
    """What is written in the files cannot be."""


class Bundle:
    """Arrays by name. files: the content of `variables.index` and of the data files, by their names in a folder."""

    def __init__(self, files: dict[str, bytes], index: str):
        self._files, self._index = files, index
        self._entries = _table(files[index])
        header = _message(BundleHeaderProto, self._entries.pop(b"", b""))
        self._shards = header.num_shards
        if header.endianness:
            raise Damaged("the numbers are in another order of bytes")

    def names(self) -> list[str]:
        """Of everything in it."""
        return [name.decode(errors="replace") for name in self._entries]

    def array(self, name: str) -> np.ndarray:
        """Raises Damaged where the name, the type or the place is not right."""
        entry = self._entry(name)
        sides = [dim.size for dim in entry.shape.dim]
        is_plain = entry.dtype in _TYPES and not entry.slices and not entry.shape.unknown_rank
        if not is_plain or len(sides) > _MOST_SIDES or min(sides, default=0) < 0:
            raise Damaged(f"{name[:100]!r} is no plain array of numbers")
        kind = np.dtype(_TYPES[entry.dtype])
        if entry.size != math.prod(sides) * kind.itemsize:
            raise Damaged(f"{name[:100]!r} has another size than its shape")
        return np.frombuffer(self._content(entry), kind).reshape(sides)

    def text(self, name: str) -> bytes:
        """A single string: its length, a checksum, its bytes."""
        entry = self._entry(name)
        if entry.dtype != _STRING or entry.shape.dim or entry.slices:
            raise Damaged(f"{name[:100]!r} is no string")
        content = self._content(entry)
        length, start = _varint(content, 0)
        if start + 4 + length > len(content):
            raise Damaged(f"{name[:100]!r} is cut short")
        return bytes(content[start + 4 : start + 4 + length])

    def _entry(self, name: str) -> BundleEntryProto:
        if name.encode() not in self._entries:
            raise Damaged(f"{name[:100]!r} is missing")
        return _message(BundleEntryProto, self._entries[name.encode()])

    def _content(self, entry: BundleEntryProto) -> memoryview:
        file = self._index.removesuffix("index") + f"data-{entry.shard_id:05d}-of-{self._shards:05d}"
        content = self._files.get(file)
        if content is None or entry.offset < 0 or entry.size < 0 or entry.offset + entry.size > len(content):
            raise Damaged("an array lies outside the data")
        return memoryview(content)[entry.offset : entry.offset + entry.size]


def _table(index: bytes) -> dict[bytes, bytes]:
    """All entries of a sorted table; its blocks lie one behind the other."""
    if len(index) < _FOOTER or struct.unpack("<Q", index[-8:])[0] != _MAGIC:
        raise Damaged("the index is cut short or none")
    footer = index[-_FOOTER:]
    _, at = _handle(footer, 0)
    place, _ = _handle(footer, at)
    found, end = {}, 0
    for _, value in _block(index, place):
        block, _ = _handle(value, 0)
        if block[0] < end:
            raise Damaged("the index holds a block twice")
        end = sum(block)
        found.update(_block(index, block))
    return found


def _block(index: bytes, place: tuple[int, int]) -> list[tuple[bytes, bytes]]:
    """Names and values; a name is given by what it shares with the one before."""
    start, size = place
    if start + size + _TRAILER > len(index) or size < 4 or index[start + size]:
        raise Damaged("a block of the index is compressed or lies outside it")
    block = index[start : start + size]
    end = size - 4 * (struct.unpack("<I", block[-4:])[0] + 1)
    entries, at, name = [], 0, b""
    while at < end:
        shared, at = _varint(block, at)
        fresh, at = _varint(block, at)
        length, at = _varint(block, at)
        if shared > len(name) or shared + fresh > _LONGEST_NAME or at + fresh + length > end:
            raise Damaged("a name in the index is not right")
        name = name[:shared] + block[at : at + fresh]
        entries.append((name, block[at + fresh : at + fresh + length]))
        at += fresh + length
    return entries


def _handle(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    """Where a block starts and how long it is, and the place behind."""
    start, at = _varint(content, at)
    size, at = _varint(content, at)
    return (start, size), at


def _varint(content: bytes | memoryview, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(content):
            break
        byte, at = content[at], at + 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
    raise Damaged("a number in the index is cut short")


def _message(kind, content: bytes):
    try:
        return kind.FromString(content)
    except DecodeError:
        raise Damaged("an entry of the index is damaged") from None
