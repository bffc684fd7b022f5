"""Whether an image is still the one that was meant: size and time of change of its file."""

from __future__ import annotations

import os

import numpy as np

from innv_gui.datasets.addresses import changed_ns, is_address, size_bytes
from innv_gui.file_state import file_state
from innv_gui.records import ImageRef

GONE = (-1, -1)
CHANGED = (-2, -2)  # equal to no file's stamp, so that it is looked at again next time


def stamp(ref: ImageRef, opened_ns: int = 0) -> tuple[int, int]:
    """(bytes, ns of its time of change); CHANGED when the file changed after `opened_ns`, 0 to leave that out.

    The system's own time (ctime) says that: unlike the time of change it cannot be set, so that neither an exchanged
    file with an old date nor one from a clock ahead of ours deceives. Services do not report it.
    """
    try:
        if is_address(ref.path):
            return size_bytes(ref.path), changed_ns(ref.path)
        status = os.stat(ref.path)
    except (OSError, ValueError):
        return GONE
    return CHANGED if opened_ns and status.st_ctime_ns > opened_ns else (status.st_size, status.st_mtime_ns)


def state(ref: ImageRef) -> tuple[int, ...]:
    """The same with the system's time, for what is soon made again: a renamed file counts as changed.

    GONE where there is none.
    """
    try:
        return stamp(ref) if is_address(ref.path) else file_state(ref.path)
    except (OSError, ValueError):
        return GONE


def stamps(refs: list[ImageRef]) -> np.ndarray:
    """(n, 2) int64."""
    return np.array([stamp(ref) for ref in refs], np.int64).reshape(-1, 2)


def states(refs: list[ImageRef]) -> list[tuple[int, ...]]:
    """Of each image's file."""
    return [state(ref) for ref in refs]
