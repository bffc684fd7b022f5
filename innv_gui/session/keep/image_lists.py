"""A choice of images as a list in a file: written as CSV, read from CSV or plain lines."""

from __future__ import annotations

import csv
import io
import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from innv_gui.errors import BadInput
from innv_gui.session.datasets import Dataset
from innv_gui.store.csv_text import csv_text

NAME_COLUMNS = ("image", "name", "file", "filename", "path")
MARKS = (",", ";", "\t")
MOST_LINES = 1_000_000
SAMPLE = 1000  # lines, by which it is seen what parts the cells
UNKNOWN_TOLD = 1000


@dataclass(frozen=True)
class ImageList:
    """indices into the dataset, each once; unknown: entries that no image answers to, at most UNKNOWN_TOLD of them."""

    indices: tuple[int, ...]
    unknown: tuple[str, ...]
    n_unknown: int


def write_list(dataset: Dataset, indices: Iterable[int]) -> str:
    """CSV with the columns index, image, label."""
    refs = ((index, dataset.collection.ref(index)) for index in indices)
    return csv_text(("index", "image", "label"), ((index, ref.name, ref.label) for index, ref in refs))


def read_list(dataset: Dataset, text: str) -> ImageList:
    """Entries are file names, or indices where no name fits. With a header the column of names counts, else that of
    indices; without one the first column. Beside a name, the index says which of several images of that name is meant;
    where another image is at that index, the name counts. Cells are parted by commas, semicolons or tabs: as the header
    tells, else as more names are found. Raises BadInput for what is not a list.
    """
    text = _with_lines(text)
    entries = _entries(text, _mark(dataset, text))
    if len(entries) > MOST_LINES:
        raise BadInput(f"The list has {len(entries):,} lines; up to {MOST_LINES:,} are read.", "Split it.", "list")
    found = _found(dataset, entries)
    unknown = [name.strip() for (name, _), index in zip(entries, found, strict=True) if index is None]
    indices = dict.fromkeys(index for index in found if index is not None)
    return ImageList(tuple(indices), tuple(unknown[:UNKNOWN_TOLD]), len(unknown))


def _with_lines(text: str) -> str:
    """Lines may end in a carriage return alone; beside line feeds it may be a part of a name."""
    text = text.removeprefix("\ufeff").replace("\0", "")
    return text if "\n" in text else text.replace("\r", "\n")


def _mark(dataset: Dataset, text: str) -> str:
    """What parts the cells; a comma where nothing speaks for another."""
    marks = [mark for mark in MARKS if mark in text]
    header = text.partition("\n")[0]
    told = [mark for mark in marks if _column(next(iter(_rows([header], mark)), [])) is not None]
    if told or not marks:
        return (told or MARKS)[0]
    lines = text.split("\n")
    some = lines[:: max(1, len(lines) // SAMPLE)]
    return max((MARKS[0], *marks), key=lambda mark: _n_named(dataset, some, mark))  # of equal ones the first


def _n_named(dataset: Dataset, lines: list[str], mark: str) -> int:
    """How many lines begin with the name of an image."""
    ways = [_ways(row[0], dataset.collection.root) for row in _rows(lines, mark)]
    at = _positions(dataset, [way for some in ways for way in some])
    return sum(any(way in at for way in some) for some in ways)


def _rows(lines: list[str], mark: str) -> list[list[str]]:
    """Nothing where the lines are not CSV with this mark: reading them all says why."""
    try:
        return [row for row in csv.reader(lines, delimiter=mark) if row]
    except csv.Error:
        return []


def _column(cells: list[str]) -> int | None:
    """Which column of a header has the images."""
    header = [cell.strip().casefold() for cell in cells]
    return next((header.index(name) for name in (*NAME_COLUMNS, "index") if name in header), None)


def _found(dataset: Dataset, entries: list[tuple[str, str]]) -> list[int | None]:
    root = dataset.collection.root
    at = _positions(dataset, [way for name, _ in entries for way in _ways(name, root)])
    return [_meant(dataset, name, index, at) for name, index in entries]


def _entries(text: str, mark: str) -> list[tuple[str, str]]:
    """(name, index beside it), empty where there is no such column. mark: between cells."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark) if row]
    except csv.Error as error:
        raise BadInput(f"The list is not CSV: {error}.", "Expected one file name or index per line.", "list") from None
    header = [cell.strip().casefold() for cell in rows[0]] if rows else []
    column = _column(header)
    beside = header.index("index") if column is not None and "index" in header else -1
    taken = rows if column is None else rows[1:]
    cells = [(_cell(row, column or 0), _cell(row, beside).strip()) for row in taken]
    return [cell for cell in cells if cell[0].strip()]


def _cell(row: list[str], column: int) -> str:
    return row[column] if 0 <= column < len(row) else ""


def _ways(name: str, root: str) -> tuple[str, ...]:
    """How an entry is looked for: as it is, since a name may begin or end with a space, then without; then as a path,
    from the folder of the images or in full, and as Windows writes it."""
    bare = name.strip()
    there = bare.removeprefix(f"{root}/")  # of an address, too
    paths = [posixpath.normpath(one) for one in (there, there.replace("\\", "/")) if one]
    below = [one.removeprefix(f"{root}/") for one in paths]
    return tuple(dict.fromkeys((name, bare, *paths, *below)))


def _meant(dataset: Dataset, name: str, index: str, at: dict[str, int]) -> int | None:
    """at: the first image of each name."""
    n, ways = len(dataset.collection), _ways(name, dataset.collection.root)
    position = _index(index, n)
    if position is not None and dataset.collection.ref(position).name in ways:
        return position
    return next((at[way] for way in ways if way in at), _index(name.strip(), n))


def _positions(dataset: Dataset, entries: Sequence[str]) -> dict[str, int]:
    collection = dataset.collection
    if collection.files is not None:
        known = list(dict.fromkeys(entries))
        found = collection.positions(known)
        return {collection.ref(index).name: index for index in found}
    named = re.compile(re.escape(collection.name) + r"\[(\d{1,9})\]")
    matched = {entry: named.fullmatch(entry) for entry in entries}
    rows = {entry: int(match[1]) for entry, match in matched.items() if match}
    at = range(collection.n) if collection.chosen is None else collection.chosen.tolist()
    position = {row: index for index, row in enumerate(at)}
    return {entry: position[row] for entry, row in rows.items() if row in position}


def _index(entry: str, n: int) -> int | None:
    if re.fullmatch(r"[0-9]{1,9}", entry) and int(entry) < n:
        return int(entry)
    return None
