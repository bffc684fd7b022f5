"""A path a person names -> the collection of images behind it."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Sequence
from dataclasses import replace

from innv_gui.datasets.addresses import is_address, open_address, plain
from innv_gui.datasets.collection import Collection
from innv_gui.datasets.containers import open_container
from innv_gui.datasets.folder import open_folder, open_image
from innv_gui.datasets.formats import (
    CONTAINERS,
    IMAGE_EXTENSIONS,
    OTHER_PICTURES,
    READABLE,
    SNIFF_BYTES,
    extension,
    sniffed,
    why_no_image,
)
from innv_gui.datasets.manifest import open_manifest, table_within
from innv_gui.datasets.names import quoted
from innv_gui.errors import BadInput

EXPECTED = "Expected a folder of images, an image, a CSV or Parquet list (path, label), or a .npy, .npz or HDF5 file."


def open_dataset(
    path: str | os.PathLike, labels: Sequence | None = None, anywhere: bool = False, sent: bool = False
) -> Collection:
    """Opens a folder, an image, a manifest or a file of arrays. Lists names; decodes no image.

    labels: one text per image in the collection's order, in place of the labels that are found. anywhere: a manifest
    may list images outside its own folder, and links in a folder are followed; say so only for a path that was named
    on the command line, never for an upload. sent: a folder is what a person has just uploaded, in which one table
    lists the images. Raises BadInput (field "images") in a sentence that names the file.
    """
    begun, path = time.time_ns(), plain(os.fspath(path))
    table = table_within(path) if sent and os.path.isdir(path) else None
    return replace(_opened(table or path, labels, anywhere), opened_ns=begun)


def _opened(path: str, labels: Sequence | None, anywhere: bool) -> Collection:
    if is_address(path):
        return open_address(path, labels)
    name = os.path.basename(os.path.normpath(path))
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            return open_folder(path, labels, follow=anywhere)
        if not stat.S_ISREG(mode):
            raise BadInput(f"{quoted(name)} is neither a folder nor a regular file.", EXPECTED, field="images")
        kind = _kind(path, name)
        if kind == "image":
            return open_image(path, labels)
        if kind in ("csv", "parquet"):
            return open_manifest(path, kind, labels, anywhere)
        return open_container(path, kind, labels)
    except (FileNotFoundError, NotADirectoryError):
        raise BadInput(f"There is no folder or file {quoted(path)}.", "Check the path.", field="images") from None
    except OSError as error:
        reason = error.strerror or "the system refuses it"
        raise BadInput(f"{quoted(name)} cannot be read: {reason}.", EXPECTED, field="images") from None
    except ValueError:  # a zero byte in the path
        raise BadInput(f"{quoted(path)} is not a path.", EXPECTED, field="images") from None


def _kind(path: str, name: str) -> str:
    """image, csv, parquet, npy, npz or hdf5. Content comes first: extensions are often wrong."""
    with open(path, "rb") as file:
        first = file.read(SNIFF_BYTES)
    if not first:
        raise BadInput(f"{quoted(name)} is empty: it has no bytes.", EXPECTED, field="images")
    kind, suffix = sniffed(first), extension(name)
    if kind is not None:
        return kind
    if CONTAINERS.get(suffix) == "csv":
        return "csv"
    if suffix in CONTAINERS:
        raise BadInput(f"{quoted(name)} is not what its extension {suffix} says.", EXPECTED, field="images")
    if suffix in IMAGE_EXTENSIONS:
        raise BadInput(f"{quoted(name)} is not an image, whatever its extension says.", _READ, field="images")
    reason = why_no_image(name) if suffix in OTHER_PICTURES else "holds no images."
    raise BadInput(f"{quoted(name)} {reason}", EXPECTED, field="images")


_READ = f"Expected {READABLE}."
