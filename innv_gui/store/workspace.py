"""The workspace: one folder that holds everything a session keeps. One session at a time may have it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from innv_gui.errors import BadInput, Conflict
from innv_gui.named_path import named_path
from innv_gui.store.files import private, private_folder

PARTS = (
    "maps",
    "scores",
    "thumbnails",
    "uploads",
    "samples",
    "history",
    "choices",
    "probes",
    "patterns",
    "trust",
    "explore",
    "workshop",
    "retrainings",
    "logs",
    "dask",
)


class Workspace:
    """A folder with its parts, locked for this process. `folder=None` is a temporary one, removed on close."""

    def __init__(self, folder: str | Path | None = None):
        self.temporary = folder is None
        self.folder = Path(tempfile.mkdtemp(prefix="innv-gui-")) if folder is None else named_path(folder, "workspace")
        try:
            for part in PARTS:
                self._check_way(part, Path.is_dir, "folder")
                private_folder(self.folder / part).chmod(0o700)
            self._check_way("lock", Path.is_file, "file")
            lock = self.folder / "lock"
            self._lock = open(lock, "a+", errors="replace", opener=private)  # noqa: SIM115 - held until close
        except OSError as error:
            raise _unusable(self.folder, error) from None
        self._take()

    def _check_way(self, name: str, is_it: Callable[[Path], bool], what: str) -> None:
        """That nothing else lies where the workspace has something of its own."""
        path = self.folder / name
        if os.path.lexists(path) and not is_it(path):
            raise BadInput(
                f"{path} is no {what}; a workspace has a {what} of that name.",
                "Move it away, or give another --workspace.",
                field="workspace",
            )

    def _take(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.seek(0)
            owner = self._lock.read().strip() or "another process"
            self._lock.close()
            raise Conflict(
                f"The workspace {self.folder.name} is in use by {owner}.",
                "Stop that server or give another --workspace.",
                field="workspace",
            ) from None
        self.sign(f"process {os.getpid()}")

    def sign(self, owner: str) -> None:
        """Leave word of who has the workspace, for the next one who wants it."""
        self._lock.seek(0)
        self._lock.truncate()
        self._lock.write(owner)
        self._lock.flush()

    def part(self, name: str) -> Path:
        """One of PARTS as a path."""
        return self.folder / name

    def close(self) -> None:
        """Release the folder; a temporary one is removed."""
        with contextlib.suppress(OSError):
            self._lock.close()
        if self.temporary:
            shutil.rmtree(self.folder, ignore_errors=True)


def _unusable(folder: Path, error: OSError) -> BadInput:
    why = error.strerror or str(error)
    return BadInput(
        f"The workspace {folder} cannot be written ({why}).", "Give a folder you may write to.", field="workspace"
    )
