"""Where named choices of a dataset's images are kept: one file per dataset in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from innv_gui.datasets import Collection
from innv_gui.session.datasets import collection_key
from innv_gui.store.named_masks import read_masks, write_masks


def masks_path(folder: Path, collection: Collection) -> Path:
    """The file of a collection: of its names, labels and place."""
    return folder / f"{collection_key(collection)[:32]}.json"


def kept_masks(folder: Path, collection: Collection, most: int) -> dict[str, np.ndarray]:
    """Name -> (n,) bool, at most `most` of them.

    Earlier versions named the file by names and labels alone. Where only such a file exists, it counts for every
    collection of these names, wherever it is: which one it was made for is not known. What is changed is then kept for
    the collection alone, and the file of before counts no longer for it.
    """
    path, before = masks_path(folder, collection), folder / f"{collection.fingerprint[:32]}.json"
    return read_masks(path if path.exists() or not before.exists() else before, collection.n, most)


def keep_masks(folder: Path, collection: Collection, masks: dict[str, np.ndarray]) -> None:
    """Keep all of them, also none. Raises StorageFailed."""
    write_masks(masks_path(folder, collection), masks, collection.n)
