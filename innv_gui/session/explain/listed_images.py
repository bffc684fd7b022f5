"""Images that are given one by one: the dataset that they come from, names by which they are told apart, labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from innv_gui.class_names import map_by_name
from innv_gui.datasets.names import shown
from innv_gui.records import ClassNames, ImageRef
from innv_gui.session.datasets import Dataset
from innv_gui.session.labels import LabelFit

if TYPE_CHECKING:
    from innv_gui.session.explain.request import Item


def as_part(images, datasets: Iterable[Dataset]):
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
    return None if found is None else dataset[np.asarray(found, np.int64)]


def told_apart(refs: Sequence[ImageRef]) -> list[ImageRef]:
    """The same images; those of one name are called by as many of their folders as it takes, "b/cat/1.png"."""
    heads = [_folders(ref) for ref in refs]
    depths = [0] * len(refs)
    while True:
        told = [_called(*one) for one in zip(refs, heads, depths, strict=True)]
        several = Counter(ref.name for ref in set(told))
        short = [at for at, ref in enumerate(told) if several[ref.name] > 1 and depths[at] < len(heads[at])]
        if not short:
            return told
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


def fit_of_listed(naming: ClassNames, items: Sequence[Item]) -> LabelFit:
    """How the labels of images of no one dataset fit a model's classes: by name."""
    counts = Counter(item.label for item in items if item.label is not None)
    return LabelFit(map_by_name(naming.names, tuple(counts))[0], counts, n_unlabelled=len(items) - counts.total())
