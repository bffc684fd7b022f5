"""The pages' own files: their addresses change when a file does, so that a browser keeps them without asking again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator

from innv_gui.folders import folder

KEEP_S = 365 * 24 * 3600


def version() -> str:
    """12 hexadecimal digits of the names, sizes and times of all files: another value after any change."""
    marks = sorted(_marks(str(folder("static")), ""))
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]


def _marks(place: str, name: str) -> Iterator[str]:
    """Of all that is in a folder: every page is made with it, and paths as objects take three times as long."""
    with os.scandir(place) as entries:
        for entry in entries:
            stat = entry.stat()
            yield f"{name}{entry.name}\0{stat.st_size}\0{stat.st_mtime_ns}"
            if entry.is_dir():
                yield from _marks(entry.path, f"{name}{entry.name}/")


def static_root() -> str:
    """What the address of every file of a page that is made now begins with, without a slash at the end."""
    return f"/static/{version()}"
