"""Walks the tree of an HDF5 file before anything is read from it.

HDF5 can point out of itself (external links, external storage, virtual datasets), load filter plug-ins, and declare
sizes it does not hold. None of that is in a file that Keras wrote, and any of it is refused.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import BinaryIO

import h5py

from innv_gui.errors import ModelRefused
from innv_gui.runtimes.keras.files.quoting import quoted

MAX_DECLARED = 8 * 2**30  # bytes, all datasets together
MAX_OBJECTS = 200_000
MAX_DEPTH = 60
MAX_ATTRIBUTE = 64 * 2**20  # bytes; a model's configuration is one
EXPANSION = 200  # a dataset may be larger than its file by compression, but not by more than this
SLACK = 64 * 2**20  # bytes that any small file may declare
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32, h5py.h5z.FILTER_LZF}
COPY_AGAIN = "Copy or download the file again; compare its size with that of the original."
_DAMAGE = (OSError, KeyError, RuntimeError, ValueError, TypeError)  # what h5py raises over damaged bytes
_KINDS = "fiubSV"  # numbers and fixed-size bytes; V is how bfloat16 is kept


def opened(stream: BinaryIO, file: str) -> h5py.File:
    """The file behind a stream, opened read-only and checked all through; raises ModelRefused."""
    try:
        tree = h5py.File(stream, "r")
        check(tree, file, stream.seek(0, os.SEEK_END))
    except ModelRefused:
        raise
    except _DAMAGE as error:
        raise _damaged(file) from error
    return tree


def text_attribute(tree: h5py.File, name: str, file: str) -> str | None:
    """An attribute of the root as text, or None without it."""
    try:
        value = tree.attrs.get(name)
        return value.decode("utf-8") if isinstance(value, bytes) else value if value is None else str(value)
    except _DAMAGE as error:
        raise _damaged(file) from error


def _damaged(file: str) -> ModelRefused:
    return ModelRefused(f"{file} is damaged or cut short: HDF5 cannot read it.", COPY_AGAIN)


def count_of(tree: h5py.File, file: str) -> int:
    """How many numbers a checked tree holds."""
    sizes: list[int] = []

    def add(_, item) -> None:
        sizes.append(item.size if isinstance(item, h5py.Dataset) and item.size else 0)

    try:
        tree.visititems(add)
    except _DAMAGE as error:
        raise _damaged(file) from error
    return sum(sizes)


def check(tree: h5py.File, file: str, n_bytes: int) -> None:
    """Raises ModelRefused when anything in the tree points elsewhere or declares too much."""
    limit = min(MAX_DECLARED, EXPANSION * n_bytes + SLACK)
    _Walk(file, limit).group(tree, 0)


@dataclass
class _Walk:
    file: str
    limit: int  # bytes
    declared: int = 0
    seen: set = field(default_factory=set)

    def group(self, group: h5py.Group, depth: int) -> None:
        """Checks what the group holds and goes down; a group met before is not walked again."""
        if depth > MAX_DEPTH or len(self.seen) > MAX_OBJECTS:
            raise ModelRefused(f"{self.file} holds too many objects, or nests them too deeply.")
        self.attributes(group)
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                raise self.outside(name, "a link that leads to another place or file")
            child = group[name]
            address = h5py.h5o.get_info(child.id).addr
            if address in self.seen:
                continue
            self.seen.add(address)
            if isinstance(child, h5py.Group):
                self.group(child, depth + 1)
            elif isinstance(child, h5py.Dataset):
                self.dataset(child, name)
            else:
                raise ModelRefused(f"{self.file}: {quoted(name)} is neither a group nor an array.")

    def dataset(self, dataset: h5py.Dataset, name: str) -> None:
        """The layout comes first: asking a virtual dataset for its shape can already open another file."""
        plist = dataset.id.get_create_plist()
        if plist.get_layout() == h5py.h5d.VIRTUAL:
            raise self.outside(name, "a virtual dataset")
        if plist.get_external_count():
            raise self.outside(name, "external storage")
        for index in range(plist.get_nfilters()):
            if plist.get_filter(index)[0] not in _FILTERS:
                raise ModelRefused(f"{self.file}: {quoted(name)} is packed with an unknown filter.")
        if dataset.dtype.kind not in _KINDS:
            raise ModelRefused(f"{self.file}: {quoted(name)} does not hold numbers.")
        self.declared += dataset.size * dataset.dtype.itemsize if dataset.size else 0
        if self.declared > self.limit:
            raise ModelRefused(
                f"{self.file}: {quoted(name)} declares {dataset.size * dataset.dtype.itemsize:,} bytes,"
                " far more than the file can hold."
            )
        self.attributes(dataset)

    def attributes(self, item: h5py.HLObject) -> None:
        """Refuses attributes of unreasonable size."""
        for name in item.attrs:
            attribute = item.attrs.get_id(name)
            count = attribute.get_space().get_simple_extent_npoints()
            if count * attribute.get_type().get_size() > MAX_ATTRIBUTE:
                raise ModelRefused(f"{self.file}: the attribute {quoted(name)} is unreasonably large.")

    def outside(self, name: str, what: str) -> ModelRefused:
        """The refusal of anything that points out of the file."""
        return ModelRefused(
            f"{self.file}: {quoted(name)} is {what}, which Keras never writes.", "Save the model again with Keras."
        )
