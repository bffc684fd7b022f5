"""What a model's classes are called: decided here and nowhere else.

What is known of the model stands first: names that a person gave or confirmed, those of its own files, ImageNet's for
a network of keras.applications. Names that a person dropped stay dropped. A model about which nobody said anything
borrows names from the images, and every name that was borrowed is marked as assumed:

- 1000 classes and labels that are WordNet ids: ImageNet's names.
- Images in class folders: the folders in Keras' order, which is by code point ("10" before "2", "Zebra" before "ant",
  empty folders counted), because that is the order of the classes of a network that Keras' own loader fed.
- Numbers as labels in arrays, all below the number of classes: label i is class i. From 1 to that number: ascending.
  Of other numbers, with gaps or beyond the classes, nobody knows which class one is: nothing is borrowed.
- Other labels: sorted as text, as Keras does with tables. Where they are numbers whose order as text is not that of
  numbers, both are in use, and nothing is borrowed.

Nothing is borrowed when there are more or fewer than classes, or for a dataset without labels: classes are then
numbers ("class 3"), with a note that says why. Labels are the dataset's own and are never changed by any of this.
"""

from __future__ import annotations

from collections.abc import Sequence

from innv_gui import imagenet
from innv_gui.errors import BadInput
from innv_gui.records import ClassNames, Model, replace
from innv_gui.session.datasets import Dataset

GENERIC = "class {}"
CONFIRM = "confirm"
IN_ARRAYS = ("array", "hdf5")
SIGNS = ("-1", "1")  # two classes


def numbered(n_classes: int, note: str = "") -> ClassNames:
    """Classes without names."""
    return ClassNames(tuple(GENERIC.format(index) for index in range(n_classes)), "numbers", note=note)


def naming_of(model: Model, *datasets: Dataset | None) -> ClassNames:
    """What a model's classes are called beside these images; names are borrowed from the first dataset that fits."""
    if model.naming is not None:
        return model.naming
    notes = []
    for dataset in datasets:
        found = numbered(model.n_classes) if dataset is None else _borrowed(model, dataset)
        if found.origin != "numbers":
            return found
        notes.append(found.note)
    return numbered(model.n_classes, next(filter(None, notes), ""))


def namings_of(models: Sequence[Model], dataset: Dataset) -> list[ClassNames]:
    """The same for models that are compared: one without any names takes those of another with as many classes."""
    found = [naming_of(model, dataset) for model in models]
    known = list(zip(models, found, strict=True))
    return [
        own if own.origin != "numbers" or model.naming is not None else _of_another(own, known) or own
        for model, own in known
    ]


def _of_another(own: ClassNames, known: list[tuple[Model, ClassNames]]) -> ClassNames | None:
    for model, naming in known:
        if naming.origin != "numbers" and len(naming.names) == len(own.names):
            return ClassNames(naming.names, "assumed", model.name, "classes")
    return None


def known_naming(names: tuple[str, ...] | None, model_is_application: bool, n_classes: int, architecture: str):
    """The names in a model's own files, as a ClassNames; None when they say nothing. names: of its hooks file."""
    if names:
        return ClassNames(names, "file")
    if n_classes == imagenet.N_CLASSES and model_is_application:
        return ClassNames(imagenet.names(), "bundled", imagenet.SOURCE)
    if n_classes == imagenet.N_CLASSES and imagenet.is_architecture(architecture):
        return of_imagenet()
    return None


def of_imagenet() -> ClassNames:
    """ImageNet's names where nothing but the looks of it says so."""
    return ClassNames(imagenet.names(), "assumed", imagenet.SOURCE, "list")


def confirmed(naming: ClassNames, name: str) -> ClassNames:
    """A person says that these names are right. name: the model's."""
    if naming.origin == "numbers":
        raise BadInput(
            f"The classes of {name} have no names that could be confirmed.", "Give a list of names.", "class_names"
        )
    return replace(naming, origin="given", source="", basis="")


def _borrowed(model: Model, dataset: Dataset) -> ClassNames:
    labels, n_classes = dataset.class_names or (), model.n_classes
    if not labels:
        return numbered(n_classes)
    if n_classes == imagenet.N_CLASSES and imagenet.are_ids(labels):
        return of_imagenet()
    names, basis = _in_class_order(dataset, n_classes)
    if names is None:
        return numbered(n_classes, f"The labels of {dataset.name} are {basis}: names are not taken from them.")
    if len(names) != n_classes:
        found = f"{dataset.name} has {len(names)} {basis}, the model {n_classes} classes"
        return numbered(n_classes, f"{found}: names are not taken from them.")
    return ClassNames(names, "assumed", dataset.name, basis)


def _in_class_order(dataset: Dataset, n_classes: int) -> tuple[tuple[str, ...] | None, str]:
    """(names, what they are); (None, what is in doubt) where it is not known which of them is class 0."""
    in_arrays, labels = dataset.collection.kind in IN_ARRAYS, dataset.class_names or ()
    if dataset.keras_class_names is not None and not in_arrays:
        return dataset.keras_class_names, "folders"
    by_text = tuple(sorted(labels))
    if not all(is_whole(label) for label in labels):
        return by_text, "labels"
    by_number = tuple(sorted(labels, key=int))
    first, last = int(by_number[0]), int(by_number[-1])
    if first < 0 and by_number != SIGNS:
        return None, f"numbers below 0, too ({first})"
    if in_arrays and first >= 0 and last < n_classes:
        return tuple(str(index) for index in range(n_classes)), "labels"
    if in_arrays and first >= 0 and len(labels) == n_classes and (first, last) != (1, n_classes):
        return None, f"numbers with gaps from {first} to {last}, more than the {n_classes} classes"
    in_doubt = not in_arrays and by_text != by_number
    return (None, "numbers, and their order as text is not that of numbers") if in_doubt else (by_number, "labels")


def is_whole(label: str) -> bool:
    """Whether a label is a whole number as programs write it: no sign but a minus, no leading zero, no point."""
    digits = label.removeprefix("-")
    return digits.isascii() and digits.isdigit() and str(int(label[:20])) == label
