"""A folder of images; subfolders are labels. Lists names only: a million files are neither read nor looked at."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress

from innv_gui.datasets.collection import Collection, ProblemList, given_labels, of_files
from innv_gui.datasets.formats import IMAGE_EXTENSIONS, READABLE, extension, is_litter, why_no_image
from innv_gui.datasets.names import quoted, shown, sort_naturally
from innv_gui.datasets.wordnet_labels import wordnet_labels
from innv_gui.errors import BadInput
from innv_gui.records import replace

# Folders that split a dataset rather than name a class, when the first level has nothing else.
SPLITS = frozenset("train training test testing val valid validation".split())


def open_folder(root: str, labels: Sequence | None = None) -> Collection:
    """All image files in the folder and below.

    A link to a file inside the folder is followed; a link out of it, or to another folder, is listed as a problem:
    what a dataset holds stays within the folder a person named.
    """
    problems = ProblemList()
    files = sort_naturally(_image_files(root, problems))
    name = os.path.basename(os.path.normpath(root)) or "images"
    if not files:
        raise _no_image(name, problems)
    folders = folder_labels(files)
    labels = given_labels(labels, len(files)) or folders or wordnet_labels(files)
    found = of_files(name, "folder", root, files, labels, problems)
    is_by_folder = folders is not None and labels is folders
    return replace(found, keras_class_names=keras_class_names(root, files) if is_by_folder else None)


def open_image(path: str, labels: Sequence | None = None) -> Collection:
    """A single image file as a collection of one."""
    root, file = os.path.split(os.path.abspath(path))
    return of_files(file, "folder", root, [file], given_labels(labels, 1), ProblemList())


def _no_image(name: str, problems: ProblemList) -> BadInput:
    others = f" ({problems.n} other files)" if problems.n else ""
    first = problems.listed()[0] if problems.n else None
    hint = f"{quoted(first.name)} {first.reason}" if first else "The folder is empty."
    return BadInput(f"No image in {quoted(name)}{others}; expected files that are {READABLE}.", hint, field="images")


def _image_files(root: str, problems: ProblemList) -> Iterator[str]:
    """Paths relative to root, with "/" between, in no particular order."""
    folders = [""]
    while folders:
        below = folders.pop()
        for entry in _entries(root, below, problems):
            path = below + entry.name
            if entry.is_symlink():
                reason = _why_link_is_left_out(root, entry)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path + "/")
                continue
            else:
                reason = None if entry.is_file(follow_symlinks=False) else "is not a regular file."
            reason = reason or (None if extension(path) in IMAGE_EXTENSIONS else why_no_image(entry.name))
            if reason is None:
                yield path
            else:
                problems.add(path, reason)


def _entries(root: str, below: str, problems: ProblemList) -> Iterator[os.DirEntry]:
    """What a folder holds but for litter. Links and kinds come with the listing: no file is looked at."""
    try:
        with os.scandir(os.path.join(root, below)) as entries:
            yield from (entry for entry in entries if not is_litter(entry.name))
    except OSError as error:
        if not below:
            raise BadInput(
                f"The folder {quoted(os.path.basename(root))} cannot be read: {error.strerror}.", field="images"
            ) from None
        problems.add(below.rstrip("/"), f"is a folder that cannot be read: {error.strerror}.")


def _why_link_is_left_out(root: str, entry: os.DirEntry) -> str | None:
    target = os.path.realpath(entry.path)
    if os.path.commonpath([target, os.path.realpath(root)]) != os.path.realpath(root):
        return "is a link that leads out of the folder; it is not followed."
    if os.path.isdir(target):
        return "is a link to a folder; it is not followed."
    return None if os.path.isfile(target) else "is a link to nothing that can be read."


def folder_labels(files: list[str]) -> list[str | None] | None:
    """The label of each file: its first folder, after folders that all files share while others lie below them.

    `digits/0/a.png, digits/1/b.png` are labelled 0 and 1; so are `train/0/a.png, test/1/b.png`.
    """
    level = _class_level(files)
    labels = [_folder(file, level) for file in files]
    return [label and shown(label) for label in labels] if any(labels) else None


def keras_class_names(root: str, files: list[str]) -> tuple[str, ...]:
    """The class folders in the order of `keras.utils.image_dataset_from_directory`: sorted by code point.

    Empty folders count, hidden ones do not. The folders of train and test are put together.
    """
    level = _class_level(files)
    above = {"/".join(file.split("/")[:level]) for file in files}
    return tuple(sorted({shown(name) for folder in above for name in _folders_in(os.path.join(root, folder))}))


def _folders_in(folder: str) -> list[str]:
    with suppress(OSError), os.scandir(folder) as entries:
        return [entry.name for entry in entries if entry.is_dir() and not entry.name.startswith(".")]
    return []


def _class_level(files: list[str]) -> int:
    level = 0
    while _is_no_class({_folder(file, level) for file in files}) and all(file.count("/") > level + 1 for file in files):
        level += 1
    return level


def _is_no_class(folders: set[str | None]) -> bool:
    return None not in folders and (len(folders) == 1 or {folder.lower() for folder in folders} <= SPLITS)


def _folder(file: str, level: int) -> str | None:
    parts = file.split("/", level + 1)
    return parts[level] if len(parts) > level + 1 else None
