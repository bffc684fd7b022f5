"""A folder of images; subfolders are labels. Lists names only: a million files are neither read nor looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from innv_gui.datasets.collection import Collection, ProblemList, given_labels, left_out, of_files
from innv_gui.datasets.formats import READABLE
from innv_gui.datasets.listing import Listing
from innv_gui.datasets.names import quoted, shown, sort_naturally
from innv_gui.datasets.wordnet_labels import wordnet_labels
from innv_gui.errors import BadInput

# Folders that split a dataset rather than name a class, when the first level has nothing else.
TRAINING = frozenset(("train", "training"))
SPLITS = TRAINING | frozenset("test testing val valid validation dev eval holdout unlabeled unlabelled".split())


def open_folder(root: str, labels: Sequence | None = None, follow: bool = False) -> Collection:
    """All image files in the folder and below.

    follow: links are followed, as a person expects who names the folder. Else a link to a file inside the folder is,
    and a link out of it, or to another folder, is listed as a problem.
    """
    problems = ProblemList()
    listing = Listing(root, follow, problems)
    files = sort_naturally(listing.files())
    name = os.path.basename(os.path.normpath(root)) or "images"
    if not files:
        raise _no_image(quoted(name) if follow else "what was sent", problems)
    found, order = (labels, None) if labels is not None else labels_and_order(files, listing.folders)
    found = found or wordnet_labels(files)
    return of_files(name, "folder", root, files, given_labels(found, len(files)), problems, order)


def open_image(path: str, labels: Sequence | None = None) -> Collection:
    """A single image file as a collection of one."""
    root, file = os.path.split(os.path.abspath(path))
    return of_files(file, "folder", root, [file], given_labels(labels, 1), ProblemList())


def _no_image(place: str, problems: ProblemList) -> BadInput:
    hint = left_out(problems.n, problems.n, problems.listed()) if problems.n else "The folder is empty."
    return BadInput(f"No image in {place}; expected files that are {READABLE}.", hint, field="images")


def labels_and_order(
    files: list[str], folders: Iterable[str]
) -> tuple[list[str | None] | None, tuple[str, ...] | None]:
    """(the label of each file, names in the order in which Keras counts the class folders); (None, None) without.

    files, folders: paths below the folder, with "/" between; folders also those without an image.
    """
    level = _class_level(files)
    labels = [_folder(file, level) for file in files]
    if not any(labels):
        return None, None
    return [label and shown(label) for label in labels], _keras_order(files, folders, level)


def folder_labels(files: list[str]) -> list[str | None] | None:
    """The label of each file: its first folder, after a folder that they share or folders of splits.

    `digits/0/a.png, digits/1/b.png` are labelled 0 and 1; so are `train/0/a.png, test/1/b.png`. Files that lie above
    the class folders have no label: a cover picture, the images of a test set whose labels nobody has.
    """
    return labels_and_order(files, ())[0]


def _class_level(files: list[str]) -> int:
    """How many folders lie above the class folders."""
    level = 0
    while _are_no_classes(files, level):
        level += 1
    return level


def _are_no_classes(files: list[str], level: int) -> bool:
    """Whether the folders at a level only hold the class folders: splits, or one folder with most images below."""
    depths = [file.count("/") - level for file in files]
    n_within, n_below = depths.count(1), sum(depth > 1 for depth in depths)
    folders = {folder for file in files if (folder := _folder(file, level)) is not None}
    are_splits = {folder.lower() for folder in folders} <= SPLITS
    return n_below > 0 and (are_splits or (len(folders) == 1 and n_below > n_within))


def _keras_order(files: list[str], folders: Iterable[str], level: int) -> tuple[str, ...]:
    """As `keras.utils.image_dataset_from_directory` counts: `sorted`, empty folders too, hidden ones not.

    Of a dataset in splits it is the order of the folder to train on, else that of all splits together.
    """
    above = {"/".join(file.split("/", level)[:level]) for file in files if file.count("/") > level} if level else {""}
    above = {path for path in above if TRAINING & set(path.lower().split("/"))} or above
    parts = (folder.rpartition("/") for folder in folders)
    names = {name for parent, _, name in parts if parent in above and not name.startswith(".")}
    return tuple(map(shown, sorted(names)))


def _folder(file: str, level: int) -> str | None:
    parts = file.split("/", level + 1)
    return parts[level] if len(parts) > level + 1 else None
