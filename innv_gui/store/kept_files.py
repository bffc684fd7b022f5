"""The one door through which everything in a workspace is read back: checked, and skipped where it is damaged.

Disks rot, are full in the middle of a copy, and people edit files. What cannot be read is as if it were not there; the
log says so once per file. A record carries a checksum, because a changed digit is still good JSON.
"""

from __future__ import annotations

import errno
import json
import logging
import stat
import struct
import tokenize
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from innv_gui.store.files import write_bytes

# What the readers of JSON, NumPy, HDF5, Parquet, zip and PNG raise over changed bytes; it grew by trying.
DAMAGE = (
    *(OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, ArithmeticError, RuntimeError),
    *(SyntaxError, MemoryError, BadZipFile, zlib.error, struct.error, tokenize.TokenError),
)
CHECK, RECORD = "check", "record"
T = TypeVar("T")
_PNG = b"\x89PNG\r\n\x1a\n"
_told: set[tuple[str, int]] = set()
_log = logging.getLogger("innv_gui.store")


class Damaged(ValueError):
    """A kept file that is not what was written."""


class _NoFile(OSError):
    """A pipe, a device or a folder where a kept file would be."""


def sound(path: Path, read: Callable[[Path], T], on_damage: Callable[[], None] = lambda: None) -> T | None:
    """What `read` makes of a file; None where there is none, or none that can be read.

    on_damage: done when its content is wrong, and not when the system just could not read it now, nor where a pipe, a
    device or a folder has its name: such a thing is not opened.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _NoFile(errno.EINVAL, "no file")
        return read(path)
    except FileNotFoundError:
        return None
    except DAMAGE as error:
        _tell(path, error)
        if not isinstance(error, MemoryError) and getattr(error, "errno", None) is None:
            on_damage()
        return None


def _tell(path: Path, error: Exception) -> None:
    try:
        key = str(path), path.stat().st_mtime_ns
    except OSError:
        key = str(path), 0
    if key not in _told:
        _told.add(key)
        if isinstance(error, _NoFile):
            _log.warning("%s/%s is no file; it is skipped.", path.parent.name, path.name)
            return
        _log.warning("%s/%s is damaged and passed over (%s).", path.parent.name, path.name, type(error).__name__)


def write_record(path: Path, record: dict) -> None:
    """A record as JSON with its checksum, atomically."""
    write_bytes(path, json.dumps({CHECK: _checksum(record), RECORD: record}, ensure_ascii=True).encode())


def read_record(path: Path, check: Callable[[dict], object]) -> dict | None:
    """The record of a file. check: raises one of DAMAGE for what is no such record.

    Records of earlier versions stand alone, without a checksum.
    """

    def read(path: Path) -> dict:
        record = json.loads(path.read_bytes())
        if not isinstance(record, dict):
            raise Damaged
        if set(record) == {CHECK, RECORD}:
            told, record = record[CHECK], record[RECORD]
            if told != _checksum(record):
                raise Damaged
        check(record)
        return record

    return sound(path, read)


def _checksum(record: dict) -> str:
    return f"{zlib.crc32(json.dumps(record, sort_keys=True).encode()):08x}"


def read_png(path: Path) -> bytes:
    """A PNG file whose every part has the checksum that it says; raises Damaged."""
    content = path.read_bytes()
    at, name = len(_PNG), b""
    while content.startswith(_PNG) and at + 12 <= len(content) and name != b"IEND":
        length, name = struct.unpack_from(">L4s", content, at)
        end = at + 8 + length
        if content[end : end + 4] != struct.pack(">L", zlib.crc32(content[at + 4 : end])):
            raise Damaged
        at = end + 4
    if name != b"IEND" or at != len(content):
        raise Damaged
    return content
