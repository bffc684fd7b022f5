"""Images that are given one by one: the dataset that they come from, names by which they are distinguished."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from innv_gui.datasets.names import shown
from innv_gui.records import ImageRef
from innv_gui.session.datasets import Dataset


def as_part(images: Any, datasets: Iterable[Dataset]) -> Any:
    """The part of an open dataset that a list of its images is; anything else as it is."""
    if isinstance(images, Iterator):
        images = list(images)
    refs = [images] if isinstance(images, ImageRef) else images
    if not isinstance(refs, Sequence) or not refs or not all(isinstance(ref, ImageRef) for ref in refs):
        return images
    found = (_part(dataset, refs) for dataset in datasets)
    return next((part for part in found if part is not None), images)


def _part(dataset: Dataset, refs: Sequence[ImageRef]) -> Dataset | None:
    """None where one of them is none of the dataset's."""
    found = dataset.collection.positions_of(refs)
    return None if found is None else Dataset(dataset.id, dataset.name, dataset.collection, np.asarray(found))


def distinguished(refs: Sequence[ImageRef]) -> list[ImageRef]:
    """The same images; those of one name are called by as many of their folders as it takes, "b/cat/1.png"."""
    heads = [_folders(ref) for ref in refs]
    depths = [0] * len(refs)
    while True:
        named = [_called(*one) for one in zip(refs, heads, depths, strict=True)]
        several = Counter(ref.name for ref in set(named))
        short = [at for at, ref in enumerate(named) if several[ref.name] > 1 and depths[at] < len(heads[at])]
        if not short:
            return named
        for at in short:
            depths[at] += 1


def _called(ref: ImageRef, folders: Sequence[str], depth: int) -> ImageRef:
    """With so many of its folders before its name."""
    return replace(ref, name="/".join((*folders[len(folders) - depth :], ref.name))) if depth else ref


def _folders(ref: ImageRef) -> list[str]:
    """The folders above what an image is called; of a row of an array, those above its file."""
    path = shown(ref.path)
    above = path.removesuffix(f"/{ref.name}") if ref.index is None else path.rpartition("/")[0]
    return [] if above == path else above.split("/")
