"""Arrays in .npy and .npz files. Headers are read and checked before anything is allocated; nothing is unpickled."""

from __future__ import annotations

import lzma
import os
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import BinaryIO

import numpy as np

from innv_gui.datasets.collection import ProblemList
from innv_gui.datasets.declared import held_in
from innv_gui.datasets.formats import is_picture_name
from innv_gui.datasets.layout import NotImages
from innv_gui.file_state import file_state

MAX_UNPACKED = 2**30  # bytes of one compressed array, which has to be held whole
_HEADER_BYTES = 10_000
_LOCAL_HEADER = struct.Struct("<26xHH")  # of a zip member: the lengths of its name and of its extra field
# What numpy and zipfile raise on damaged files; headers pass through Python's tokenizer.
BROKEN = (
    *(OSError, ValueError, EOFError, RuntimeError, NotImplementedError, SyntaxError, TypeError, OverflowError),
    *(tokenize.TokenError, struct.error, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
)


class Unreadable(NotImages):
    """An array that is left alone because of what its header says."""


@dataclass(frozen=True)
class Stored:
    """One array in a file. row(index) reads one row, whole() all of it; the file is open only meanwhile.

    held: bytes that are in the file for it at most, packed or not.
    """

    shape: tuple[int, ...]
    dtype: np.dtype
    held: int
    row: Callable[[int], np.ndarray] = field(repr=False, compare=False)
    whole: Callable[[], np.ndarray] = field(repr=False, compare=False)


@dataclass(frozen=True)
class _Header:
    shape: tuple[int, ...]
    fortran: bool
    dtype: np.dtype
    n_bytes: int  # of the header itself

    @property
    def payload(self) -> int:
        """Bytes of the numbers."""
        return _size(self.shape) * self.dtype.itemsize


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= int(length)  # Python's integers: a hostile header must not overflow
    return size


def _header(file: BinaryIO) -> _Header:
    version = np.lib.format.read_magic(file)
    if version not in ((1, 0), (2, 0)):
        raise Unreadable("holds records; expected numbers")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read(file, max_header_size=_HEADER_BYTES)
    if dtype.hasobject:
        raise Unreadable("holds Python objects, which are never loaded; expected numbers")
    if dtype.itemsize == 0 or any(length < 0 for length in shape):
        raise Unreadable(f"declares the shape {shape} of {dtype}, which no array has")
    return _Header(tuple(shape), fortran, dtype, file.tell())


def npy_arrays(path: str) -> dict[str | None, Stored]:
    """The one array of a .npy file, under the name None."""
    with open(path, "rb") as file:
        header = _header(file)
    if header.payload > os.path.getsize(path) - header.n_bytes:
        raise NotImages("is cut short: its header declares more numbers than there are")
    return {None: _placed(path, 0, header, held_in(path))}


def _placed(path: str, start: int, header: _Header, held: int) -> Stored:
    """An uncompressed array. Read, not memory-mapped: a file that shrinks would then kill the process."""
    start += header.n_bytes
    if header.fortran:
        whole = lambda: _read(path, start, header.payload, header.dtype).reshape(header.shape, order="F")  # noqa: E731
        return Stored(header.shape, header.dtype, held, lambda index: _fortran_row(path, start, header, index), whole)
    inner = header.shape[1:]
    row_bytes = _size(inner) * header.dtype.itemsize
    row = lambda i: _read(path, start + i * row_bytes, row_bytes, header.dtype).reshape(inner)  # noqa: E731
    whole = lambda: _read(path, start, header.payload, header.dtype).reshape(header.shape)  # noqa: E731
    return Stored(header.shape, header.dtype, held, row, whole)


def _read(path: str, start: int, n_bytes: int, dtype: np.dtype) -> np.ndarray:
    with open(path, "rb") as file:
        file.seek(start)
        content = file.read(n_bytes)
    if len(content) < n_bytes:
        raise NotImages("is cut short: the numbers end too early")
    return np.frombuffer(content, dtype)


def _fortran_row(path: str, start: int, header: _Header, index: int) -> np.ndarray:
    """A row of an array whose first axis runs fastest; its numbers lie all over the file."""
    if header.payload > MAX_UNPACKED:
        raise NotImages("is stored column by column and too large for that; save np.ascontiguousarray(x)")
    whole = _fortran(path, start, header, *file_state(path))
    return whole[index]


@lru_cache(maxsize=1)
def _fortran(path: str, start: int, header: _Header, *_changed) -> np.ndarray:
    return _read(path, start, header.payload, header.dtype).reshape(header.shape, order="F")


def npz_arrays(path: str, problems: ProblemList | None = None) -> dict[str | None, Stored]:
    """The arrays of a .npz file by name; members that are no arrays of numbers or text are added to the problems."""
    problems, found = problems or ProblemList(), {}
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        if any(map(is_picture_name, names)) and not any(name.endswith(".npy") for name in names):
            raise NotImages("is a packed folder of images; unpack it, and open that folder")
        for member in archive.infolist():
            name = member.filename.removesuffix(".npy")
            if name == member.filename:
                continue
            try:
                found[name] = _member(path, archive, member)
            except Unreadable as error:
                problems.add(name, f"{str(error).removesuffix('; expected numbers')}; {_AS_PLAIN}.")
    return found


_AS_PLAIN = "save it as an array of plain text or whole numbers, such as np.array(list(values), dtype=str)"


def _member(path: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Stored:
    with archive.open(member) as file:
        header = _header(file)
    if header.payload != member.file_size - header.n_bytes:
        raise NotImages(f"is damaged: {member.filename} declares another size than it has")
    if member.compress_type == zipfile.ZIP_STORED:
        return _placed(path, _start_of(path, member), header, held_in(path))
    return Stored(
        header.shape,
        header.dtype,
        min(member.compress_size, held_in(path)),
        lambda index: _unpacked_now(path, member.filename, header)[index],
        lambda: _unpacked_now(path, member.filename, header),
    )


def _start_of(path: str, member: zipfile.ZipInfo) -> int:
    with open(path, "rb") as file:
        file.seek(member.header_offset)
        lengths = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    return member.header_offset + _LOCAL_HEADER.size + sum(lengths)


def _unpacked_now(path: str, member: str, header: _Header) -> np.ndarray:
    if header.payload > MAX_UNPACKED:
        raise NotImages(
            f"is compressed and {header.payload / 2**30:.1f} GiB large; up to {MAX_UNPACKED >> 30} GiB are unpacked"
            " (np.savez and np.save store without compression, of any size)"
        )
    return _unpacked(path, member, header, *file_state(path))


@lru_cache(maxsize=1)
def _unpacked(path: str, member: str, header: _Header, *_changed) -> np.ndarray:
    with zipfile.ZipFile(path) as archive, archive.open(member) as file:
        content = file.read(header.n_bytes + header.payload)
    if len(content) < header.n_bytes + header.payload:
        raise NotImages("is cut short: the numbers end too early")
    order = "F" if header.fortran else "C"
    return np.frombuffer(content, header.dtype, offset=header.n_bytes).reshape(header.shape, order=order)
