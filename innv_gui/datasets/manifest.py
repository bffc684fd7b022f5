"""A CSV or Parquet file with a column `path` and, if there are labels, a column `label`."""

from __future__ import annotations

import csv
import itertools
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from innv_gui.datasets.collection import Collection, ProblemList, given_labels, left_out, of_files
from innv_gui.datasets.formats import CONTAINERS, extension, is_litter
from innv_gui.datasets.listed_paths import on_this_system
from innv_gui.datasets.listing import Listing
from innv_gui.datasets.names import quoted, sort_naturally
from innv_gui.errors import BadInput
from innv_gui.records import Problem

PATH_COLUMNS = ("path", "file", "filename", "image", "file_name", "filepath", "file_path", "image_path")
LABEL_COLUMNS = ("label", "class", "labels", "class_name", "category")
MAX_BYTES = 4 * 2**30
MAX_ROWS = 50_000_000
_BATCH_ROWS = 65_536
_FIRST_ROWS = 20
_WHOLE = re.compile(r"([+-]?)(0|[1-9]\d{0,15})(\.0*)?")

Row = tuple[int, str | None, str | None]  # row number as an editor shows it, path, label


def open_manifest(path: str, kind: str, labels: Sequence | None = None, anywhere: bool = False) -> Collection:
    """The images that the manifest lists, in its order. Paths are relative to the manifest.

    kind: "csv" or "parquet". Plain paths are not looked at yet. anywhere: also images outside the manifest's folder;
    only for a manifest that the person at the command line named, since an uploaded one could list any file here.
    """
    root, name = os.path.split(os.path.abspath(path))
    if os.path.getsize(path) > MAX_BYTES:
        raise BadInput(f"{quoted(name)} is larger than {MAX_BYTES >> 30} GiB.", "Split it.", field="images")
    columns: list[str] = []
    rows = _csv_rows(path, name, columns) if kind == "csv" else _parquet_rows(path, name, columns)
    problems, files, found = ProblemList(), [], []
    for number, file, label in rows:
        path_here, reason = on_this_system(file, root, anywhere)
        if path_here is not None:
            files.append(path_here)
            found.append(label or None)
        else:
            problems.add(file or f"row {number}", reason)
    if not files:
        hint = left_out(problems.n, problems.n, problems.listed()) if problems.n else "It has no rows."
        raise BadInput(f"No image in {quoted(name)}; expected one row per image.", hint, field="images")
    if not anywhere:
        _note_unlisted(root, name, files, problems)
    given = given_labels(labels, len(files)) or _whole_numbers(found)
    listed = of_files(name, "manifest", root, files, given, problems)
    return listed if labels is not None else replace(listed, remarks=_remarks(columns, listed.name))


def table_within(folder: str) -> str | None:
    """The one table beside or above pictures that were sent, where its first rows name some of them."""
    names = [name for name in os.listdir(folder) if not is_litter(name)]
    paths = [os.path.join(folder, name) for name in names]
    if len(paths) == 1 and os.path.isdir(paths[0]) and not os.path.islink(paths[0]):
        return table_within(paths[0])
    tables = [path for path in paths if CONTAINERS.get(extension(path)) in ("csv", "parquet")]
    return tables[0] if len(tables) == 1 and len(paths) > 1 and _names_files(tables[0]) else None


def _names_files(path: str) -> bool:
    root, name = os.path.split(path)
    rows = _csv_rows if CONTAINERS[extension(name)] == "csv" else _parquet_rows
    try:
        first = list(itertools.islice(rows(path, name, []), _FIRST_ROWS))
    except (BadInput, OSError):
        return False
    found = [on_this_system(file, root, anywhere=False)[0] for _, file, _ in first]
    return any(one is not None and os.path.isfile(os.path.join(root, one)) for one in found)


def _note_unlisted(root: str, name: str, files: Sequence[str], problems: ProblemList) -> None:
    """Images that were sent with an uploaded list which does not name them."""
    listed = set(files)
    for file in sort_naturally(Listing(root, False, ProblemList()).files()):
        if file not in listed:
            problems.add(file, f"is not in {quoted(name)}, which lists the images.")


def _whole_numbers(labels: list[str | None]) -> list[str | None]:
    """Labels 1.0 and 2.0 as 1 and 2, where all are whole: programs write a column with a gap as floats."""
    seen = {label for label in labels if label is not None}
    found = {label: _WHOLE.fullmatch(label) for label in seen if label.lower() != "nan"}
    if not all(found.values()) or not any(number and number[3] for number in found.values()):
        return labels
    whole = {label: str(int(number[1] + number[2])) for label, number in found.items() if number}
    return [None if label is None else whole.get(label) for label in labels]


def _remarks(columns: Sequence[str], name: str) -> tuple[Problem, ...]:
    """That no column holds labels, where there are others beside the paths: one per class, or with another name."""
    others = [column for column in columns if column != _column(columns, PATH_COLUMNS)]
    if not others or _column(columns, LABEL_COLUMNS) is not None:
        return ()
    reason = f"has no column 'label', so its images have no labels; its other columns are: {_some(others)}"
    return (Problem(name, f"{reason} (call the one with the class of each image 'label')."),)


def _some(columns: Sequence[str]) -> str:
    return ", ".join(quoted(column) for column in columns[:8]) + (", ..." if len(columns) > 8 else "")


def _column(columns: Sequence[str], wanted: tuple[str, ...]) -> str | None:
    """The first wanted column that is there, spelled as it is there."""
    spelled = {column.strip().lower(): column for column in reversed(columns)}
    return next((spelled[name] for name in wanted if name in spelled), None)


def _path_column(columns: Sequence[str], name: str) -> str:
    column = _column(columns, PATH_COLUMNS)
    if column is None:
        got = _some(columns) or "nothing"
        raise BadInput(
            f"{quoted(name)} has no column 'path'; its columns are: {got}.",
            "Expected a first line such as path,label.",
            field="images",
        )
    return column


def _csv_rows(path: str, name: str, seen: list[str]) -> Iterator[Row]:
    """seen: gets the names of the columns."""
    try:
        with open(path, encoding=_encoding(path), newline="") as file:
            first = file.readline(csv.field_size_limit())
            if not first.lower().startswith("sep="):  # a line of Excel's own, which names the delimiter
                file.seek(0)
            reader = csv.reader(file, delimiter=_delimiter(first), strict=True, skipinitialspace=True)
            columns = next(reader, [])
            seen += columns
            path_at = columns.index(_path_column(columns, name))
            label = _column(columns, LABEL_COLUMNS)
            label_at = None if label is None else columns.index(label)
            for cells in reader:
                if cells:
                    yield reader.line_num, _cell(cells, path_at), _cell(cells, label_at)
    except UnicodeError:
        raise BadInput(f"{quoted(name)} is not text in UTF-8.", _AS_UTF8, field="images") from None
    except csv.Error as error:
        raise BadInput(f"{quoted(name)} is not CSV: {error}.", "Check its quotes.", field="images") from None


_AS_UTF8 = "Save it as CSV in UTF-8 (Excel calls it CSV UTF-8), since other encodings cannot be distinguished."


def _encoding(path: str) -> str:
    """UTF-8, or UTF-16 where the first bytes say so, as Excel's Unicode text has it."""
    with open(path, "rb") as file:
        return "utf-16" if file.read(2) in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"


def _delimiter(first: str) -> str:
    return max(",;\t", key=first.count)


def _cell(cells: list[str], at: int | None) -> str | None:
    return cells[at].strip() if at is not None and at < len(cells) else None


def _parquet_rows(path: str, name: str, seen: list[str]) -> Iterator[Row]:
    import pyarrow  # half a second, and wanted by few
    import pyarrow.parquet

    try:
        with pyarrow.parquet.ParquetFile(path) as table:
            schema = table.schema_arrow
            seen += schema.names
            column, label = _path_column(schema.names, name), _column(schema.names, LABEL_COLUMNS)
            _check_table(table, schema.field(column).type, column, name)
            numbers = itertools.count(1)
            for batch in table.iter_batches(_BATCH_ROWS, columns=[column] + ([label] if label else [])):
                files = batch.column(column).to_pylist()
                labels = batch.column(label).to_pylist() if label else [None] * len(files)
                for file, text in zip(files, labels, strict=True):
                    yield next(numbers), file, None if text is None or text != text else str(text)
    except (pyarrow.ArrowException, OSError) as error:
        raise BadInput(f"{quoted(name)} cannot be read as Parquet: {_first_line(error)}", field="images") from None


def _check_table(table, kind, column: str, name: str) -> None:
    import pyarrow

    kind = kind.value_type if pyarrow.types.is_dictionary(kind) else kind
    if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or pyarrow.types.is_string_view(kind)):
        raise BadInput(f"{quoted(name)}: expected text in the column {quoted(column)}, got {kind}.", field="images")
    if table.metadata.num_rows > MAX_ROWS:
        raise BadInput(f"{quoted(name)} has {table.metadata.num_rows:,} rows; {MAX_ROWS:,} are read.", field="images")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["it is damaged."])[0][:200]
