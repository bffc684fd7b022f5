"""What is opened for a record that is then refused after all does not stay open."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

from innv_gui.errors import InnvError
from innv_gui.session.datasets import DatasetShelf
from innv_gui.session.models import ModelShelf


@contextlib.contextmanager
def closing_in_vain(path: str, files: Collection[str], models: ModelShelf, datasets: DatasetShelf) -> Iterator[None]:
    """Where the block is refused, close what was opened in it.

    path, files: of the record's images and models; what somebody opens elsewhere at the same time is left open.
    """
    before = {entry.id for entry in (*models.entries(), *datasets.entries())}
    try:
        yield
    except InnvError:
        for entry in datasets.entries():
            if entry.id not in before and entry.path == path:
                datasets.remove(entry.id)
        for entry in models.entries():
            if entry.id not in before and entry.file in files:
                models.remove(entry.id)
        raise
