"""Writing to a path that a person named: the file there is replaced as a whole, and stays what it was otherwise."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Generator
from pathlib import Path

from innv_gui.errors import BadInput
from innv_gui.named_path import named_path
from innv_gui.store.files import sync, told

INSTEAD = "Choose another folder."
KINDS = ((stat.S_ISFIFO, "a pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISCHR, "a device"), (stat.S_ISBLK, "a device"))


@contextlib.contextmanager
def saved(path: str | Path) -> Generator[Path, None, None]:
    """A temporary path beside the file that `path` means; it takes that file's place when the block ends well.

    A link stays and its target is replaced. An existing file keeps its mode, and its owner where the system allows it;
    a new one gets the mode that the umask leaves. Raises BadInput for what is no file, StorageFailed.
    """
    place = place_of(path)
    with told(place, INSTEAD):
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary, mode = _beside(place)
    try:
        with told(place, INSTEAD):
            yield temporary
            sync(temporary)
            _dress(temporary, _there(place_of(place)), mode)
            os.replace(temporary, place)
    finally:
        temporary.unlink(missing_ok=True)


def save_bytes(path: str | Path, content: bytes) -> Path:
    """Write a whole file at a path that a person named."""
    with saved(path) as temporary:
        temporary.write_bytes(content)
    return named_path(path)


def place_of(path: str | Path) -> Path:
    """Where the file is that `path` means, behind all links. Raises BadInput where something other than a file is."""
    path = named_path(path, "out")
    with told(path, INSTEAD):
        there = _there(path)
    if there is not None and stat.S_ISDIR(there.st_mode):
        raise BadInput(f"{str(path)!r} is a folder; expected a file to write.", "Add the name of a file.", "out")
    if there is not None and not stat.S_ISREG(there.st_mode):
        what = next((words for is_it, words in KINDS if is_it(there.st_mode)), "no file")
        raise BadInput(f"{str(path)!r} is {what}; expected a file to write.", "Choose another path.", "out")
    return Path(os.path.realpath(path))


def check_place(path: str | Path) -> None:
    """That a file can be made there, in a folder that exists. Raises BadInput, StorageFailed."""
    place = place_of(path)
    with told(place, INSTEAD):
        _beside(place)[0].unlink()


def _there(path: str | Path) -> os.stat_result | None:
    try:
        return os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def _beside(place: Path) -> tuple[Path, int]:
    """A new empty file that only this user may read, and the mode that it would have got."""
    temporary = place.with_name(f".new-{secrets.token_hex(4)}{place.suffix}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    return temporary, mode


def _dress(temporary: Path, old: os.stat_result | None, mode: int) -> None:
    """Give a file owner and mode of the one whose place it takes; without one, `mode`."""
    if old is not None:
        with contextlib.suppress(PermissionError):
            os.chown(temporary, old.st_uid, old.st_gid)
    os.chmod(temporary, mode if old is None else old.st_mode & 0o777)
