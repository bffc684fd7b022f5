"""Several arrays in one .npz file, read as strictly as they were written: nothing is unpickled, nothing is unpacked.

Members are stored, not packed, so that a file cannot ask for more memory than it has bytes; zip's checksums show bits
that have turned.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO

import numpy as np
from numpy.lib import format as npy

from innv_gui.store.files import written
from innv_gui.store.kept_files import Damaged, sound

KINDS = {np.dtype(name) for name in ("float32", "float64", "int64", "int8", "uint8")}
SUFFIX = ".npy"


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Keep arrays by name, atomically."""
    with written(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def numbered(name: str, arrays: Iterable[np.ndarray]) -> dict[str, np.ndarray]:
    """Several arrays under one name: name_0, name_1, ..."""
    return {f"{name}_{k}": array for k, array in enumerate(arrays)}


def in_order(name: str, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """Those of `numbered` again."""
    count = sum(one.startswith(f"{name}_") for one in arrays)
    return tuple(arrays[f"{name}_{k}"] for k in range(count))


def read_arrays(path: Path, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, np.ndarray] | None:
    """The arrays whose names are wanted; None where there is no such file, or it is not what was written."""
    return sound(path, lambda path: _read(path, wanted))


def _read(path: Path, wanted: Callable[[str], bool]) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as stored:
        members = {one.filename.removesuffix(SUFFIX): one for one in stored.infolist()}
        return {name: _member(stored, one) for name, one in members.items() if wanted(name)}


def _member(stored: zipfile.ZipFile, one: zipfile.ZipInfo) -> np.ndarray:
    if one.compress_type != zipfile.ZIP_STORED or one.compress_size != one.file_size:
        raise Damaged
    with stored.open(one) as file:
        shape, fortran, kind = _header(file)
        content = file.read()  # zip's checksum is compared at its end
    if fortran or kind not in KINDS or len(content) != _size(shape) * kind.itemsize:
        raise Damaged
    return np.frombuffer(content, kind).reshape(shape)


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype]:
    version = npy.read_magic(file)
    if version != (1, 0):
        raise Damaged
    return npy.read_array_header_1_0(file)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
