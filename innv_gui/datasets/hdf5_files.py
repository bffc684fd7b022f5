"""Arrays in HDF5 files, reached by hard links alone.

HDF5 can point out of itself: soft and external links, external storage, virtual datasets; and it can ask for filter
plug-ins. h5py follows all of that to any file of this machine, so it is looked at first and never touched.
The HDF5 library can crash on a damaged file (seen with text of variable length): this runs in workers, which may die.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import h5py
import numpy as np

from innv_gui.datasets.collection import ProblemList
from innv_gui.datasets.declared import held_in
from innv_gui.datasets.layout import MAX_ROW_BYTES, NotImages
from innv_gui.datasets.numpy_files import Stored

MAX_OBJECTS = 100_000
MAX_DEPTH = 40
PACKED_BYTES = 64 * 2**20  # of rows that are packed together: up to here all of them are kept when one is read
WHOLE_BYTES = 2**20  # HDF5 keeps pieces up to here, and so reads all of one
BROKEN = (OSError, KeyError, RuntimeError, ValueError, TypeError)
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32, h5py.h5z.FILTER_LZF}
_KERAS = ("model_weights", "layers", "_layer_checkpoint_dependencies", "optimizer_weights")


def hdf5_arrays(path: str, problems: ProblemList | None = None) -> dict[str | None, Stored]:
    """The arrays of a file by their path inside it; what leads elsewhere is added to the problems."""
    with _opened(path) as file:
        if any(name in file for name in _KERAS) or "layer_names" in file.attrs or "model_config" in file.attrs:
            raise NotImages("is a Keras model, not a dataset; give it as a model")
        walk = _Walk(path, held_in(path), problems or ProblemList())
        walk.group(file, "", 0)
    return walk.found


def _opened(path: str) -> h5py.File:
    return h5py.File(path, "r", locking=False)


@dataclass
class _Walk:
    path: str
    held: int  # bytes of the file
    problems: ProblemList
    found: dict[str | None, Stored] = field(default_factory=dict)
    seen: set = field(default_factory=set)

    def group(self, group: h5py.Group, prefix: str, depth: int) -> None:
        """Notes the arrays of a group and goes down; a group met before is not walked again."""
        for name in group:
            key = prefix + name
            reason = _why_not(group, name)
            if reason is None and (depth > MAX_DEPTH or len(self.seen) > MAX_OBJECTS):
                raise NotImages("holds too many objects, or nests them too deeply")
            if reason is not None:
                self.problems.add(key, reason)
                continue
            child = group[name]
            address = h5py.h5o.get_info(child.id).addr
            if address in self.seen:
                continue
            self.seen.add(address)
            if isinstance(child, h5py.Group):
                self.group(child, key + "/", depth + 1)
            elif isinstance(child, h5py.Dataset) and child.shape is not None:
                self.found[key] = _stored(self.path, key, child, self.held)


def _stored(path: str, key: str, dataset: h5py.Dataset, file_held: int) -> Stored:
    held = min(dataset.id.get_storage_size(), file_held)
    whole = lambda: np.asarray(_read(path, key, ()))  # noqa: E731
    return Stored(dataset.shape, dataset.dtype, held, _row_reader(path, key, dataset), whole)


def _row_reader(path: str, key: str, dataset: h5py.Dataset) -> Callable[[int], np.ndarray]:
    """row(index). One row takes as long to unpack as all that are packed with it, by default hundreds of small ones."""
    together = _packed_together(dataset)
    row_bytes = dataset.dtype.itemsize * int(np.prod(dataset.shape[1:], dtype=object))
    if together == 1 or together * row_bytes > PACKED_BYTES:
        return lambda index: _read(path, key, index)
    version = object()  # of the file: whoever sees that it was written again makes another reader
    return lambda index: _packed(path, key, index // together, together, version)[index % together].copy()


def _packed_together(dataset: h5py.Dataset) -> int:
    """How many rows HDF5 reads for one: a large piece that is not packed is read in part."""
    if not dataset.chunks or dataset.dtype.hasobject:
        return 1
    piece_bytes = dataset.dtype.itemsize * int(np.prod(dataset.chunks, dtype=object))
    read_whole = dataset.id.get_create_plist().get_nfilters() or piece_bytes <= WHOLE_BYTES
    return dataset.chunks[0] if read_whole else 1


@lru_cache(maxsize=2)
def _packed(path: str, key: str, block: int, rows: int, version: object) -> np.ndarray:
    return _read(path, key, slice(block * rows, (block + 1) * rows))


def _why_not(group: h5py.Group, name: str) -> str | None:
    """Why a member is not touched; None for a group or an array that lies in this very file."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        return "is a link to another place or file; it is not followed."
    found = group[name]  # opening looks at nothing outside yet
    if not isinstance(found, h5py.Dataset):
        return None
    stored = found.id.get_create_plist()
    if stored.get_layout() == h5py.h5d.VIRTUAL:
        return "is a virtual dataset, which leads to other files; it is not followed."
    if stored.get_external_count():
        return "is stored in another file; it is not followed."
    if any(stored.get_filter(index)[0] not in _FILTERS for index in range(stored.get_nfilters())):
        return "is packed with a filter that is not known here; save it with gzip or without compression."
    if found.chunks and int(np.prod(found.chunks, dtype=object)) * found.dtype.itemsize > MAX_ROW_BYTES:
        return "is stored in unreasonably large pieces."
    return None


def _read(path: str, key: str, selection) -> np.ndarray:
    """Part of an array; every step to it is looked at again, since the file may have been exchanged."""
    with _opened(path) as file:
        found: h5py.Group | h5py.Dataset = file
        for name in key.split("/"):
            reason = _why_not(found, name) if isinstance(found, h5py.Group) and name in found else "is gone."
            if reason is not None:
                raise NotImages(f"cannot be read: {key} {reason.rstrip('.')}")
            found = found[name]
        if h5py.check_string_dtype(found.dtype):
            found = found.asstr(errors="backslashreplace")
        return found[selection]
