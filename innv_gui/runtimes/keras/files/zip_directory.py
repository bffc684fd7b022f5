"""The size of a zip archive's list of members, before anything makes an object of each one."""

from __future__ import annotations

import os
import struct
from typing import BinaryIO

from innv_gui.errors import ModelRefused

_END, _END_SIZE = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
_END_64, _END_64_SIZE = b"PK\x06\x06", 56
_LONGEST_COMMENT = 2**16


def check(stream: BinaryIO, file: str, most: int) -> None:
    """Raises ModelRefused where the list takes more than `most` bytes (46 per member and its name), or is not there."""
    length = stream.seek(0, os.SEEK_END)
    start = max(0, length - _END_SIZE - _LONGEST_COMMENT)
    stream.seek(start)
    tail = stream.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_SIZE > len(tail):
        raise ModelRefused(f"{file} is damaged or cut short: its list of members is missing.")
    declared = [struct.unpack_from("<L", tail, at + 12)[0], *_declared_64(stream, start + at)]
    if max(size for size in declared if size != 2**32 - 1 or len(declared) == 1) > most:
        raise ModelRefused(f"{file} lists far more members than the three of a Keras model.")


def _declared_64(stream: BinaryIO, end: int) -> list[int]:
    """What the record of large archives says; none without it. Python reads it where it finds one, so it counts too."""
    if end < _LOCATOR_SIZE + _END_64_SIZE:
        return []
    stream.seek(end - _LOCATOR_SIZE - _END_64_SIZE)
    record = stream.read(_LOCATOR_SIZE + _END_64_SIZE)
    if not record.startswith(_END_64) or record[_END_64_SIZE:][:4] != _LOCATOR:
        return []
    return [struct.unpack_from("<Q", record, 40)[0]]
