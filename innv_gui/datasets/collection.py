"""A collection of images that has been opened: names and labels, no pixels."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from innv_gui.datasets.names import Names, quoted, shown, sort_naturally
from innv_gui.errors import BadInput
from innv_gui.records import ImageRef, Problem

NO_LABEL = -1
MAX_LISTED_PROBLEMS = 10_000
SAID_PROBLEMS = 3  # in a sentence


@dataclass(frozen=True)
class Collection:
    """n images by position. Holds a million of them in some tens of megabytes and pickles quickly.

    kind: "folder", "manifest", "array" or "hdf5". root: the folder or the container file. fingerprint: SHA-256 of
    names and labels (and of a container's size and time of change), not of the pixels. class_names: the labels in
    natural order, or None. problems: what was left out, at most MAX_LISTED_PROBLEMS by name; n_problems counts all.
    files: paths relative to root, None for a container, whose array is `key`. codes: (n,) int32 indices into
    class_names, NO_LABEL where there is none. opened_ns: when its listing began, ns since 1970. keras_class_names:
    position -> name as Keras' own loader of folders counts, and as whole numbers in an array count themselves; None
    where labels are only texts. It may name classes without an image. chosen: of a part of a container, its rows.
    remarks: what is to be reported about the file that lists the images; no image is left out for it. parts: of a part,
    the positions that it took, of a part of a part those of both, the first one's first; empty for a whole.
    whole, whole_name: fingerprint and name of what a part was taken of; empty for a whole.
    """

    name: str
    kind: str
    root: str
    fingerprint: str
    n: int
    class_names: tuple[str, ...] | None
    problems: tuple[Problem, ...] = ()
    n_problems: int = 0
    files: Names | None = field(default=None, repr=False, compare=False)
    codes: np.ndarray | None = field(default=None, repr=False, compare=False)
    key: str | None = None
    opened_ns: int = field(default=0, compare=False)
    keras_class_names: tuple[str, ...] | None = field(default=None, compare=False)
    chosen: np.ndarray | None = field(default=None, repr=False, compare=False)
    remarks: tuple[Problem, ...] = field(default=(), compare=False)
    parts: tuple[np.ndarray, ...] = field(default=(), repr=False, compare=False)
    whole: str = field(default="", repr=False, compare=False)
    whole_name: str = field(default="", repr=False, compare=False)

    def __len__(self) -> int:
        return self.n

    def ref(self, index: int) -> ImageRef:
        """Image `index` (0 <= index < n); raises IndexError outside."""
        if not 0 <= index < self.n:
            raise IndexError(f"{self.name} has {self.n} images, no image {index}")
        if self.files is None:
            row = self._row(index)
            return ImageRef(f"{self.name}[{row}]", self.root, self.key, row, self.label(index))
        file = self.files[index]
        return ImageRef(shown(file), os.path.join(self.root, file), label=self.label(index))

    def _row(self, index: int) -> int:
        """Of a container: the row that an image is."""
        return index if self.chosen is None else int(self.chosen[index])

    def part(self, name: str, positions: np.ndarray) -> Collection:
        """Some of its images as a collection of their own, in the order given. name: of the part."""
        positions = np.asarray(positions, np.int64)
        rows = positions if self.chosen is None else self.chosen[positions]
        return replace(
            self,
            name=name if self.files is not None else self.name,  # a container's images are called by it
            n=len(positions),
            fingerprint=fingerprint_of(self.fingerprint, positions.tobytes()),
            problems=(),
            n_problems=0,
            remarks=(),
            files=None if self.files is None else Names.of([self.files[int(one)] for one in positions]),
            codes=None if self.codes is None else self.codes[positions],
            chosen=rows if self.files is None else None,
            parts=(*self.parts, positions),
            whole=self.whole or self.fingerprint,
            whole_name=self.whole_name or self.name,
        )

    @cached_property
    def names_and_labels(self) -> str:
        """SHA-256 of a part's own names and labels, whatever else is in its whole; empty for a whole, and for rows."""
        if not self.parts or self.files is None:
            return ""
        labels = ["" if (label := self.label(index)) is None else f"={label}" for index in range(self.n)]
        return fingerprint_of(self.name, *self.files.listed(), "\0", *labels)

    def known_as(self) -> list[str]:
        """What each image is known as where it was opened from: its path there, or its row's number."""
        if self.files is not None:
            return self.files.listed()
        return [str(row) for row in (range(self.n) if self.chosen is None else self.chosen.tolist())]

    def in_whole(self, index: int) -> int:
        """Of a part: the position in the whole of its image `index`."""
        for positions in reversed(self.parts):
            index = int(positions[index])
        return index

    def refs(self, start: int, stop: int) -> list[ImageRef]:
        """Images start <= index < stop, as far as there are any."""
        return [self.ref(index) for index in range(max(start, 0), min(stop, self.n))]

    def label(self, index: int) -> str | None:
        """The label of one image."""
        code = NO_LABEL if self.codes is None else self.codes[index]
        return None if code == NO_LABEL else self.class_names[code]

    @property
    def n_unlabelled(self) -> int:
        """Images without a label beside others that have one; 0 where no image has one."""
        return 0 if self.codes is None else int(np.count_nonzero(self.codes == NO_LABEL))

    def search(self, text: str | None = None, label: str | None = None) -> np.ndarray:
        """(k,) int64 positions of the images whose name contains the text and that have the label, ascending."""
        found = self._labelled(label) if label is not None else np.arange(self.n, dtype=np.int64)
        if not text:
            return found
        if self.files is not None:
            return np.intersect1d(found, self.files.matching(text), assume_unique=True)
        wanted = text.casefold()
        named = lambda index: f"{self.name}[{self._row(index)}]".casefold()  # noqa: E731
        return np.array([index for index in found.tolist() if wanted in named(index)], np.int64)

    def positions(self, names: Sequence[str]) -> list[int]:
        """Positions of the images of these names, in the order of `names`; unknown ones are left out."""
        wanted = set(names)
        at = {}
        for index in range(self.n if self.files is not None else 0):
            name = shown(self.files[index])
            if name in wanted:
                at.setdefault(name, index)
        return [at[name] for name in names if name in at]

    def positions_of(self, refs: Sequence[ImageRef]) -> list[int] | None:
        """Positions of these images; None where one of them is none of the collection's."""
        if self.files is None:
            places = {self._row(index): index for index in range(self.n)}
            found = [places[ref.index] for ref in refs if ref.index in places]
        else:
            found = self.positions([ref.name for ref in refs])
        same = len(found) == len(refs) and all(self.ref(at) == ref for at, ref in zip(found, refs, strict=True))
        return found if same else None

    def _labelled(self, label: str) -> np.ndarray:
        if not self.class_names or label not in self.class_names:
            return np.zeros(0, np.int64)
        return np.flatnonzero(self.codes == self.class_names.index(label))


class ProblemList:
    """Collects problems while a collection is opened; a million stray files do not become a million records."""

    def __init__(self):
        self._listed: list[Problem] = []
        self.n = 0

    def add(self, name: str, reason: str) -> None:
        """Counts it, and lists it while there is room."""
        self.n += 1
        if self.n <= MAX_LISTED_PROBLEMS:
            self._listed.append(Problem(shown(name), reason))

    def listed(self) -> tuple[Problem, ...]:
        """In natural order of their names; the last one says how many more there are."""
        by_name = {}
        for problem in self._listed:
            by_name.setdefault(problem.name, []).append(problem)
        ordered = [problem for name in sort_naturally(by_name) for problem in by_name[name]]
        more = self.n - len(self._listed)
        tail = [Problem(f"{more:,} more", "could not be used either; they are not listed by name.")] if more else []
        return tuple(ordered + tail)


def left_out(n_files: int | None, n_problems: int, problems: Sequence[Problem]) -> str:
    """One sentence on what of n_files cannot be used and why, by the first reasons; without them when None."""
    reasons = "; ".join(f"{quoted(problem.name)} {problem.reason.rstrip('.')}" for problem in problems[:SAID_PROBLEMS])
    more = "; ..." if n_problems > SAID_PROBLEMS else "."
    if n_files is None:
        return reasons + more
    files = "file" if n_files == 1 else "files"
    return f"{n_problems:,} of {n_files:,} {files} cannot be used: {reasons}{more}"


def coded(labels: Sequence[str | None] | None) -> tuple[tuple[str, ...] | None, np.ndarray | None]:
    """(class names in natural order, (n,) int32 codes) of one label per image; (None, None) when there is none."""
    present = {label for label in labels or () if label is not None}
    if not present:
        return None, None
    class_names = tuple(sort_naturally(present))
    code = {label: index for index, label in enumerate(class_names)} | {None: NO_LABEL}
    return class_names, np.fromiter((code[label] for label in labels), np.int32, len(labels))


def given_labels(labels: Sequence | None, n: int) -> list[str | None] | None:
    """Labels a person gave for a whole collection, one per image."""
    if labels is None:
        return None
    if len(labels) != n:
        raise BadInput(f"Expected {n} labels, one per image, got {len(labels)}.", field="labels")
    return [None if label is None else str(label) for label in labels]


def fingerprint_of(*parts: bytes | str | None) -> str:
    """SHA-256 over parts of any length, kept apart."""
    digest = hashlib.sha256()
    for part in parts:
        part = b"" if part is None else os.fsencode(part)
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def of_files(
    name: str,
    kind: str,
    root: str,
    files: list[str],
    labels: Sequence[str | None] | None,
    problems: ProblemList,
    order: tuple[str, ...] | None = None,
) -> Collection:
    """A collection of image files, given by paths relative to `root` (or absolute) in their final order.

    order: names of the class folders as Keras counts them.
    """
    class_names, codes = coded(labels)
    names = Names.of(files)
    content = fingerprint_of(kind, names.joined, "\0".join(class_names or ()), codes.tobytes() if class_names else None)
    listed = (problems.listed(), problems.n)
    return Collection(
        shown(name), kind, root, content, len(files), class_names, *listed, names, codes, keras_class_names=order
    )
