"""A frame of scores as a file for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from innv_gui.errors import BadInput
from innv_gui.store.csv_text import write_csv
from innv_gui.store.saving import saved

if TYPE_CHECKING:
    import pandas

SUFFIXES = (".parquet", ".csv")


def save_frame(frame: pandas.DataFrame, path: str | Path) -> Path:
    """Write .parquet or .csv (UTF-8), without the index: rows are in the dataset's order."""
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise BadInput(f"{str(path)!r} is not named like a table.", "Expected .parquet or .csv.", "out", SUFFIXES)
    with saved(path) as temporary:
        if path.suffix.lower() == ".csv":
            with open(temporary, "w", encoding="utf-8", newline="") as file:
                write_csv(frame, file)
        else:
            frame.to_parquet(temporary, index=False)
    return path
