"""Large arrays as raw files beside a small record with their shape and checksum; read as they are, never unpickled."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from innv_gui.store.files import check_free, private_folder, told, write_bytes
from innv_gui.store.kept_files import Damaged, read_record, sound, write_record

KINDS = ("float32", "uint8")


@dataclass(frozen=True)
class Kept:
    """values: as they were put; more: the facts that were put with them."""

    values: np.ndarray = field(repr=False)
    more: dict[str, Any] = field(default_factory=dict)


def record_path(path: Path) -> Path:
    """Where the shape and the checksum of a raw file are."""
    return path.with_suffix(".json")


def put(path: Path, values: np.ndarray, more: dict[str, object] | None = None) -> None:
    """Keep an array. more: facts for its record."""
    content = np.ascontiguousarray(values)
    write_bytes(path, content.tobytes())
    sign(path, values.shape, str(content.dtype), zlib.crc32(content.data), more)


def write_blocks(path: Path, blocks: Iterable[np.ndarray]) -> None:
    """Blocks (m, D) float32 one behind the other, for a worker to read; without a record."""
    check_free(path)
    with told(path):
        private_folder(path.parent)
        with open(path, "wb") as file:
            for block in blocks:
                file.write(np.ascontiguousarray(block, np.float32).tobytes())


def sign(path: Path, shape: Sequence[int], kind: str, check: int, more: dict[str, object] | None = None) -> None:
    """Write the record of a raw file that is there."""
    facts = {"shape": [int(one) for one in shape], "kind": kind, "crc": int(check), "more": more or {}}
    write_record(record_path(path), facts)


def _record(path: Path) -> dict[str, Any] | None:
    """None where there is none, or the file has another size."""
    record = read_record(record_path(path), _check)
    if record is None or not path.exists():
        return None
    size = int(np.prod(record["shape"])) * np.dtype(record["kind"]).itemsize
    return record if os.path.getsize(path) == size else None


def get(path: Path) -> Kept | None:
    """The array and its facts, or None where there is none, or its bytes have changed."""
    record = _record(path)
    if record is None:
        return None

    def read(path: Path) -> Kept:
        values = np.fromfile(path, record["kind"]).reshape(record["shape"])
        if zlib.crc32(values.data) != record["crc"]:
            raise Damaged
        return Kept(values, record["more"])

    return sound(path, read)


def _check(record: dict[str, Any]) -> None:
    shape = record["shape"]
    if not isinstance(shape, list) or not all(isinstance(one, int) and one >= 0 for one in shape):
        raise Damaged
    if record["kind"] not in KINDS or not isinstance(record["crc"], int) or not isinstance(record["more"], dict):
        raise Damaged
