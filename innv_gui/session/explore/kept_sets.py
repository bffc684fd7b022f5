"""Where named sets of a dataset's images are kept: one record per place in a folder, by names of images."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from innv_gui.datasets import Collection
from innv_gui.session.datasets import collection_key
from innv_gui.store.named_sets import NamedSets, read_masks, read_sets, write_sets


def key_within(key: str, name: str) -> str:
    """Key of what is kept of a named part of that which has this key."""
    return hashlib.sha256(f"{key}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()


def sets_path(folder: Path, key: str) -> Path:
    """The record of a dataset. key: `place_key`, or that of a part."""
    return folder / f"{key[:32]}.json"


def kept_sets(folder: Path, key: str, collection: Collection, most: int, images: Callable[[], list[str]]) -> NamedSets:
    """What is kept of a dataset, with what earlier versions kept of the collection; images: what each is known as."""
    return with_earlier(read_sets(sets_path(folder, key), most), folder, collection, most, images)


def keep_sets(folder: Path, key: str, sets: NamedSets) -> None:
    """Keep all of them, also none. Raises StorageFailed."""
    write_sets(sets_path(folder, key), sets)


def with_earlier(
    sets: NamedSets, folder: Path, collection: Collection, most: int, images: Callable[[], list[str]]
) -> NamedSets:
    """With what an earlier version kept of a collection by position, once.

    It named the record by names, labels and place, before that by names and labels alone. Where only a record of that
    kind exists, it counts for every collection of these names: which one it was made for is not known.
    """
    names = (collection_key(collection)[:32], collection.fingerprint[:32])
    name = next((name for name in names if (folder / f"{name}.json").exists()), None)
    if name is None or name in sets.taken_in:
        return sets
    known_as = images()
    for found, mask in read_masks(folder / f"{name}.json", collection.n, most).items():
        if found in sets.masks or len(sets.masks) < most:
            sets = sets.marked(found, [known_as[row] for row in np.flatnonzero(mask).tolist()], True)
    return replace(sets, taken_in=(*sets.taken_in, name))
