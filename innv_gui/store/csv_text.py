"""CSV as every reader takes it: UTF-8, lines end with a line feed, and what holds a line end of any kind is quoted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

BOTH = "\r\n"  # Python quotes what has a character of the line end that it is given, and no other


class _Lines(io.TextIOBase):
    """Takes a row at a time, as `csv.writer` gives it, and passes it on with a line feed at its end."""

    def __init__(self, out: IO[str]):
        self._out = out

    def write(self, row: str, /) -> int:
        """Row by row."""
        return self._out.write(f"{row.removesuffix(BOTH)}\n")


def csv_text(head: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as text; None becomes an empty cell."""
    out = io.StringIO()
    table = csv.writer(_Lines(out), lineterminator=BOTH)
    table.writerow(head)
    table.writerows(rows)
    return out.getvalue()


def write_csv(frame: pandas.DataFrame, out: IO[str]) -> None:
    """A frame without its index, into a file that was opened with newline=""."""
    frame.to_csv(_Lines(out), index=False, lineterminator=BOTH)


def frame_csv(frame: pandas.DataFrame) -> str:
    """The same as text."""
    out = io.StringIO()
    write_csv(frame, out)
    return out.getvalue()
