"""The weights of a .pth file as arrays, without torch: the layout that torch wrote before version 1.6, which is no zip.

Five pickles (a number that marks the format, its version, the machine, the tensors, the keys of their numbers), then
for each key a count and the numbers.
"""

from __future__ import annotations

import hashlib
import io
import math
import struct
from pathlib import Path

import numpy as np

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files import torch_pickle
from innv_gui.runtimes.keras.files.torch_pickle import View

MARK, VERSION = 0x1950A86A20F9469CFC6C, 1001
MOST_BYTES = 64 * 2**20
MOST_AXES = 8


def weights(path: Path, sha256: str) -> dict[str, np.ndarray]:
    """Name -> array, float32 or int64, of the one file that has this hash. Raises ModelRefused, OSError."""
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ModelRefused(f"{path.name} is not the file that was expected: its SHA-256 is not {sha256[:12]}....")
    return tensors(content, path.name)


def tensors(content: bytes, what: str) -> dict[str, np.ndarray]:
    """Name -> array. Raises ModelRefused; what: the file's name."""
    if len(content) > MOST_BYTES:
        raise ModelRefused(f"{what} is larger than the {MOST_BYTES >> 20} MB that are read.")
    file = io.BytesIO(content)
    if torch_pickle.value(file, what) != MARK or torch_pickle.value(file, what) != VERSION:
        raise ModelRefused(f"{what} is not a file of weights of the expected format.")
    torch_pickle.value(file, what)  # the machine: its numbers are little-endian on every one that torch ran on
    views, keys = torch_pickle.value(file, what), torch_pickle.value(file, what)
    if not isinstance(views, dict) or not all(isinstance(one, View) for one in views.values()):
        raise ModelRefused(f"{what} contains more than tensors.")
    try:
        stored = _stored(file, keys, {one.stored.key: one.stored.dtype for one in views.values()})
        return {name: _array(view, stored[view.stored.key]) for name, view in views.items()}
    except (LookupError, ValueError, TypeError, struct.error):
        raise ModelRefused(f"{what} is damaged or cut short: its numbers do not fit its tensors.") from None


def _stored(file: io.BytesIO, keys: list[str], dtypes: dict[str, str]) -> dict[str, np.ndarray]:
    stored = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        size = count * np.dtype(dtypes[key]).itemsize
        if count < 0 or size > MOST_BYTES:
            raise ValueError("a count that no file of this size has")
        stored[key] = np.frombuffer(file.read(size), dtypes[key], count)
    return stored


def _array(view: View, row: np.ndarray) -> np.ndarray:
    """The tensor as an array. Its axes may lie in any order; no step leads out of its row."""
    shape, steps = tuple(view.shape), tuple(view.steps)
    whole = all(type(one) is int and one >= 0 for one in (view.offset, *shape, *steps))
    if not whole or len(shape) != len(steps) or len(shape) > MOST_AXES or math.prod(shape) > len(row):
        raise ValueError("not a part of its numbers")
    last = view.offset + sum((size - 1) * step for size, step in zip(shape, steps, strict=True))
    if 0 in shape or last >= len(row):
        raise ValueError("a part that reaches beyond its numbers")
    taken = np.lib.stride_tricks.as_strided(row[view.offset :], shape, [step * row.itemsize for step in steps])
    return taken.copy()
