"""The pages' own files: their addresses change when a file does, so that a browser keeps them without asking again."""

from __future__ import annotations

import hashlib

from innv_gui.folders import folder

KEEP_S = 365 * 24 * 3600


def version() -> str:
    """12 hexadecimal digits of the names, sizes and times of all files: another value after any change."""
    root = folder("static")
    marks = []
    for path in sorted(root.rglob("*")):
        stat = path.stat()
        marks.append(f"{path.relative_to(root).as_posix()}\0{stat.st_size}\0{stat.st_mtime_ns}")
    return hashlib.sha256("\n".join(marks).encode()).hexdigest()[:12]


def static_root() -> str:
    """What the address of every file of a page that is made now begins with, without a slash at the end."""
    return f"/static/{version()}"
