"""What the terminal says of images: how many files of a dataset cannot be used, and why; or why it was refused."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence

from innv_gui.errors import InnvError
from innv_gui.session.images import Dataset, DatasetEntry


def tell(text: str) -> None:
    """A line on standard error."""
    print(f"innv-gui: {text}", file=sys.stderr, flush=True)


def tell_left_out(dataset: Dataset) -> None:
    """Says what was left out when the dataset was opened, if anything was."""
    if dataset.left_out:
        tell(f"{dataset.name}: {dataset.left_out}")
    if dataset.n_unlabelled:
        tell(f"{dataset.name}: {dataset.n_unlabelled:,} of {len(dataset):,} images have no class.")


def tell_when_opened(entries: Sequence[DatasetEntry]) -> None:
    """Says it of each dataset as soon as it is open or refused, while the server goes on."""
    threading.Thread(target=lambda: [_tell_opened(entry) for entry in entries], daemon=True, name="reports").start()


def _tell_opened(entry: DatasetEntry) -> None:
    try:
        tell_left_out(entry.job.wait().result)
    except InnvError as error:
        tell(f"{entry.name}: {error}")
