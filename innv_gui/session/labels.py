"""Which of a dataset's labels is which class of a model, by name, number or hand, and how many images are left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from innv_gui.class_names import map_by_name
from innv_gui.errors import BadInput
from innv_gui.records import ClassNames, LabelClass, Model
from innv_gui.session.datasets import Dataset, collection_key, place_key
from innv_gui.session.naming import IN_ARRAYS, is_whole, naming_of

LISTED = 5


@dataclass(frozen=True)
class LabelFit:
    """How a dataset's labels fit a model. class_of: label -> class index; counts: label -> images, all labels.

    by_hand: the labels that a person mapped. n_unlabelled: images without a label. by_position: the labels are no
    names of classes, and are assumed to be their numbers.
    """

    class_of: Mapping[str, int]
    counts: Mapping[str, int]
    by_hand: frozenset[str] = field(default=frozenset())
    n_unlabelled: int = 0
    by_position: bool = False

    def assumption(self, name: str) -> str:
        """What is assumed of the labels beside the model of this name, a sentence; empty where nothing is."""
        if not self.by_position:
            return ""
        return f"The labels are assumed to be the class numbers of {name}, since they are none of its class names."

    @property
    def n_images(self) -> int:
        """All images."""
        return sum(self.counts.values()) + self.n_unlabelled

    @property
    def without(self) -> dict[str, int]:
        """Label -> images, of labels that are no class of the model's."""
        return {label: n for label, n in self.counts.items() if n and label not in self.class_of}

    @property
    def n_without_class(self) -> int:
        """Images whose label is no class of the model's, or that have no label while others have."""
        return sum(self.without.values()) + self.n_unlabelled if any(self.counts.values()) else 0

    def sentence(self, name: str) -> str:
        """ "12 of 80 images have no class of resnet's: labels crane, maillot."; empty when all have."""
        if not self.n_without_class:
            return ""
        verb = "matches" if self.n_without_class == 1 else "match"
        words = f"{self.n_without_class:,} of {self.n_images:,} images {verb} no class of {name}"
        return f"{words}: {'; '.join(self._reasons())}."

    def _reasons(self) -> list[str]:
        labels = list(self.without)
        told = [f"label{'' if len(labels) == 1 else 's'} {_some(labels)}"] if labels else []
        return told + ([f"{self.n_unlabelled:,} without a label"] if self.n_unlabelled else [])


def class_of_label(model: Model, dataset: Dataset, naming: ClassNames | None = None) -> dict[str, int]:
    """The dataset's labels that are classes of the model: by name, else by number, and by hand.

    naming: where it is not the usual one beside this dataset.
    """
    return _found(model, dataset, naming)[0]


def _found(model: Model, dataset: Dataset, naming: ClassNames | None = None) -> tuple[dict[str, int], bool]:
    """(label -> class, whether that is assumed by number)."""
    names, hand = (naming or naming_of(model, dataset)).names, by_hand(model, dataset)
    named = map_by_name(names, dataset.class_names or ())[0]
    placed = {} if named else _by_position(names, dataset)
    return named | placed | hand, bool(placed.keys() - hand.keys())


def _by_position(names: Sequence[str], dataset: Dataset) -> dict[str, int]:
    """Numbers beside an array as class numbers, where all are below the number of classes and no class is a number."""
    order = dataset.keras_class_names if dataset.collection.kind in IN_ARRAYS else None
    if order is None or len(order) > len(names) or any(is_whole(name) for name in names):
        return {}
    return {label: int(label) for label in dataset.class_names or ()}


def is_by_position(model: Model, dataset: Dataset) -> bool:
    """Whether the labels are only assumed to be the numbers of the model's classes."""
    return _found(model, dataset)[1]


def why_no_class(model: Model, dataset: Dataset) -> tuple[str, str]:
    """(that no label is a class of the model, what to do about it)."""
    said, naming = f"No label of {dataset.name} is a class of {model.name}", naming_of(model, dataset)
    if naming.origin == "numbers":
        return said, "Give the model's class names."
    labels, names = _some(dataset.class_names or ()), _some(naming.names)
    return said, f"The labels are {labels}, its classes {names}: map labels to classes on Models, or give other names."


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:LISTED]) + (", …" if len(words) > LISTED else "")


def label_fit(model: Model, dataset: Dataset, naming: ClassNames | None = None) -> LabelFit:
    """Over all images of the dataset, or of the part of it."""
    labels, codes = dataset.class_names or (), label_codes(dataset)
    counts = np.bincount(codes[codes >= 0], minlength=len(labels)).tolist()
    (class_of, by_position), hand = _found(model, dataset, naming), frozenset(by_hand(model, dataset))
    counted = dict(zip(labels, counts, strict=True))
    return LabelFit(class_of, counted, hand, int((codes < 0).sum()), by_position)


def fit_by_name(naming: ClassNames, labels: Sequence[str | None]) -> LabelFit:
    """The same of images that are of no one dataset, by their labels: by name alone."""
    counts = Counter(label for label in labels if label is not None)
    return LabelFit(map_by_name(naming.names, tuple(counts))[0], counts, n_unlabelled=len(labels) - counts.total())


def label_codes(dataset: Dataset) -> np.ndarray:
    """(n,) int32: index of each image's label in dataset.class_names, -1 without."""
    codes = dataset.collection.codes
    if codes is None:
        return np.full(len(dataset), -1, np.int32)
    return np.asarray(codes if dataset.indices is None else codes[dataset.indices], np.int32)


def mapped_by_hand(
    model: Model, dataset: Dataset, names: Sequence[str], wish: Mapping[str, str | int | None]
) -> tuple[LabelClass, ...]:
    """The model's labels by hand after a change. wish: label -> class (name or index), None to take it back.

    What an earlier version kept for this list of images is kept for what is opened from here from now on. So is what it
    kept for all datasets of these names; when nothing is left here, that is dropped, too.
    """
    place, of_list, of_names = _keys(dataset)
    here = {label: LabelClass(place, label, class_) for label, class_ in _said(model, dataset).items()}
    kept = {(one.dataset, one.label): one for one in (*model.by_hand, *here.values())}
    for label, class_ in wish.items():
        if label not in (dataset.class_names or ()):
            raise BadInput(f"{dataset.name} has no label {label!r}.", "", "labels", (dataset.class_names or ())[:50])
        kept.pop((place, label), None)
        if class_ is not None:
            kept[place, label] = LabelClass(place, label, _class(class_, model, names))
    is_left = any(one.dataset == place for one in kept.values())
    dropped = (of_list,) if is_left else (of_list, of_names)
    return tuple(one for one in kept.values() if one.dataset not in dropped)


def _class(class_: str | int, model: Model, names: Sequence[str]) -> int:
    found = names.index(class_) if class_ in names else class_
    is_index = isinstance(found, int | np.integer) and not isinstance(found, bool)
    if not is_index or not 0 <= found < model.n_classes:
        hint = f"Expected one of its names, or an index from 0 to {model.n_classes - 1}."
        raise BadInput(f"{model.name} has no class {class_!r}.", hint, "labels", tuple(names[:50]))
    return int(found)


def by_hand(model: Model, dataset: Dataset) -> dict[str, int]:
    """The dataset's labels that a person mapped to classes of the model.

    A saved list has those of what it was saved from. Earlier versions kept them for a list of images, before that by
    names and labels alone: such ones count where none are kept for the dataset's place.
    """
    labels = set(dataset.class_names or ())
    return {label: class_ for label, class_ in _said(model, dataset).items() if label in labels}


def _said(model: Model, dataset: Dataset) -> dict[str, int]:
    said: dict[str, dict[str, int]] = {}
    for one in model.by_hand:
        said.setdefault(one.dataset, {})[one.label] = one.class_
    if not said:
        return {}
    return next((said[key] for key in _keys(dataset) if key in said), {})


def _keys(dataset: Dataset) -> tuple[str, ...]:
    """Under which labels by hand are kept, then those of earlier versions."""
    return place_key(dataset.collection), collection_key(dataset.collection), dataset.collection.fingerprint
