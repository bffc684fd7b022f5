"""What a folder holds, by names alone: images, what is no image, the folders. Links are looked at, files are not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field

from innv_gui.datasets.collection import ProblemList
from innv_gui.datasets.formats import IMAGE_EXTENSIONS, extension, is_litter, why_no_image
from innv_gui.datasets.names import quoted, sort_naturally
from innv_gui.errors import BadInput


@dataclass
class Listing:
    """A walk through a folder and all below. Paths are relative to root, with "/" between.

    follow: links are followed wherever they lead, since a person named the folder; else only links to files inside it.
    A folder is opened once: under its own name, else under the first link to it, so that no link makes a loop.
    folders: every folder that was met, the litter of systems included (Keras counts it as a class).
    """

    root: str
    follow: bool
    problems: ProblemList
    folders: list[str] = field(default_factory=list)
    _open: list[tuple[str, str]] = field(default_factory=list)  # (path, where it really is)
    _links: list[str] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)

    def files(self) -> Iterator[str]:
        """The images, in no particular order."""
        self._enter("", os.path.realpath(self.root))
        while self._open or self._links:
            if not self._open:
                self._follow_next()
                continue
            below, real = self._open.pop()
            for entry in self._entries(below):
                if self._is_image(entry, below, real):
                    yield below + entry.name

    def _enter(self, below: str, real: str) -> None:
        self._seen.add(real)
        self._open.append((below, real))

    def _entries(self, below: str) -> Iterator[os.DirEntry]:
        """What a folder holds. Links and kinds come with the listing: no file is looked at."""
        try:
            with os.scandir(os.path.join(self.root, below)) as entries:
                yield from entries
        except OSError as error:
            if not below:
                raise BadInput(
                    f"The folder {quoted(os.path.basename(self.root))} cannot be read: {error.strerror}.",
                    field="images",
                ) from None
            self.problems.add(below.rstrip("/"), f"is a folder that cannot be read: {error.strerror}.")

    def _is_image(self, entry: os.DirEntry, below: str, real: str) -> bool:
        """Whether it is an image by its name; a folder is noted, anything else is a problem."""
        path, litter = below + entry.name, is_litter(entry.name)
        if self._is_folder(entry):
            self.folders.append(path)
            if not litter:
                self._note_folder(entry, path, real)
            return False
        if litter:
            return False
        reason = self._why_no_file(entry)
        reason = reason or (None if extension(path) in IMAGE_EXTENSIONS else why_no_image(entry.name))
        if reason:
            self.problems.add(path, reason)
        return reason is None

    def _is_folder(self, entry: os.DirEntry) -> bool:
        try:
            return entry.is_dir(follow_symlinks=self.follow)
        except OSError:  # a link to itself, or to where nobody may look: said where files are looked at
            return False

    def _note_folder(self, entry: os.DirEntry, path: str, real: str) -> None:
        if entry.is_symlink():
            self._links.append(path)
            return
        place = os.path.join(real, entry.name)
        if place in self._seen:
            self.problems.add(path, _MET)
        else:
            self._enter(path + "/", place)

    def _why_no_file(self, entry: os.DirEntry) -> str | None:
        if not entry.is_symlink():
            return None if entry.is_file(follow_symlinks=False) else "is not a regular file."
        if not self.follow:
            return _why_link_is_left_out(self.root, entry)
        try:
            return None if entry.is_file() else _why_no_target(entry.path)
        except OSError as error:  # a link to itself, or a target that may not be looked at
            return f"is a link that cannot be followed: {error.strerror}."

    def _follow_next(self) -> None:
        """Opens the folder behind one link, after all that have names of their own."""
        if len(self._links) > 1:
            self._links = sort_naturally(self._links)[::-1]
        path = self._links.pop()
        real = os.path.realpath(os.path.join(self.root, path))
        if os.path.commonpath([real, os.path.realpath(self.root)]) == real:
            self.problems.add(path, "is a link to a folder that holds this one; it is not followed.")
        elif real in self._seen:
            self.problems.add(path, _MET)
        else:
            self._enter(path + "/", real)


_MET = "leads to a folder that is in the dataset already; its images are counted once."


def _why_no_target(path: str) -> str:
    if not os.path.lexists(os.path.realpath(path)):
        return "is a link whose target is gone."
    return "is a link to what is not a regular file."


def _why_link_is_left_out(root: str, entry: os.DirEntry) -> str | None:
    target = os.path.realpath(entry.path)
    if os.path.commonpath([target, os.path.realpath(root)]) != os.path.realpath(root):
        return "is a link that leads out of the folder; it is not followed."
    if os.path.isdir(target):
        return "is a link to a folder; it is not followed."
    return None if os.path.isfile(target) else _why_no_target(entry.path)
