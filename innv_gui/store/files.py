"""Writing files of the workspace so that a reader, or a restart, never sees half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from innv_gui.errors import StorageFailed

IN_THE_WAY = (errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ELOOP, errno.ENOTEMPTY)
INSTEAD = "Choose another --workspace."  # what to do about a read-only folder


def private_folder(folder: Path) -> Path:
    """The folder, made where it is missing with all above it; those that are made are this user's alone."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700, exist_ok=True)
    return folder


def private(path: str, flags: int) -> int:
    """`opener` of a file that only this user may read and write."""
    descriptor = os.open(path, flags, 0o600)
    os.fchmod(descriptor, 0o600)  # one of an earlier version may be open to all
    return descriptor


@contextlib.contextmanager
def written(path: Path) -> Iterator[Path]:
    """A temporary path beside `path`; it replaces `path` when the block ends well, else it vanishes."""
    path = Path(path)
    with told(path):
        private_folder(path.parent)
        handle, name = tempfile.mkstemp(prefix=".new-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
    temporary = Path(name)
    try:
        with told(path):
            yield temporary
            sync(temporary)
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextlib.contextmanager
def told(path: Path, instead: str = INSTEAD) -> Iterator[None]:
    """Turn what the system says about a write into a sentence."""
    try:
        yield
    except OSError as error:
        raise write_error(path, error, instead) from error


def write_error(path: Path, error: OSError, instead: str = INSTEAD) -> StorageFailed:
    """The sentence for a write that failed."""
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StorageFailed(f"{path.name} cannot be written: the folder is read-only.", instead)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageFailed(f"{path.name} cannot be written: the disk is full.", "Free some space, then run it again.")
    if error.errno in IN_THE_WAY and instead is INSTEAD:
        hint = "Move away what is there under its name, or under that of one of its folders, then run it again."
        return StorageFailed(f"{path} cannot be written: {error.strerror}.", hint)
    return StorageFailed(f"{path.name} cannot be written: {error.strerror or error}.", "Choose another place.")


def write_bytes(path: Path, content: bytes) -> Path:
    """Write a whole file atomically."""
    with written(path) as temporary:
        temporary.write_bytes(content)
    return Path(path)


def check_free(path: Path) -> None:
    """That a file can be written there or is there: a pipe would be waited for. Raises StorageFailed."""
    with told(path):
        if path.exists() and not path.is_file():
            raise OSError(errno.EEXIST, "something other than a file is there")


def sync(path: Path) -> None:
    """What was written is on the disk."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())
