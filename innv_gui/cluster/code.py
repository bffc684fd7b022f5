"""Which innv-gui a process runs: another one on another machine may give other numbers."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from innv_gui.version import VERSION

PACKAGE = Path(__file__).parents[1]


@cache
def code(folder: Path = PACKAGE) -> str:
    """The version and the first digits of a hash of the package's source."""
    return f"innv-gui {VERSION} {source_hash(folder)[:12]}"


def source_hash(folder: Path) -> str:
    """SHA-256 over the names and contents of all modules below a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()
