"""The pages' own files: addresses that change when a file does, and the modules a page is made of.

A browser keeps such a file without asking again, and fetches all modules of a page at once instead of one import after
another.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import cache

from innv_gui.folders import folder

KEEP_S = 365 * 24 * 3600
_IMPORT = re.compile(r'^(?:import|export|\}) .*?from "(\.[\w./-]+\.js)";', re.MULTILINE)


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


def modules_of(entry: str, root: str) -> tuple[str, ...]:
    """Addresses below `root` of the module `entry` and of every module it imports, directly or not; `entry` first."""
    return tuple(f"{root}/js/{name}" for name in _modules(entry, root))


@cache
def _modules(entry: str, root: str) -> tuple[str, ...]:
    found, waiting = {entry: None}, [entry]
    while waiting:
        module = waiting.pop()
        text = (folder("static") / "js" / module).read_text(encoding="utf-8")
        imported = [posixpath.normpath(f"{posixpath.dirname(module)}/{name}") for name in _IMPORT.findall(text)]
        fresh = [name for name in imported if name not in found]
        found.update(dict.fromkeys(fresh))
        waiting += fresh
    return tuple(found)
